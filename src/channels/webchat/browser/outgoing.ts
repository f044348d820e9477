import type { ChatMessage } from './protocol.js';

/** What became of one attempt: `again` = nobody knows or not now, `refused` = it will never be taken. */
export type PostResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'again'; readonly afterMs?: number };

export interface OutgoingParts {
  readonly post: (message: ChatMessage) => Promise<PostResult>;
  readonly settle: (message: ChatMessage, state: 'accepted' | 'refused' | 'failed') => void;
  readonly wait: (ms: number) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
}

/** After so many attempts the customer is asked; until then it goes on by itself. */
const mostAttempts = 6;
const firstPauseMs = 500;
const longestPauseMs = 15_000;

/** Own messages on their way, one after the other, so that they arrive in the order they were written. */
export class Outgoing {
  readonly #parts: OutgoingParts;
  readonly #waiting: ChatMessage[] = [];
  #busy = false;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
  }

  /** Under the same id as before when it is sent again: it arrives once. */
  send(message: ChatMessage): void {
    if (this.#waiting.some(({ id }) => id === message.id)) return;
    this.#waiting.push(message);
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const state = await this.#deliver(next);
      this.#waiting.shift();
      this.#parts.settle(next, state);
    }
    this.#busy = false;
  }

  async #deliver(message: ChatMessage): Promise<'accepted' | 'refused' | 'failed'> {
    const { post, wait, random } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      const result = await post(message);
      if (result.kind !== 'again') return result.kind;
      if (attempt >= mostAttempts) return 'failed';
      const pause = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
      await wait(Math.max(result.afterMs ?? 0, pause * (0.5 + random() / 2)));
    }
  }
}
