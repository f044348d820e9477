import type { SealedToken } from './seal.js';
import type { StoreTimes, TokenStore } from './store.js';

/**
 * The store of a program that stands alone: the same promises as the shared one, kept in this process's memory. Nobody
 * else can hold the lock, so it is always had.
 *
 * @param clock monotonic milliseconds
 */
export function createMemoryStore(times: StoreTimes, clock: () => number): TokenStore {
  let current: { readonly value: SealedToken; readonly endsAt: number } | undefined;
  let cool = { until: -Infinity, reason: '' };
  let failures = 0;
  let gateUntil = -Infinity;

  return {
    begin: (_owner, leastLeftMs) => {
      const now = clock();
      const leftMs = (current?.endsAt ?? now) - now;
      const coolMs = leftMs > leastLeftMs ? 0 : Math.max(0, cool.until - now);
      return Promise.resolve({
        stored: current === undefined || leftMs <= 0 ? undefined : { ...current.value, leftMs },
        locked: leftMs <= leastLeftMs && coolMs === 0,
        coolMs,
        reason: cool.reason,
      });
    },
    finish: (_owner, value, leftMs) => {
      current = { value, endsAt: clock() + leftMs };
      cool = { until: -Infinity, reason: '' };
      failures = 0;
      return Promise.resolve(true);
    },
    fail: (_owner, reason, jitter, leastWaitMs) => {
      const wait = Math.min(times.firstWaitMs * 2 ** Math.min(failures, 30), times.longestWaitMs);
      failures += 1;
      const waitMs = Math.max(1, Math.floor(Math.max(wait * jitter, leastWaitMs)));
      cool = { until: clock() + waitMs, reason };
      return Promise.resolve(waitMs);
    },
    release: () => Promise.resolve(),
    reject: (token) => {
      if (current?.value.token !== token) return Promise.resolve('replaced');
      if (clock() < gateUntil) return Promise.resolve('too-soon');
      gateUntil = clock() + times.rejectGateMs;
      current = undefined;
      return Promise.resolve('discarded');
    },
  };
}
