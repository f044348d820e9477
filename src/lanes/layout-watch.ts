import type { RedisClient } from './connection.js';
import { layoutKey } from './layout.js';

/** `emptied`: nothing of ours is there any more (a flush, a new Redis). `replaced`: another installation's is. */
export type LayoutLoss = 'emptied' | 'replaced';

const everyMs = 2000;

/**
 * Looks whether what Redis holds still is what this process began with. Under an emptied Redis it would go on working
 * with names whose secret nobody else has, and the next process to start would make another: so the first to notice puts
 * back what all of them know. What lay in the lanes is lost; that somebody must hear.
 */
export class LayoutWatch {
  readonly #redis: RedisClient;
  readonly #key: string;
  readonly #onLoss: (loss: LayoutLoss) => void;
  #begun: Readonly<Record<string, string>> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #told = false;

  constructor(redis: RedisClient, prefix: string, onLoss: (loss: LayoutLoss) => void) {
    this.#redis = redis;
    this.#key = layoutKey(prefix);
    this.#onLoss = onLoss;
  }

  start(): void {
    void this.look();
    this.#timer = setInterval(() => void this.look(), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async look(): Promise<void> {
    // Redis being away is others' news, and no loss.
    const found = await this.#redis.hgetall(this.#key).catch(() => undefined);
    if (found === undefined) return;
    const begun = (this.#begun ??= found);
    if (Object.keys(found).length === 0) {
      await Promise.all(
        Object.entries(begun).map(([field, value]) => this.#redis.hsetnx(this.#key, field, value)),
      ).catch(() => undefined);
      this.#onLoss('emptied');
      return;
    }
    const differs = ['secret', 'fingerprint'].some((field) => found[field] !== begun[field]);
    if (differs && !this.#told) this.#onLoss('replaced');
    this.#told = differs;
  }
}
