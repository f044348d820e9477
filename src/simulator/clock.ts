/** Milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** The simulator's own time: another clock plus an offset that the control API may push forward. */
export class MovableClock implements Clock {
  readonly #base: Clock;
  #offset = 0;

  constructor(base: Clock) {
    this.#base = base;
  }

  now(): number {
    return this.#base.now() + this.#offset;
  }

  /** Time as eGain writes it: ISO 8601 with milliseconds and `Z` [seed]. */
  iso(): string {
    return new Date(this.now()).toISOString();
  }

  /** Makes tokens, signed URLs and idle conversations older by `ms`; timers already running are not hurried. */
  advance(ms: number): void {
    this.#offset += ms;
  }
}
