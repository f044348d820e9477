import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backOffMs } from '../../../src/messages/back-off.js';

const policy = { firstMs: 100, factor: 2, maxMs: 5000 };

describe('backOffMs: waits longer each time, never all at once', () => {
  test('lies between half and the whole of the exponential wait', () => {
    const waits = [1, 2, 3, 7, 50].map((attempt) => [
      backOffMs(attempt, policy, () => 0),
      backOffMs(attempt, policy, () => 1),
    ]);
    expect(waits).toEqual([
      [50, 100],
      [100, 200],
      [200, 400],
      [2500, 5000],
      [2500, 5000],
    ]);
  });
  test('is a sensible number for any attempt and any setting', () => {
    const sizes = fc.oneof(fc.nat(), fc.constantFrom(0, 1, Number.MAX_VALUE));
    fc.assert(
      fc.property(
        fc.oneof(fc.integer(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e308)),
        fc.record({ firstMs: sizes, factor: sizes, maxMs: fc.nat() }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, settings, share) => {
          const wait = backOffMs(attempt, settings, () => share);
          expect(Number.isInteger(wait) && wait >= 0 && wait <= settings.maxMs).toBe(true);
        },
      ),
    );
  });
});
