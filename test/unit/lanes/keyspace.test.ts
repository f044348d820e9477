import { describe, expect, test } from '@jest/globals';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { RecentNames } from '../../../src/lanes/recent-names.js';

const keyspace = (secret: string) => new Keyspace({ prefix: 'egain', shards: 1, secret });

describe('names', () => {
  test('are the same in every process, however many were made before', () => {
    const [one, other] = [keyspace('s'), keyspace('s')];
    const first = one.outboundLane('c-1');
    for (let n = 0; n < 20_000; n += 1) one.outboundLane(`c-${n}`);
    expect([one.outboundLane('c-1'), other.outboundLane('c-1')]).toEqual([first, first]);
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

describe('recent names', () => {
  test('are made once while they are asked for, and forgotten afterwards', () => {
    const made: string[] = [];
    const make = (what: string): string => {
      made.push(what);
      return what.toUpperCase();
    };
    const names = new RecentNames(2);
    for (const what of ['a', 'b', 'a', 'c', 'a', 'd', 'e', 'f', 'b'])
      expect(names.get(what, make)).toBe(what.toUpperCase());
    expect(made).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'b']);
  });

  test('are not kept when what they stand for is long', () => {
    let made = 0;
    const names = new RecentNames(2);
    const ask = (): string => names.get('x'.repeat(10_000), () => `${(made += 1)}`);
    expect([ask(), ask()]).toEqual(['1', '2']);
  });
});
