import type { RedisClient } from '../src/lanes/connection.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import type { Drain } from './drain.js';
import { EagerWorker } from './eager-worker.js';
import { queueName } from './queues.js';

export interface PoolSettings {
  /** Jobs per shard at once in this process. */
  readonly concurrency: number;
  readonly workerName: string;
  readonly lockMs: number;
  readonly stalledIntervalMs: number;
  /** How long an idle worker waits for Redis to tell of a job before it asks by itself, in seconds. */
  readonly listenSeconds?: number;
}

const usualListenSeconds = 5;

/** One BullMQ worker per shard; they share one connection and block on one each. */
export class Pool {
  readonly #workers: readonly EagerWorker[];

  constructor(parts: {
    readonly redis: RedisClient;
    readonly keys: Keyspace;
    readonly drain: Drain;
    readonly settings: PoolSettings;
    readonly onError: (error: unknown) => void;
    /** A job's worker was gone, and it goes on here or elsewhere. */
    readonly onStalled?: () => void;
  }) {
    const { redis, keys, drain, settings, onError, onStalled } = parts;
    this.#workers = keys.tags().map((tag) => {
      const worker = new EagerWorker(queueName, (job, token) => drain.process(job, token ?? ''), {
        connection: redis,
        prefix: tag,
        autorun: false,
        name: settings.workerName,
        concurrency: settings.concurrency,
        lockDuration: settings.lockMs,
        stalledInterval: settings.stalledIntervalMs,
        drainDelay: settings.listenSeconds ?? usualListenSeconds,
        // BullMQ's 15 s would be what a lane waits after Redis was away for a moment.
        runRetryDelay: 500,
        // A lane outlives any number of crashes; its head's own counter finds poison.
        maxStalledCount: 1_000_000_000,
      });
      worker.on('error', onError);
      worker.on('stalled', () => onStalled?.());
      worker.on('failed', (_job, error) => onError(error));
      return worker;
    });
  }

  start(onError: (error: unknown) => void): void {
    for (const worker of this.#workers) worker.run().catch(onError);
  }

  /** Per shard, what its worker has heard so far: a number that stands still says that it is deaf. */
  heard(): readonly number[] {
    return this.#workers.map(({ heard }) => heard);
  }

  /** Takes no further jobs and waits for those in hand. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }
}
