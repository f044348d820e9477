import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../src/egain/token/memory-store.js';

const times = {
  lockMs: 10_000,
  firstWaitMs: 1000,
  longestWaitMs: 60_000,
  rejectGateMs: 30_000,
  redisTimeoutMs: 1000,
};
const value = { token: 'opaque', lifeMs: 60_000 };

function store() {
  const clock = { now: 0 };
  return { clock, store: createMemoryStore(times, () => clock.now) };
}

describe('I8: the token of a program without Redis', () => {
  test('is fetched when there is none, kept while it lives, and fetched again after', async () => {
    const { clock, store: memory } = store();
    expect(await memory.begin('a', 0)).toMatchObject({ stored: undefined, locked: true, coolMs: 0 });
    await memory.finish('a', value, 50_000);
    clock.now = 49_999;
    expect(await memory.begin('a', 0)).toMatchObject({
      stored: { token: 'opaque', leftMs: 1 },
      locked: false,
    });
    expect(await memory.begin('a', 10_000)).toMatchObject({ locked: true });
    clock.now = 50_000;
    expect(await memory.begin('a', 0)).toMatchObject({ stored: undefined, locked: true });
  });

  test('is not asked for again before the wait after a failure is over, which doubles up to its limit', async () => {
    const { clock, store: memory } = store();
    expect(await memory.fail('a', 'no', 1, 0)).toBe(1000);
    expect(await memory.begin('a', 0)).toMatchObject({ locked: false, coolMs: 1000, reason: 'no' });
    clock.now = 1000;
    expect(await memory.begin('a', 0)).toMatchObject({ locked: true, coolMs: 0 });
    const waits = [];
    for (let failure = 0; failure < 8; failure += 1) waits.push(await memory.fail('a', 'no', 1, 0));
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(await memory.fail('a', 'no', 1, 90_000)).toBe(90_000);
    await memory.finish('a', value, 50_000);
    expect(await memory.fail('a', 'no', 1, 0)).toBe(1000);
  });

  test('is discarded on a 401 only when it is still in use, and not too often', async () => {
    const { clock, store: memory } = store();
    await memory.finish('a', value, 50_000);
    expect(await memory.reject('another')).toBe('replaced');
    expect(await memory.reject('opaque')).toBe('discarded');
    expect(await memory.begin('a', 0)).toMatchObject({ stored: undefined });
    await memory.finish('a', value, 50_000);
    expect(await memory.reject('opaque')).toBe('too-soon');
    clock.now = 30_000;
    expect(await memory.reject('opaque')).toBe('discarded');
  });
});
