import { Queue } from 'bullmq';
import type { JobOrder, Lanes } from '../src/lanes/lanes.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import type { RedisClient } from '../src/lanes/connection.js';

/** A drain job's data: the lane and generation are in its id. `pass`: it may go through a closed gate once. */
export interface DrainData {
  readonly t: string;
  readonly pass?: 'probe' | 'overdue';
}

export const queueName = 'drain';

/** Where BullMQ keeps who has a job in hand. */
export function jobLock(tag: string, jobId: string): string {
  return `${tag}:${queueName}:${jobId}:lock`;
}

// A job must never end as failed while its lane holds messages: an unexpected error is tried again for ever, and the
// poison counter of the lane's head, not this one, decides when a message is given up.
const jobOptions = {
  attempts: 1_000_000_000,
  backoff: { type: 'fixed', delay: 1000 },
  removeOnComplete: true,
  removeOnFail: false,
} as const;

/** One BullMQ queue per shard, on one shared connection. */
export class Queues {
  readonly #queues: readonly Queue<DrainData>[];
  readonly #lanes: Lanes;
  readonly #confirmations: Set<string>[];
  #timer: NodeJS.Timeout | undefined;
  readonly #onError: (error: unknown) => void;

  constructor(options: {
    readonly redis: RedisClient;
    readonly keys: Keyspace;
    readonly lanes: Lanes;
    readonly onError: (error: unknown) => void;
  }) {
    this.#lanes = options.lanes;
    this.#onError = options.onError;
    this.#confirmations = options.keys.tags().map(() => new Set<string>());
    this.#queues = options.keys.tags().map((tag) => {
      const queue = new Queue<DrainData>(queueName, {
        connection: options.redis,
        prefix: tag,
        defaultJobOptions: jobOptions,
        streams: { events: { maxLen: 100 } },
        skipWaitingForReady: true,
      });
      queue.on('error', options.onError);
      return queue;
    });
  }

  /** The BullMQ queue of a shard, for recovery and for Bull Board. */
  shard(shard: number): Queue<DrainData> {
    const queue = this.#queues[shard];
    if (queue === undefined) throw new RangeError(`there is no shard ${shard}`);
    return queue;
  }

  /**
   * Adds the jobs. An id that exists already is left alone by BullMQ, so adding twice is harmless. What cannot be added
   * now stays marked as unjobbed and is added by the repair pass; therefore this never throws (I1).
   */
  async add(
    orders: readonly JobOrder[],
    options: { readonly pass?: DrainData['pass']; readonly delayMs?: () => number } = {},
  ): Promise<void> {
    const { pass, delayMs } = options;
    await Promise.all(
      orders.map(async ({ shard, jobId, target }) => {
        const data: DrainData = pass === undefined ? { t: target } : { t: target, pass };
        const delay = Math.round(delayMs?.() ?? 0);
        try {
          await this.shard(shard).add('drain', data, delay > 0 ? { jobId, delay } : { jobId });
          this.#confirm(shard, jobId);
        } catch (error) {
          this.#onError(error);
        }
      }),
    );
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#flush();
    await Promise.all(this.#queues.map((queue) => queue.close()));
  }

  // Confirmations may be late (the repair pass waits two seconds), so they go out together.
  #confirm(shard: number, jobId: string): void {
    this.#confirmations[shard]?.add(jobId);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, 100);
  }

  async #flush(): Promise<void> {
    await Promise.all(
      this.#confirmations.map(async (waiting, shard) => {
        if (waiting.size === 0) return;
        const jobIds = [...waiting];
        waiting.clear();
        try {
          await this.#lanes.confirm(shard, jobIds);
        } catch (error) {
          this.#onError(error);
        }
      }),
    );
  }
}
