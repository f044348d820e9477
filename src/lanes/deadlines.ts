import type { Command } from 'ioredis';

interface Waiting {
  readonly command: Command;
  /** Milliseconds on the monotonic clock. */
  readonly until: number;
}

/**
 * Rejects the commands of one connection that Redis has not answered in time. Answers come in the order of the commands,
 * so one timer on the oldest serves them all: a timer for each costs a callback more than its authentication.
 */
export class Deadlines {
  readonly #timeoutMs: number;
  readonly #waiting: Waiting[] = [];
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
      const oldest = this.#waiting[0];
      if (oldest === undefined) return;
      if (oldest.until > now) {
        // A timer may fire a little early.
        this.#wake(Math.ceil(oldest.until - now));
        return;
      }
      oldest.command.reject(new Error('Command timed out'));
    }
  }

  // At once, and not many together: kept for a moment longer, commands outlive the garbage collector's cheap rounds.
  #dropAnswered(): void {
    while (this.#waiting[0]?.command.isSettled === true) this.#waiting.shift();
  }
}
