import { mastersOf, type RedisClient } from './connection.js';
import { intakeShare, memoryUsage, readInfo, shareUsed, type MemoryUsage } from './redis-info.js';

export type { MemoryUsage } from './redis-info.js';

/** Looks at Redis's memory once a second, so that intake can stop before Redis is full and resume by itself (I7). */
export class MemoryWatch {
  readonly #redis: RedisClient;
  readonly #cap: number | undefined;
  readonly #onError: (error: unknown) => void;
  #full = false;
  #usage: MemoryUsage | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `cap`: bytes to take for the limit instead of Redis's own `maxmemory`. */
  constructor(redis: RedisClient, cap: number | undefined, onError: (error: unknown) => void) {
    this.#redis = redis;
    this.#cap = cap;
    this.#onError = onError;
  }

  get full(): boolean {
    return this.#full;
  }

  /** Of the fullest node, as last seen; undefined before the first look. */
  get usage(): MemoryUsage | undefined {
    return this.#usage;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.look().catch(this.#onError);
    }, 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async look(): Promise<void> {
    const infos = await Promise.all(mastersOf(this.#redis).map((node) => node.info('memory')));
    const usages = infos.map((info) => memoryUsage(readInfo(info), this.#cap));
    this.#usage = usages.sort((a, b) => shareUsed(b) - shareUsed(a))[0];
    this.#full = usages.some((usage) => shareUsed(usage) > intakeShare);
  }
}
