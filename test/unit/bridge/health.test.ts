import { describe, expect, test } from '@jest/globals';
import { createHealth } from '../../../src/bridge/health.js';

interface Worker {
  rounds: number | undefined;
  /** Per shard; a worker that hears of Redis all the time where absent. */
  heard?: readonly number[];
  well?: boolean;
  leaving?: boolean;
  fits?: () => Promise<boolean>;
}

function health(worker: Worker) {
  const clock = { ms: 0 };
  let always = 0;
  const checks = createHealth({
    progress: () => {
      always += 1;
      const { rounds, well = true, heard = [always] } = worker;
      return rounds === undefined ? undefined : { rounds, well, heard };
    },
    fits: worker.fits ?? (() => Promise.resolve(true)),
    leaving: () => worker.leaving === true,
    now: () => clock.ms,
  });
  return { clock, checks };
}

describe('liveness', () => {
  test('a worker whose rounds stand still is stuck after 30 seconds, and alive again when they go on', () => {
    const worker = { rounds: 7 };
    const { clock, checks } = health(worker);
    clock.ms = 29_999;
    expect(checks.live()).toBe(true);
    clock.ms = 30_000;
    expect(checks.live()).toBe(false);
    worker.rounds = 8;
    expect(checks.live()).toBe(true);
    clock.ms = 59_999;
    expect(checks.live()).toBe(true);
    clock.ms = 60_000;
    expect(checks.live()).toBe(false);
  });

  /** Asked every ten seconds while its upkeep goes on; how long until it is said to be dead. */
  function probed(worker: Worker & { rounds: number }, forMs: number): number {
    const { clock, checks } = health(worker);
    for (; clock.ms < forMs; clock.ms += 10_000) {
      if (!checks.live()) return clock.ms;
      worker.rounds += 40;
    }
    return clock.ms;
  }

  test('a worker that hears of no job while Redis is there is deaf after 90 seconds, on whichever shard', () => {
    expect(probed({ rounds: 1, heard: [5] }, 600_000)).toBe(90_000);
    let heard = 0;
    const oneDeaf = {
      rounds: 1,
      get heard() {
        heard += 1;
        return [heard, 7, heard];
      },
    };
    expect(probed(oneDeaf, 600_000)).toBe(90_000);
  });

  test('a worker that hears nothing because Redis is away is not deaf, and has its time when it is back', () => {
    expect(probed({ rounds: 1, heard: [5], well: false }, 600_000)).toBe(600_000);
    const worker = { rounds: 1, heard: [5], well: false };
    const { clock, checks } = health(worker);
    clock.ms = 600_000;
    worker.rounds = 2;
    expect(checks.live()).toBe(true);
    Object.assign(worker, { rounds: 3, well: true });
    clock.ms = 689_999;
    expect(checks.live()).toBe(true);
    worker.rounds = 4;
    clock.ms = 779_999;
    expect(checks.live()).toBe(false);
  });

  test('a worker that nobody asked about for long is alive when it went on meanwhile', () => {
    const worker = { rounds: 1 };
    const { clock, checks } = health(worker);
    worker.rounds = 2;
    clock.ms = 3_600_000;
    expect(checks.live()).toBe(true);
  });

  test('a process that only takes in is alive as long as it answers', () => {
    const { clock, checks } = health({ rounds: undefined });
    clock.ms = 3_600_000;
    expect(checks.live()).toBe(true);
  });

  test('I11: a process that is leaving is given its time', () => {
    const { clock, checks } = health({ rounds: 1, leaving: true });
    clock.ms = 600_000;
    expect(checks.live()).toBe(true);
  });
});

describe('readiness', () => {
  test('ends when the process begins to leave', async () => {
    const worker = { rounds: 1, leaving: false };
    const { checks } = health(worker);
    expect(await checks.ready()).toEqual({ redis: true, configuration: true, running: true });
    worker.leaving = true;
    expect(await checks.ready()).toEqual({ redis: true, configuration: true, running: false });
  });

  test('is not given where what lies in Redis is of another configuration', async () => {
    const { checks } = health({ rounds: 1, fits: () => Promise.resolve(false) });
    expect(await checks.ready()).toEqual({ redis: true, configuration: false, running: true });
  });

  test.each([
    ['refuses', () => Promise.reject(new Error('away'))],
    ['says nothing', () => new Promise<boolean>(() => undefined)],
  ])('is not given where Redis %s, and answered all the same', async (_, fits) => {
    const { checks } = health({ rounds: 1, fits });
    expect(await checks.ready()).toEqual({ redis: false, configuration: true, running: true });
  });
});
