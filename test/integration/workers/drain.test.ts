import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../../../workers/delivery.js';
import { findJourneys } from '../../../src/lanes/journeys.js';
import { DeadLetters } from '../../../src/lanes/dead-letters.js';
import { eventually } from '../../support/eventually.js';
import { useTestRedis } from '../../support/redis.js';
import { delivered, idOf, startWorkers, type HarnessOptions } from './worker-harness.js';

const redis = useTestRedis();
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const workers of running.splice(0)) await workers.stop();
});

async function start(options: HarnessOptions) {
  const workers = await startWorkers(redis(), options);
  running.push(workers);
  return workers;
}

const again: Outcome = { kind: 'again', error: 'HTTP 503', countsAsAttempt: true };

describe('draining a lane', () => {
  test('I2: many lanes at once, each in its order', async () => {
    const seen = new Map<string, string[]>();
    const workers = await start({
      deliver: async (delivery) => {
        await sleep(Math.random() * 3);
        const lane = seen.get(delivery.holding.lane) ?? [];
        lane.push(idOf(delivery));
        seen.set(delivery.holding.lane, lane);
        return delivered;
      },
    });
    const ids = Array.from({ length: 20 }, (_, index) => `${index}`);
    await Promise.all(Array.from({ length: 50 }, (_, lane) => workers.accept(`lane${lane}`, ids)));
    await eventually(() => workers.records.length === 1000);
    for (const order of seen.values()) expect(order).toEqual(ids);
    expect(workers.errors).toEqual([]);
  });

  test('I2: order survives failures: nothing overtakes a head that is tried again', async () => {
    const seen: string[] = [];
    let failures = 3;
    const workers = await start({
      deliver: (delivery) => {
        if (idOf(delivery) === '2' && failures > 0) {
          failures -= 1;
          return again;
        }
        seen.push(idOf(delivery));
        return delivered;
      },
    });
    await workers.accept('a', ['1', '2', '3']);
    await eventually(() => workers.records.length === 6);
    expect(seen).toEqual(['1', '2', '3']);
    expect(workers.records.map(({ outcome, attempt }) => `${outcome} ${attempt}`)).toEqual([
      'delivered 1',
      'held 1',
      'held 2',
      'held 3',
      'delivered 4',
      'delivered 1',
    ]);
  });

  test('I4: a message whose hold is over becomes a dead letter with its reason, and the lane goes on', async () => {
    const workers = await start({
      holdMs: 300,
      deliver: (delivery) => (idOf(delivery) === '1' ? again : delivered),
    });
    await workers.accept('a', ['1', '2']);
    await eventually(() => workers.records.some(({ outcome }) => outcome === 'delivered'));
    const letters = [];
    for await (const letter of new DeadLetters(workers.client, workers.keys).list()) letters.push(letter);
    expect(letters).toMatchObject([{ messageId: '1', reason: 'hold-expired', detail: 'HTTP 503' }]);
    const [journey] = await findJourneys(workers.client, workers.keys, '1');
    expect(journey?.end).toMatchObject({ outcome: 'dead', reason: 'hold-expired' });
  });

  test('a message that ends every attempt without an outcome is poison, and the lane goes on', async () => {
    const workers = await start({
      deliver: (delivery) => {
        if (idOf(delivery) === '1') throw new Error('bug');
        return delivered;
      },
    });
    await workers.accept('a', ['1', '2']);
    await eventually(() => workers.records.some(({ outcome }) => outcome === 'delivered'), {
      timeoutMs: 20_000,
    });
    expect(workers.records[0]).toMatchObject({ outcome: 'dead', reason: 'poison' });
  });

  test('poison is counted before the work, so that a crash counts too, and no more often than it may', async () => {
    const counted: (string | null)[] = [];
    const workers = await start({
      deliver: async (delivery) => {
        if (idOf(delivery) !== '1') return delivered;
        const { lane } = delivery.holding;
        counted.push(await workers.client.hget(`${workers.keys.tag(0)}:s:${lane}`, 'c'));
        throw new Error('bug');
      },
    });
    await workers.accept('a', ['1', '2']);
    await eventually(() => workers.records.some(({ outcome }) => outcome === 'delivered'), {
      timeoutMs: 20_000,
    });
    // The harness allows three.
    expect(counted).toEqual(['1', '2', '3']);
  });

  test('I3: no message is begun once the lock of the job that has its lane is gone', async () => {
    const begun: { id: string; locked: boolean }[] = [];
    const workers = await start({
      concurrency: 2,
      lockMs: 2000,
      deliver: async (delivery) => {
        const id = idOf(delivery);
        const { keys, client } = workers;
        const locks = await client.keys(`${keys.tag(0)}:drain:*:lock`);
        begun.push({ id, locked: locks.length > 0 });
        // Past the moment when the worker makes sure again, which is long before it would lose the lock by itself.
        await new Promise((resolve) => setTimeout(resolve, 700));
        if (begun.length === 1) await client.del(...locks);
        return delivered;
      },
    });
    await workers.accept('lane', ['1', '2', '3']);
    await eventually(() => begun.length === 3, { timeoutMs: 20_000 });
    expect(begun).toEqual(['1', '2', '3'].map((id) => ({ id, locked: true })));
  });

  test('I1: a job that was never added is added by the repair pass', async () => {
    const workers = await start({ deliver: () => delivered });
    await workers.lanes.accept([workers.inbound('a', '1')]);
    await eventually(() => workers.records.length === 1);
  });

  test('a lane whose job somebody removed from BullMQ gets another', async () => {
    const workers = await start({ deliver: () => delivered });
    const { orders } = await workers.lanes.accept([workers.inbound('a', '1')]);
    await workers.lanes.confirm(
      0,
      orders.map(({ jobId }) => jobId),
    );
    await eventually(() => workers.records.length === 1, { timeoutMs: 20_000 });
  });
});

