import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import type { JobOrder, Lanes } from '../src/lanes/lanes.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import type { RedisClient } from '../src/lanes/connection.js';
import { scanNames } from '../src/lanes/scan.js';

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

/** How long BullMQ believes that who has a job in hand still has it, without a word from there. */
export const jobLockMs = 15_000;

/** Work in hand is waited for as long as an attempt may take, and some more. */
const lookMs = 200;
const mostLooks = 100;

function laneOf(jobId: string): string {
  return jobId.slice(0, jobId.lastIndexOf('.'));
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
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;
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
    this.#redis = options.redis;
    this.#keys = options.keys;
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

  /** Takes every job of these lanes away once no worker has it in hand, and what the engine's own records say of them. */
  async forget(lanes: ReadonlySet<string>): Promise<void> {
    const jobs = await this.#jobsOf(lanes);
    for (let looks = 0; jobs.size > 0 && looks < mostLooks; looks += 1) {
      if (looks > 0) await sleep(lookMs);
      for (const id of jobs) if ((await this.#queueOf(id).remove(id)) === 1) jobs.delete(id);
    }
    await this.#untilLaidDown(lanes);
    for (const tag of this.#keys.tags()) await this.#forgetEvents(`${tag}:${queueName}:events`, lanes);
  }

  /** Lanes may be in the hands of another lane's job, which must not be taken away. */
  async #untilLaidDown(lanes: ReadonlySet<string>): Promise<void> {
    for (const lane of lanes) {
      for (let looks = 0; looks < mostLooks && (await this.#isCarried(lane)); looks += 1) await sleep(lookMs);
    }
  }

  async #isCarried(lane: string): Promise<boolean> {
    const carried = await this.#lanes.carried(this.#keys.shardOf(lane));
    for (const { lock, owner, lane: theirs } of carried) {
      if (theirs === lane && (await this.#redis.get(lock)) === owner) return true;
    }
    return false;
  }

  async #jobsOf(lanes: ReadonlySet<string>): Promise<Set<string>> {
    const found = new Set<string>();
    const start = `:${queueName}:`;
    for await (const names of scanNames(this.#redis, `{${this.#keys.prefix}:*}${start}*.*`)) {
      for (const name of names) {
        const [id = ''] = name.slice(name.indexOf(start) + start.length).split(':');
        if (lanes.has(laneOf(id))) found.add(id);
      }
    }
    return found;
  }

  #queueOf(jobId: string): Queue<DrainData> {
    return this.shard(this.#keys.shardOf(laneOf(jobId)));
  }

  async #forgetEvents(stream: string, lanes: ReadonlySet<string>): Promise<void> {
    const entries = await this.#redis.xrange(stream, '-', '+');
    const theirs = entries.filter(([, fields]) =>
      lanes.has(laneOf(fields[fields.indexOf('jobId') + 1] ?? '')),
    );
    if (theirs.length > 0) await this.#redis.xdel(stream, ...theirs.map(([id]) => id));
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
