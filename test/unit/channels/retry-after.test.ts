import { describe, expect, test } from '@jest/globals';
import { retryAfterMs } from '../../../src/channels/retry-after.js';

const now = Date.parse('2026-01-01T10:00:00.000Z');

describe('Retry-After, as providers write it', () => {
  test.each([
    ['7', 7000],
    [' 7 ', 7000],
    ['0', 0],
    ['1.5', 1500],
    ['Thu, 01 Jan 2026 10:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 09:00:00 GMT', 0],
    ['86400', 3_600_000],
    ['9999999999', 3_600_000],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s means %s ms', (header, wait) => {
    expect(retryAfterMs(header, now)).toBe(wait);
  });

  test.each([
    ['an hour ahead', 'Thu, 01 Jan 2026 11:00:00 GMT', 'Thu, 01 Jan 2026 11:00:02 GMT'],
    ['years behind', 'Mon, 01 Jan 2018 00:00:00 GMT', 'Mon, 01 Jan 2018 00:00:02 GMT'],
  ])('a date of a provider whose clock is %s is read by that clock', (_how, served, until) => {
    expect(retryAfterMs(until, now, served)).toBe(2000);
  });

  test('an unreadable Date header changes nothing', () => {
    expect(retryAfterMs('Thu, 01 Jan 2026 10:00:30 GMT', now, 'noon')).toBe(30_000);
  });
});
