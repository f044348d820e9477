/** How the sample channel misbehaves, repeatably. */

export interface Fault {
  /**
   * - `status`: answers with `status` (429 with `retryAfterSeconds` or `retryAfterDateInMs`). - `delay`: answers 200 after
   * `delayMs`. - `hang`: never answers. - `reset`: breaks the connection instead of answering. - `slow`: answers 200, its
   * body byte by byte, `intervalMs` between two.
   */
  readonly kind: 'status' | 'delay' | 'hang' | 'reset' | 'slow';
  /** What records call it; `kind` when absent. */
  readonly name?: string;
  /** Share of the requests that meet it, 0 to 1; the shares of several faults add up. */
  readonly share: number;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** `Retry-After` as an HTTP date, this far ahead. */
  readonly retryAfterDateInMs?: number;
  /** How far the clock is off that dates this answer. */
  readonly clockOffsetMs?: number;
  readonly delayMs?: number;
  readonly intervalMs?: number;
  /** Whether the message is taken before the fault shows: the bridge then has to repeat what already arrived. */
  readonly processed?: boolean;
}

/** A sequence of numbers in [0, 1) that depends on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The fault the next request meets, or none. Takes exactly one number, so that runs with one seed are alike. */
export function drawFault(faults: readonly Fault[], random: () => number): Fault | undefined {
  let left = random();
  return faults.find((fault) => {
    left -= fault.share;
    return left < 0;
  });
}
