export interface BackOff {
  /** Wait before the second attempt, in milliseconds. */
  readonly firstMs: number;
  /** How much longer each further wait is. */
  readonly factor: number;
  readonly maxMs: number;
}

/**
 * Milliseconds to wait after the `attempt`-th failure (1 for the first). Half of the exponential wait is fixed, half is
 * random, so that lanes that failed together do not come back together and none comes back at once. `random` gives
 * [0, 1). Always a whole number between 0 and `maxMs`, whatever the attempt.
 */
export function backOffMs(
  attempt: number,
  { firstMs, factor, maxMs }: BackOff,
  random: () => number,
): number {
  const exponent = Number.isFinite(attempt) ? Math.max(0, attempt - 1) : 0;
  const grown = firstMs * factor ** exponent;
  // 0 × Infinity is NaN: without a first wait there is none at all.
  const full = Number.isNaN(grown) ? 0 : Math.min(Math.max(grown, 0), maxMs);
  const share = Math.min(Math.max(random(), 0), 1);
  return Math.round(full / 2 + (full / 2) * share);
}
