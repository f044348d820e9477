/** Longer than this nobody is made to wait by a header; the lane's own hold ends far earlier (I4). */
const longestWaitMs = 60 * 60 * 1000;

/**
 * Milliseconds to wait according to a `Retry-After` header: seconds or an HTTP date. Nothing for a missing or
 * unreadable one; at least 0 and at most an hour. A date is measured against the answer's own `Date` header (`served`)
 * where there is one: a channel whose clock is an hour ahead must not silence itself for an hour. `now` in milliseconds
 * since 1970.
 */
export function retryAfterMs(header: string | undefined, now: number, served?: string): number | undefined {
  const value = header?.trim() ?? '';
  const since = Date.parse(served ?? '');
  const wait = /^\d{1,10}(\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - (Number.isNaN(since) ? now : since);
  // A bare number that is not a count of seconds (`-5`) would otherwise be read as a year.
  if (Number.isNaN(wait) || !/^\d|[A-Za-z]{3}/.test(value)) return undefined;
  return Math.min(Math.max(Math.ceil(wait), 0), longestWaitMs);
}
