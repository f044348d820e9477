/** Tells that the customer is writing: at most every few seconds, and that it stopped. */
const repeatMs = 4000;
const idleMs = 5000;

export class Typing {
  readonly #tell: (type: 'typing.start' | 'typing.end') => void;
  readonly #now: () => number;
  #since = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param now milliseconds */
  constructor(tell: (type: 'typing.start' | 'typing.end') => void, now: () => number) {
    this.#tell = tell;
    this.#now = now;
  }

  /** Something was typed. */
  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(), idleMs);
    if (this.#now() - this.#since < repeatMs) return;
    this.#since = this.#now();
    this.#tell('typing.start');
  }

  /** The text was sent or emptied, or nothing was typed for a while. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#since === Number.NEGATIVE_INFINITY) return;
    this.#since = Number.NEGATIVE_INFINITY;
    this.#tell('typing.end');
  }

  /** A message says by itself that the customer has finished writing. */
  sent(): void {
    clearTimeout(this.#timer);
    this.#since = Number.NEGATIVE_INFINITY;
  }
}
