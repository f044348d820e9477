import { describe, expect, test } from '@jest/globals';
import { Congestion } from '../../../webhooks/congestion.js';

/** A place that finishes so many requests each millisecond, whatever it has in hand, and callers who keep coming. */
class Place {
  now = 0;
  refused = 0;
  finished = 0;
  readonly congestion = new Congestion(() => this.now, 1000);
  readonly #underWay: (() => void)[] = [];

  get underWay(): number {
    return this.#underWay.length;
  }

  run(options: { readonly comePerMs: number; readonly finishPerMs: number; readonly forMs: number }): this {
    for (const end = this.now + options.forMs; this.now < end; this.now += 1) {
      for (let n = 0; n < options.comePerMs; n += 1) {
        if (this.congestion.tooMuch) this.refused += 1;
        else this.#underWay.push(this.congestion.begin());
      }
      for (const done of this.#underWay.splice(0, options.finishPerMs)) {
        done();
        this.finished += 1;
      }
    }
    return this;
  }
}

describe('I7: 503 at once instead of late', () => {
  test('nobody is refused while everything is finished in time', () => {
    const place = new Place().run({ comePerMs: 9, finishPerMs: 9, forMs: 3000 });
    expect(place.refused).toBe(0);
  });

  test('a burst of all that may be under way is welcome', () => {
    const place = new Place().run({ comePerMs: 1000, finishPerMs: 0, forMs: 1 });
    expect([place.refused, place.congestion.tooMuch]).toEqual([0, true]);
  });

  test('on a slow machine so many are let in as it finishes in time, and it never idles for it', () => {
    const place = new Place().run({ comePerMs: 3, finishPerMs: 1, forMs: 10_000 });
    // A thousand would wait a second; a quarter of a second's work is what may wait.
    expect(place.underWay).toBeGreaterThanOrEqual(200);
    expect(place.underWay).toBeLessThan(350);
    expect(place.finished).toBe(10_000);
  });

  test('what refusing costs does not close the door: at a tenth of the speed there is still work in hand', () => {
    const place = new Place().run({ comePerMs: 10, finishPerMs: 5, forMs: 3000 });
    const { finished } = place.run({ comePerMs: 100, finishPerMs: 1, forMs: 5000 });
    expect(place.underWay).toBeGreaterThanOrEqual(200);
    expect(finished).toBe(20_000);
  });

  test('when it is over everybody is let in again, without help', () => {
    const place = new Place().run({ comePerMs: 10, finishPerMs: 1, forMs: 5000 });
    expect(place.refused).toBeGreaterThan(0);
    place.run({ comePerMs: 5, finishPerMs: 50, forMs: 5000 });
    const before = place.refused;
    place.run({ comePerMs: 1000, finishPerMs: 0, forMs: 1 });
    expect(place.refused).toBe(before);
  });

  test('after a while of silence a burst is as welcome as ever', () => {
    const place = new Place().run({ comePerMs: 10, finishPerMs: 1, forMs: 5000 });
    place.run({ comePerMs: 0, finishPerMs: 1000, forMs: 10_000 });
    const before = place.refused;
    place.run({ comePerMs: 1000, finishPerMs: 0, forMs: 1 });
    expect(place.refused).toBe(before);
  });

  test('a shard that hangs with a sixth of the requests does not close the door for the others', () => {
    let now = 0;
    const congestion = new Congestion(() => now, 2000);
    const hanging: { readonly at: number; readonly end: () => void }[] = [];
    for (; now < 10_000; now += 1) {
      while ((hanging[0]?.at ?? Infinity) <= now) hanging.shift()?.end();
      expect(congestion.tooMuch).toBe(false);
      for (let n = 0; n < 5; n += 1) congestion.begin()();
      hanging.push({ at: now + 1000, end: congestion.begin() });
    }
    expect(hanging.length).toBe(1000);
  });

  test('a limit of one is a limit of one', () => {
    const congestion = new Congestion(() => 0, 1);
    const end = congestion.begin();
    expect(congestion.tooMuch).toBe(true);
    end();
    expect(congestion.tooMuch).toBe(false);
  });
});
