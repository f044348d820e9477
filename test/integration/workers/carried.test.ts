import { afterEach, describe, expect, test } from '@jest/globals';
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

const lanes = Array.from({ length: 200 }, (_, index) => `lane${index}`);

describe('more lanes than have room', () => {
  test('I2, I3: each is delivered once and in its order, though most never have a job', async () => {
    const seen = new Map<string, string[]>();
    const workers = await start({
      concurrency: 5,
      deliver: (delivery) => {
        const ids = seen.get(delivery.holding.lane) ?? [];
        ids.push(idOf(delivery));
        seen.set(delivery.holding.lane, ids);
        return delivered;
      },
    });
    await Promise.all(lanes.map((lane) => workers.accept(lane, ['1', '2', '3'])));
    await eventually(() => workers.records.length === 600);
    for (const lane of lanes) expect(seen.get(lane)).toEqual(['1', '2', '3']);
    await eventually(async () => (await workers.lanes.carried(0)).length === 0);
    expect(workers.errors).toEqual([]);
  });

  test('I4: one that fails waits its time in a job of its own and keeps nobody', async () => {
    const failed = new Set<string>();
    const workers = await start({
      concurrency: 5,
      firstMs: 200,
      deliver: ({ holding }) => {
        if (failed.has(holding.lane)) return delivered;
        failed.add(holding.lane);
        return { kind: 'again', error: 'HTTP 503', countsAsAttempt: true };
      },
    });
    await Promise.all(lanes.map((lane) => workers.accept(lane, ['1'])));
    await eventually(() => workers.records.filter(({ outcome }) => outcome === 'delivered').length === 200);
    expect(workers.records.filter(({ outcome }) => outcome === 'held')).toHaveLength(200);
    expect(workers.errors).toEqual([]);
  });

  test('I11: what a leaving worker carries goes on elsewhere at once', async () => {
    const prefix = `leaving-${Date.now()}`;
    const first = await start({
      prefix,
      concurrency: 5,
      deliver: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return delivered;
      },
    });
    await Promise.all(lanes.map((lane) => first.accept(lane, ['1'])));
    await eventually(() => first.records.length > 20);
    const second = await start({ prefix, concurrency: 5, deliver: () => delivered });
    running.splice(running.indexOf(first), 1);
    await first.stop();
    await eventually(() => first.records.length + second.records.length === 200);
    expect(second.errors).toEqual([]);
  });
});
