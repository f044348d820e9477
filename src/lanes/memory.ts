import { Cluster } from 'ioredis';
import type { RedisClient } from './connection.js';

/** The share of Redis's memory that intake may fill; the rest is for draining: BullMQ's scripts fail in a full Redis. */
const intakeShare = 0.8;

/** Looks at Redis's memory once a second, so that intake can stop before Redis is full and resume by itself (I7). */
export class MemoryWatch {
  readonly #redis: RedisClient;
  readonly #cap: number | undefined;
  readonly #onError: (error: unknown) => void;
  #full = false;
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

  start(): void {
    this.#timer = setInterval(() => {
      this.look().catch(this.#onError);
    }, 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async look(): Promise<void> {
    const nodes = this.#redis instanceof Cluster ? this.#redis.nodes('master') : [this.#redis];
    const infos = await Promise.all(nodes.map((node) => node.info('memory')));
    this.#full = infos.some((info) => {
      const limit = this.#cap ?? figure(info, 'maxmemory');
      return limit > 0 && figure(info, 'used_memory') > limit * intakeShare;
    });
  }
}

function figure(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
}
