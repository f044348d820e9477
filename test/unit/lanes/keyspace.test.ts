import { describe, expect, test } from '@jest/globals';
import { Keyspace } from '../../../src/lanes/keyspace.js';

const keyspace = (secret: string) => new Keyspace({ prefix: 'egain', shards: 1, secret });

describe('names', () => {
  test('are the same in every process, whatever was named before', () => {
    const [one, other] = [keyspace('s'), keyspace('s')];
    for (const id of ['m-1', 'm-1', 'm-2', 'm-1']) {
      expect(one.journey(id)).toBe(keyspace('s').journey(id));
      expect(one.messageMark(id)).toBe(other.messageMark(id));
    }
    expect(one.journey('m-1')).not.toBe(one.journey('m-2'));
    expect(one.outboundLane('c-1')).toBe(other.outboundLane('c-1'));
  });

  test('differ by kind, by part and by secret', () => {
    const keys = keyspace('s');
    const names = [
      keys.outboundLane('a'),
      keys.inboundLane('a', ''),
      keys.inboundLane('', 'a'),
      keys.noticeLane('a', ''),
      keys.contact('a'),
      keys.journey('a'),
      keyspace('t').outboundLane('a'),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  test('I13: tell nobody what they stand for', () => {
    expect(keyspace('s').inboundLane('support', '15550100123')).toMatch(/^[\w-]{22}$/);
    expect(keyspace('s').messageMark('15550100123')).toMatch(/^[\w-]{11}$/);
  });
});
