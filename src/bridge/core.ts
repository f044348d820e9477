import type { BridgeConfig } from '../../config/schema.js';
import { connectRedis, connectServer, untilReady, type RedisClient } from '../lanes/connection.js';
import { Conversations } from '../lanes/conversations.js';
import { Lanes } from '../lanes/lanes.js';
import { openLayout } from '../lanes/layout.js';
import type { Keyspace } from '../lanes/keyspace.js';
import { ReplicatedWriter } from '../lanes/replicated-writer.js';
import { SettingError } from '../operations/setting-error.js';
import { jobLock, jobLockMs, Queues } from '../../workers/queues.js';

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
  const name = `${config.redis.prefix}:${config.instance}`;
  const commandTimeoutMs = Math.max(100, config.server.acceptTimeoutMs - 100);
  const redis = connectRedis(config.redis, 'prompt', name, { commandTimeoutMs });
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
    const { waitReplicas } = config.redis;
    const writer =
      waitReplicas === 0
        ? undefined
        : new ReplicatedWriter({
            main: redis,
            connect: (address) => {
              const client = connectServer(config.redis, 'prompt', `${name}:accept`, {
                commandTimeoutMs,
                address,
              });
              return client.on('error', onError);
            },
            replicas: waitReplicas,
            // Time is left for the way there and back.
            timeoutMs: Math.round(commandTimeoutMs * 0.7),
          });
    const lanes = new Lanes(redis, keys, {
      ...(writer === undefined ? {} : { write: writer.run.bind(writer) }),
      duplicateWindowMs: delivery.duplicateWindowMs,
      journeysMs: retention.journeysMs,
      journeysMax: retention.journeysMax,
      deadLettersMs: retention.deadLettersMs,
      deadLettersMax: retention.deadLettersMax,
      window,
      jobLock: { keyOf: jobLock, lifeMs: jobLockMs },
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
        writer?.close();
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
  // `NOAUTH`, `WRONGPASS`, `NOPERM`: it is there, and says no in words of its own that hold no password.
  const refused = cause instanceof Error && cause.name === 'ReplyError';
  const what = refused ? 'Redis refuses the connection' : 'Redis does not answer';
  return new SettingError(`redis.${setting}: ${what}${whyOf(cause)}`, { cause: error });
}

/** Connection errors name host and port and no credentials; several attempts at once come without a message. */
function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const { code } = cause as NodeJS.ErrnoException;
  const why = cause.message === '' ? code : cause.message;
  return why === undefined ? '' : ` (${why})`;
}
