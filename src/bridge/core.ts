import type { BridgeConfig } from '../../config/schema.js';
import { connectRedis, untilReady, type RedisClient } from '../lanes/connection.js';
import { Conversations } from '../lanes/conversations.js';
import { Lanes } from '../lanes/lanes.js';
import { openLayout } from '../lanes/layout.js';
import type { Keyspace } from '../lanes/keyspace.js';
import { jobLock, Queues } from '../../workers/queues.js';

/** What both roles and the operators' commands stand on. */
export interface Core {
  /** Fails at once while Redis is away. */
  readonly redis: RedisClient;
  readonly keys: Keyspace;
  readonly lanes: Lanes;
  readonly conversations: Conversations;
  readonly queues: Queues;
  /** Lanes of one target that may have a job, per live worker process. */
  readonly window: number;
  close(): Promise<void>;
}

/**
 * Lanes waiting in BullMQ beyond those being worked on keep every place busy; more of them would only stand in front of
 * other targets' lanes.
 */
const waitingPerPlace = 2;

/** How long a start waits for Redis before it says so and fails, in milliseconds. */
const startPatienceMs = 10_000;

/** @throws {Error} naming `redis`, or {LayoutError} naming the setting that does not fit what Redis holds. */
export async function openCore(config: BridgeConfig, onError: (error: unknown) => void): Promise<Core> {
  const redis = connectRedis(config.redis, 'prompt', `egain-bridge:${config.instance}`, {
    commandTimeoutMs: Math.max(100, config.server.acceptTimeoutMs - 100),
  });
  redis.on('error', onError);
  try {
    await untilReady(redis, startPatienceMs);
    const keys = await openLayout(redis, config.redis);
    const window = config.delivery.concurrency * waitingPerPlace;
    const { delivery, retention } = config;
    const lanes = new Lanes(redis, keys, {
      duplicateWindowMs: delivery.duplicateWindowMs,
      journeysMs: retention.journeysMs,
      journeysMax: retention.journeysMax,
      deadLettersMs: retention.deadLettersMs,
      deadLettersMax: retention.deadLettersMax,
      window,
      jobLock,
    });
    const queues = new Queues({ redis, keys, lanes, onError });
    return {
      redis,
      keys,
      lanes,
      conversations: new Conversations(redis, keys, { window }),
      queues,
      window,
      close: async () => {
        await queues.close();
        redis.disconnect();
      },
    };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}
