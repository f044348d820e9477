import type { BridgeConfig } from '../../config/schema.js';
import { connectRedis, untilReady, type RedisClient } from '../lanes/connection.js';
import { Conversations } from '../lanes/conversations.js';
import { Lanes } from '../lanes/lanes.js';
import { openLayout } from '../lanes/layout.js';
import type { Keyspace } from '../lanes/keyspace.js';
import { SettingError } from '../operations/setting-error.js';
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

/** @throws {SettingError} naming what cannot be reached, or what does not fit what Redis holds. */
export async function openCore(
  config: BridgeConfig,
  onError: (error: unknown) => void,
  patienceMs = startPatienceMs,
): Promise<Core> {
  const redis = connectRedis(config.redis, 'prompt', `egain-bridge:${config.instance}`, {
    commandTimeoutMs: Math.max(100, config.server.acceptTimeoutMs - 100),
  });
  redis.on('error', onError);
  try {
    await untilReady(redis, patienceMs).catch((error: unknown) => {
      throw unreachable(config.redis, error);
    });
    const keys = await openLayout(redis, config.redis).catch((error: unknown) => {
      if (error instanceof SettingError) throw error;
      throw new SettingError(`redis: it cannot be used${whyOf(error)}`, { cause: error });
    });
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

function unreachable(redis: BridgeConfig['redis'], error: unknown): SettingError {
  const setting = redis.cluster !== undefined ? 'cluster' : redis.sentinel !== undefined ? 'sentinel' : 'url';
  const cause = error instanceof Error ? error.cause : undefined;
  return new SettingError(`redis.${setting}: Redis does not answer${whyOf(cause)}`, { cause: error });
}

/** Connection errors name host and port and no credentials; several attempts at once come without a message. */
function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const { code } = cause as NodeJS.ErrnoException;
  const why = cause.message === '' ? code : cause.message;
  return why === undefined ? '' : ` (${why})`;
}