describe('I2b: nobody waits for another', () => {
  test('a hanging target leaves the others alone', async () => {
    let release = (): void => undefined;
    const hanging = new Promise<void>((resolve) => (release = resolve));
    const workers = await start({
      targets: ['in:a', 'in:hanging'],
      deliver: async (_delivery, target) => {
        if (target === 'in:hanging') await hanging;
        return delivered;
      },
    });
    for (let lane = 0; lane < 200; lane += 1) await workers.accept(`h${lane}`, ['1'], 'in:hanging');
    await workers.accept('a', ['1']);
    await eventually(() => workers.records.length === 1, { timeoutMs: 3000 });
    release();
    await eventually(() => workers.records.length === 201);
  });

  test('a gate that broke lets one probe through and then everybody', async () => {
    let broken = true;
    let attempts = 0;
    const workers = await start({
      breaker: { failures: 5, openMs: 300, maxOpenMs: 300, probeMs: 1000 },
      deliver: () => {
        attempts += 1;
        return broken ? { ...again, gate: { kind: 'failed' } } : delivered;
      },
    });
    for (let lane = 0; lane < 100; lane += 1) await workers.accept(`l${lane}`, ['1']);
    await eventually(() => workers.gates.state('in:a').kind !== 'open');
    await sleep(300);
    const before = attempts;
    await sleep(1000);
    // About one probe per closing time, not one attempt per lane.
    expect(attempts - before).toBeLessThan(10);
    broken = false;
    await eventually(() => workers.records.filter(({ outcome }) => outcome === 'delivered').length === 100);
  });

  test('a gate that is told to slow down is closed for as long, and no attempt is spent', async () => {
    const times: number[] = [];
    const workers = await start({
      deliver: () => {
        times.push(Date.now());
        return times.length === 1
          ? {
              kind: 'again',
              error: 'throttled',
              countsAsAttempt: false,
              afterMs: 1000,
              gate: { kind: 'throttled', forMs: 1000 },
            }
          : delivered;
      },
    });
    await workers.accept('a', ['1']);
    await eventually(() => times.length === 1);
    await workers.accept('b', ['1']);
    await eventually(() => workers.records.filter(({ outcome }) => outcome === 'delivered').length === 2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(900);
    expect(workers.records.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  test('a paused target keeps what it has and goes on when resumed', async () => {
    const workers = await start({ deliver: () => delivered });
    await workers.gates.pause('in:a');
    await workers.accept('a', ['1']);
    await sleep(700);
    expect(workers.records).toEqual([]);
    await workers.gates.resume('in:a');
    await eventually(() => workers.records.length === 1);
  });
});
