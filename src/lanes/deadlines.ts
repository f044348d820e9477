import type { Command } from 'ioredis';

interface Waiting {
  readonly command: Command;
  /** Milliseconds on the monotonic clock. */
  readonly until: number;
}

/** So many answered ones may stand in front before the list is made shorter. */
const mostAnswered = 1000;

/**
 * Rejects the commands of one connection that Redis has not answered in time. Answers come in the order of the commands,
 * so one timer on the oldest serves them all: a timer for each costs a callback more than its authentication.
 */
export class Deadlines {
  readonly #timeoutMs: number;
  readonly #waiting: Waiting[] = [];
  #head = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  add(command: Command): void {
    this.#dropAnswered();
    const until = performance.now() + this.#timeoutMs;
    this.#waiting.push({ command, until });
    if (this.#timer === undefined) this.#wake(this.#timeoutMs);
  }

  #wake(afterMs: number): void {
    // The connection keeps a process alive that waits for an answer.
    this.#timer = setTimeout(() => this.#look(), afterMs).unref();
  }

  #look(): void {
    const now = performance.now();
    this.#timer = undefined;
    for (;;) {
      this.#dropAnswered();
      const oldest = this.#waiting[this.#head];
      if (oldest === undefined) return;
      if (oldest.until > now) {
        // A timer may fire a little early.
        this.#wake(Math.ceil(oldest.until - now));
        return;
      }
      oldest.command.reject(new Error('Command timed out'));
    }
  }

  #dropAnswered(): void {
    const waiting = this.#waiting;
    while (waiting[this.#head]?.command.isSettled === true) this.#head += 1;
    if (this.#head === waiting.length || this.#head > mostAnswered) {
      waiting.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
