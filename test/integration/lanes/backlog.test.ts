import { describe, expect, test } from '@jest/globals';
import { readBacklog } from '../../../src/lanes/backlog.js';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Lanes } from '../../../src/lanes/lanes.js';
import { useTestRedis } from '../../support/redis.js';

const redis = useTestRedis();
let installations = 0;

function fresh(window: number, shards = 1) {
  installations += 1;
  const keys = new Keyspace({ prefix: `backlog-${installations}`, shards, secret: 'test' });
  const client = redis().client();
  const lanes = new Lanes(client, keys, {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax: 1000,
    deadLettersMs: 60_000,
    deadLettersMax: 100,
    window,
  });
  const accept = (lane: string, target = 'in:support') =>
    lanes.accept([{ lane, target, mark: `${lane}-1`, payload: 'hello' }]);
  /** Makes a waiting message as old as that. */
  const age = async (lane: string, ms: number): Promise<void> => {
    const list = `${keys.tag(keys.shardOf(lane))}:l:${lane}`;
    const head = (await client.lindex(list, 0)) ?? '';
    await client.lset(list, 0, `${Number(head.slice(0, 13)) - ms}${head.slice(13)}`);
  };
  return { keys, client, lanes, accept, age, read: () => readBacklog(client, keys) };
}

describe('how much waits, and for how long', () => {
  test('nothing at all is told of an empty Redis', async () => {
    expect(await fresh(10).read()).toEqual({ targets: [], deadLetters: 0 });
  });

  test('lanes are counted by target and state, over all shards', async () => {
    const { accept, lanes, read } = fresh(1, 2);
    for (let i = 0; i < 20; i += 1) await accept(`lane-${i}`);
    const { orders } = await accept('answer', 'out:support');
    const [lane = '', generation = ''] = (orders[0]?.jobId ?? '').split('.');
    await lanes.take(lane, generation, 'me', 1);
    const hold = { delayMs: 60_000, countsAsAttempt: true, error: 'x', release: false };
    await lanes.hold({ lane, owner: 'me', finished: 0 }, hold);
    const { targets } = await read();
    // A window of one lane per shard: one runs in each, the others wait for room.
    expect(targets).toContainEqual(
      expect.objectContaining({ target: 'in:support', running: 2, waiting: 18, backingOff: 0 }),
    );
    expect(targets).toContainEqual(
      expect.objectContaining({ target: 'out:support', running: 0, waiting: 0, backingOff: 1 }),
    );
  });

  test.each(['running', 'waiting', 'backing off'])(
    'the oldest is found while its lane is %s',
    async (state) => {
      const { accept, lanes, age, read } = fresh(state === 'waiting' ? 1 : 100);
      if (state === 'waiting') await accept('before');
      const { orders } = await accept('old');
      await age('old', 600_000);
      for (let i = 0; i < 5; i += 1) await accept(`young-${i}`);
      if (state === 'backing off') {
        const [lane = '', generation = ''] = (orders[0]?.jobId ?? '').split('.');
        await lanes.take(lane, generation, 'me', 1);
        const hold = { delayMs: 60_000, countsAsAttempt: true, error: 'x', release: false };
        await lanes.hold({ lane, owner: 'me', finished: 0 }, hold);
      }
      const [found] = (await read()).targets;
      expect(found?.oldestMs).toBeGreaterThanOrEqual(600_000);
      expect(found?.oldestMs).toBeLessThan(700_000);
    },
  );

  test('a target that had its messages delivered is told with nothing waiting', async () => {
    const { accept, lanes, read } = fresh(10);
    const { orders } = await accept('done');
    const [lane = '', generation = ''] = (orders[0]?.jobId ?? '').split('.');
    await lanes.take(lane, generation, 'me', 1);
    await lanes.acknowledge({ lane, owner: 'me', finished: 0 }, { release: true, most: 0 });
    expect((await read()).targets).toEqual([
      { target: 'in:support', running: 0, waiting: 0, backingOff: 0, oldestMs: 0 },
    ]);
  });

  test('asking costs Redis the same however much waits', async () => {
    const { accept, client, read } = fresh(300);
    for (let i = 0; i < 1000; i += 50)
      await Promise.all(Array.from({ length: 50 }, (_, j) => accept(`lane-${i + j}`)));
    const before = headsRead(await client.info('commandstats'));
    await read();
    expect(headsRead(await client.info('commandstats')) - before).toBeLessThanOrEqual(106);
  });
});

function headsRead(stats: string): number {
  return Number(/cmdstat_lindex:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}
