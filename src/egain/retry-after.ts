export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A far-off date in a header is more likely a slip than an order; nobody waits longer than this. */
const longestWaitMs = 3_600_000;

/**
 * Milliseconds to wait before the next request, or undefined when the answer does not say.
 * `X-RateLimit-Reset` is a UTC date-time in eGain's sibling APIs [assumed: sibling v4]; `Retry-After` is seconds or a date.
 * Dates are measured against the answer's own `Date` header where there is one, so that a wrong local clock does no harm.
 */
export function retryAfterOf(headers: AnswerHeaders, now: number): number | undefined {
  const served = dateOf(single(headers['date'])) ?? now;
  const reset = dateOf(single(headers['x-ratelimit-reset']));
  if (reset !== undefined) return clamp(reset - served);
  const after = single(headers['retry-after'])?.trim();
  if (after === undefined || after === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(after)) return clamp(Number(after) * 1000);
  const until = dateOf(after);
  return until === undefined ? undefined : clamp(until - served);
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** Only texts that name a year count: `Date.parse` also takes a bare `60` for a date. */
function dateOf(text: string | undefined): number | undefined {
  if (text === undefined || !/\d{4}/.test(text) || /^\s*\d+\s*$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

function clamp(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), longestWaitMs);
}
