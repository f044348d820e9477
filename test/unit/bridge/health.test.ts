import { describe, expect, test } from '@jest/globals';
import { createHealth } from '../../../src/bridge/health.js';

function health(worker: { rounds: number | undefined; leaving?: boolean }) {
  const clock = { ms: 0 };
  const checks = createHealth({
    rounds: () => worker.rounds,
    ping: () => Promise.resolve(),
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
    expect(await checks.ready()).toEqual({ redis: true, running: true });
    worker.leaving = true;
    expect(await checks.ready()).toEqual({ redis: true, running: false });
  });
});
