import { afterEach, describe, expect, test } from '@jest/globals';
import { Conversations } from '../../../src/lanes/conversations.js';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Lanes, type Holding } from '../../../src/lanes/lanes.js';
import { useTestRedis } from '../../support/redis.js';

const redis = useTestRedis();
let installations = 0;

/** Two lanes with two messages each; the first one's job is known. */
async function filled() {
  installations += 1;
  const keys = new Keyspace({ prefix: `full-${installations}`, shards: 1, secret: 'test' });
  const client = redis().client();
  const lanes = new Lanes(client, keys, {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax: 1000,
    deadLettersMs: 60_000,
    deadLettersMax: 100,
    window: 1,
  });
  const { orders } = await lanes.accept(
    ['a', 'b'].flatMap((lane) =>
      ['1', '2', '3'].map((mark) => ({ lane, target: 'in:support', mark, payload: `${lane}${mark}` })),
    ),
  );
  const [lane = '', generation = ''] = (orders[0]?.jobId ?? '').split('.');
  return { keys, client, lanes, lane, generation };
}

/** Not a byte more than there is now, as when other tenants have filled it. */
async function fill(): Promise<void> {
  await redis().client().config('SET', 'maxmemory', 1);
}

afterEach(() => redis().client().config('SET', 'maxmemory', 0));

describe('in a Redis that is full to the last byte', () => {
  test('I1: what cannot be kept is refused whole: no message, and no mark that would swallow its repeat', async () => {
    const { lanes, client } = await filled();
    await fill();
    const fresh = { lane: 'c', target: 'in:support', mark: '1', payload: 'c1' };
    await expect(lanes.accept([fresh, { ...fresh, mark: '2' }])).rejects.toThrow();
    await client.config('SET', 'maxmemory', 0);
    expect((await lanes.accept([fresh])).statuses).toEqual(['accepted']);
  });

  test('I1, I7: a lane is drained all the same: taken, held, delivered, buried', async () => {
    const { lanes, client, lane, generation, keys } = await filled();
    await fill();
    const taken = await lanes.take(lane, generation, 'me', 10);
    expect(taken).toMatchObject({ kind: 'taken', finished: 0 });
    const holding = (finished: number): Holding => ({ lane, owner: 'me', finished });
    expect(await lanes.checkpoint(holding(0), 'a plan')).toBe('kept');
    expect(await lanes.acknowledge(holding(0), { release: true, carrier: 'none', most: 10 })).toMatchObject({
      kind: 'more',
    });
    expect(await lanes.bury(holding(1), { reason: 'rejected', detail: 'no', release: true })).toMatchObject({
      kind: 'more',
    });
    expect(
      await lanes.hold(holding(2), { delayMs: 10, countsAsAttempt: true, error: 'not now', release: true }),
    ).toMatchObject({ kind: 'held' });
    // The other one got the place meanwhile: its job can be written down, too.
    const jobs = (await lanes.unjobbed(0, -1, 10)).map(({ jobId }) => jobId.split('.')[0]);
    expect(jobs).toContain('b');
    expect(await client.llen(`${keys.tag(0)}:l:${lane}`)).toBe(1);
  });

  test('I2: which conversation a customer has is written down all the same', async () => {
    const { client, keys } = await filled();
    const conversations = new Conversations(client, keys, { window: 1 });
    await fill();
    await expect(
      conversations.bind('c-1', { channel: 'support', customerId: 'dana' }, 60_000),
    ).resolves.toEqual([]);
  });
});
