import { Cluster } from 'ioredis';
import type { RedisClient } from './connection.js';

/** The share of Redis's memory that intake may fill; the rest is for draining: BullMQ's scripts fail in a full Redis. */
const intakeShare = 0.8;

/** `limitBytes` 0 = there is none. */
export interface MemoryUsage {
  readonly usedBytes: number;
  readonly limitBytes: number;
}

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
    const nodes = this.#redis instanceof Cluster ? this.#redis.nodes('master') : [this.#redis];
    const infos = await Promise.all(nodes.map((node) => node.info('memory')));
    const usages = infos.map((info): MemoryUsage => ({
      usedBytes: figure(info, 'used_memory'),
      limitBytes: this.#cap ?? figure(info, 'maxmemory'),
    }));
    this.#usage = usages.sort((a, b) => shareOf(b) - shareOf(a))[0];
    this.#full = usages.some((usage) => shareOf(usage) > intakeShare);
  }
}

function shareOf({ usedBytes, limitBytes }: MemoryUsage): number {
  return limitBytes > 0 ? usedBytes / limitBytes : 0;
}

function figure(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
}
