import { expect, test } from '@jest/globals';
import { checkClock } from '../../../src/doctor/clock.js';

const now = Date.parse('2026-01-01T00:00:00Z');

test.each([
  { redis: 0, egain: 1000, level: 'ok', found: 'within 5 s of the others' },
  { redis: 0, egain: -30_000, level: 'warning', found: '30 s ahead of eGain' },
  { redis: 200_000, egain: 0, level: 'error', found: '200 s behind Redis' },
])('$found: $level', ({ redis, egain, level, found }) => {
  expect(checkClock(now, { Redis: now + redis, eGain: now + egain })).toMatchObject({ level, found });
});

test('nobody to compare with is no finding', () => {
  expect(checkClock(now, { Redis: undefined, eGain: undefined }).level).toBe('skipped');
});
