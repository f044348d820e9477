import { describe, expect, test } from '@jest/globals';
import { Congestion } from '../../../webhooks/congestion.js';

/** Requests that all take the same number of milliseconds, so many of them begun in each millisecond. */
function run(options: {
  readonly perMs: number;
  readonly takeMs: number;
  readonly forMs: number;
}): Congestion {
  let now = 0;
  const congestion = new Congestion(() => now);
  const ends: { readonly at: number; readonly end: () => void }[] = [];
  for (; now < options.forMs; now += 1) {
    while ((ends[0]?.at ?? Infinity) <= now) ends.shift()?.end();
    for (let n = 0; n < options.perMs; n += 1)
      ends.push({ at: now + options.takeMs, end: congestion.begin() });
  }
  return congestion;
}

describe('I7: 503 at once instead of late', () => {
  test('a thousand at once are welcome while each takes a tenth of a second', () => {
    const congestion = run({ perMs: 10, takeMs: 100, forMs: 3000 });
    expect(congestion.underWay).toBe(1000);
    expect(congestion.tooMuch).toBe(false);
  });

  test('a thousand are too many when each takes a second', () => {
    const congestion = run({ perMs: 1, takeMs: 1000, forMs: 3000 });
    expect(congestion.tooMuch).toBe(true);
  });

  test('a burst into an idle process is no queue, until nothing of it has been finished for a while', () => {
    let now = 0;
    const congestion = new Congestion(() => now);
    const ends = Array.from({ length: 900 }, () => congestion.begin());
    now += 200;
    expect(congestion.tooMuch).toBe(false);
    now += 100;
    expect(congestion.tooMuch).toBe(true);
    for (const end of ends) end();
    expect([congestion.underWay, congestion.tooMuch]).toEqual([0, false]);
  });

  test('a shard that hangs with a sixth of the requests does not close the door for the others', () => {
    let now = 0;
    const congestion = new Congestion(() => now);
    const hanging: { readonly at: number; readonly end: () => void }[] = [];
    for (; now < 3000; now += 1) {
      while ((hanging[0]?.at ?? Infinity) <= now) hanging.shift()?.end();
      for (let n = 0; n < 5; n += 1) congestion.begin()();
      hanging.push({ at: now + 1000, end: congestion.begin() });
    }
    expect(congestion.underWay).toBe(1000);
    expect(congestion.tooMuch).toBe(false);
  });

  test('a few that hang are nobody’s queue', () => {
    let now = 0;
    const congestion = new Congestion(() => now);
    for (let n = 0; n < 150; n += 1) congestion.begin();
    now += 60_000;
    expect(congestion.tooMuch).toBe(false);
  });
});
