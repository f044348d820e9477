import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** Where Redis is: exactly one of the three. Addresses as `redis://` or `rediss://`. */
export type RedisTarget =
  | { readonly url: string }
  | { readonly cluster: { readonly nodes: readonly string[] } }
  | { readonly sentinel: { readonly name: string; readonly sentinels: readonly string[] } };

export type RedisSettings = RedisTarget & {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: boolean | undefined;
};

export type RedisClient = Redis | Cluster;

/**
 * `prompt`: commands fail at once while Redis is away, so that a caller can be told 503 within a second (I7).
 * `patient`: commands wait for Redis; BullMQ's workers ask for that.
 */
export type Manner = 'prompt' | 'patient';

// Reconnecting often is cheap on a LAN and bounds how long the bridge stays away after Redis is back.
const reconnectDelayMs = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 5), 1000);

const manners: Record<Manner, RedisOptions> = {
  prompt: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2000, connectTimeout: 2000 },
  patient: { enableOfflineQueue: true, maxRetriesPerRequest: null, connectTimeout: 5000 },
};

function hostAndPort(address: string): { host: string; port: number } {
  const url = new URL(address.includes('://') ? address : `redis://${address}`);
  return { host: url.hostname, port: Number(url.port || 6379) };
}

/**
 * A connection to Redis. The caller closes it. Errors are reported by `error` events only; a listener must be set.
 * Auto-pipelining stays off: it slows BullMQ and the hot path (ioredis writes one tick's commands together anyway).
 */
export function connectRedis(settings: RedisSettings, manner: Manner, name: string): RedisClient {
  const options: RedisOptions = {
    ...manners[manner],
    connectionName: name,
    retryStrategy: reconnectDelayMs,
    enableReadyCheck: true,
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(settings.tls === true ? { tls: {} } : {}),
  };
  if ('url' in settings) return new Redis(settings.url, options);
  if ('sentinel' in settings) {
    return new Redis({
      ...options,
      name: settings.sentinel.name,
      sentinels: settings.sentinel.sentinels.map(hostAndPort),
    });
  }
  return new Cluster(settings.cluster.nodes.map(hostAndPort), {
    enableOfflineQueue: manner === 'patient',
    clusterRetryStrategy: reconnectDelayMs,
    redisOptions: options,
  });
}

/** Waits until commands can be sent. @throws when Redis does not answer within `timeoutMs`. */
export async function untilReady(client: RedisClient, timeoutMs: number): Promise<void> {
  if (client.status === 'ready') return;
  let timer: NodeJS.Timeout | undefined;
  let lastError: unknown;
  const remember = (error: unknown): void => {
    lastError = error;
  };
  client.on('error', remember);
  try {
    await Promise.race([
      new Promise<void>((resolve) => client.once('ready', resolve)),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('Redis does not answer', { cause: lastError })), timeoutMs);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    client.off('error', remember);
  }
}
