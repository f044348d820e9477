import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Lanes } from '../../../src/lanes/lanes.js';
import { Offers } from '../../../src/lanes/offers.js';
import type { Offer } from '../../../src/messages/choices/offer.js';
import { useTestRedis } from '../../support/redis.js';

const redis = useTestRedis();
const customer = 'u-42';
let keys: Keyspace;
let offers: Offers;
let lanes: Lanes;
let client: ReturnType<ReturnType<typeof redis>['client']>;

beforeAll(() => {
  client = redis().client();
  keys = new Keyspace({ prefix: `offers-${randomUUID().slice(0, 8)}`, shards: 3, secret: 'test' });
  offers = new Offers(client, keys);
  lanes = new Lanes(client, keys, {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax: 1000,
    deadLettersMs: 60_000,
    deadLettersMax: 1000,
    window: 10,
  });
});

const offer = (key: string): Offer => ({
  key,
  parent: { id: key, messageId: `m-${key}` },
  conversationId: 'c-1',
  multiple: false,
  options: [{ token: 'c.abcdef', id: 'ord-1', title: 'Sesame' }],
});
const keyOf = (channel: string, id: string): string => {
  const lane = keys.inboundLane(channel, id);
  return `${keys.tag(keys.shardOf(lane))}:o:${lane}`;
};

describe('what a customer was offered', () => {
  test('is remembered with the time it was made, and keeps that when it is made again', async () => {
    await offers.keep('a', customer, offer('one'));
    const [first] = await offers.of('a', customer);
    expect(first).toEqual({ ...offer('one'), at: expect.any(Number), state: {} });
    await offers.keep('a', customer, { ...offer('one'), multiple: true });
    expect(await offers.of('a', customer)).toEqual([first]);
    expect(await offers.of('b', customer)).toEqual([]);
    expect(await offers.of('a', 'u-43')).toEqual([]);
  });

  test('is told with the messages that may answer it, so that nobody looks for offers where there are none', async () => {
    const lane = keys.inboundLane('told', customer);
    const accept = async (id: string) => {
      const message = { lane, target: 'in:told', mark: keys.messageMark(id), payload: id };
      const { orders } = await lanes.accept([message]);
      return orders[0]?.jobId.split('.')[1] ?? '';
    };
    const generation = await accept('before');
    await accept('also before');
    const taken = await lanes.take(lane, generation, 'me', 1);
    expect(taken).toMatchObject({ kind: 'taken', offers: false, elements: [{ payload: 'before' }] });
    await offers.keep('told', customer, offer('one'));
    await accept('answer');
    const end = { release: false, most: 10 };
    const ended = await lanes.acknowledge({ lane, owner: 'me', finished: 0 }, end);
    const rest = [{ payload: 'also before' }, { payload: 'answer' }];
    expect(ended).toMatchObject({ kind: 'more', offers: true, elements: rest });
    const again = await lanes.take(lane, generation, 'me', 10);
    expect(again).toMatchObject({ kind: 'taken', offers: true, elements: rest });
  });

  test('I13: is sealed, and gone after two days', async () => {
    await offers.keep('sealed', customer, offer('one'));
    const kept = JSON.stringify(await client.hgetall(keyOf('sealed', customer)));
    expect(kept).not.toMatch(/Sesame|ord-1|c-1/);
    const left = await client.pttl(keyOf('sealed', customer));
    expect(left).toBeGreaterThan(47 * 3_600_000);
    expect(left).toBeLessThanOrEqual(48 * 3_600_000);
  });

  test('makes room for newer offers, five in all', async () => {
    for (let index = 0; index < 8; index += 1) {
      await offers.keep('many', customer, offer(`o${index}`));
      // Times are milliseconds, and the oldest must be known.
      const made = (await offers.of('many', customer)).find(({ key }) => key === `o${index}`)?.at ?? 0;
      while (Number((await client.time())[0]) * 1000 + Number((await client.time())[1]) / 1000 < made + 1);
    }
    const left = (await offers.of('many', customer)).map(({ key }) => key).sort();
    expect(left).toEqual(['o3', 'o4', 'o5', 'o6', 'o7']);
  });

  test('is settled by the lane’s owner only, and not once it is forgotten', async () => {
    const lane = keys.inboundLane('settled', customer);
    const state = { answered: { by: 'in-1', at: 1, tokens: ['c.abcdef'] } };
    await offers.keep('settled', customer, offer('one'));
    const holding = { lane, owner: 'me', finished: 0 };
    expect(await offers.settle(holding, 'one', state)).toBe('fenced');
    await client.hset(`${keys.tag(keys.shardOf(lane))}:s:${lane}`, 'o', 'me');
    expect(await offers.settle(holding, 'one', state)).toBe('kept');
    expect(await offers.settle(holding, 'never-made', state)).toBe('kept');
    expect(await offers.of('settled', customer)).toMatchObject([{ key: 'one', state }]);
  });

  test('is forgotten with the customer', async () => {
    await offers.keep('forgotten', customer, offer('one'));
    await lanes.forget(keys.inboundLane('forgotten', customer));
    expect(await client.exists(keyOf('forgotten', customer))).toBe(0);
  });
});
