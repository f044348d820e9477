import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { ConnectionOptions } from 'node:tls';
import { GatheringRedis } from './gathering-redis.js';

/** A different mapping of replies would change the type of every answer. */
type Options = Omit<RedisOptions, 'replyMapping'>;

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Tls {
  readonly verify?: boolean | undefined;
  readonly servername?: string | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Where Redis is: exactly one of `url`, `cluster` and `sentinel`. */
export interface RedisSettings {
  readonly url?: string | undefined;
  readonly cluster?: { readonly nodes: readonly Address[] } | undefined;
  readonly sentinel?:
    | {
        readonly name: string;
        readonly sentinels: readonly Address[];
        readonly username?: string | undefined;
        readonly password?: string | undefined;
        /** Default: as the server's own. */
        readonly tls?: boolean | Tls | undefined;
      }
    | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: boolean | Tls | undefined;
}

export interface ConnectOptions {
  /** How long a prompt connection waits for an answer, default 2 s. */
  readonly commandTimeoutMs?: number;
}

export type RedisClient = Redis | Cluster;

/** Every server that holds keys of its own: the masters of a cluster, else the one there is. */
export function mastersOf(redis: RedisClient): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis];
}

/**
 * `prompt`: commands fail at once while Redis is away, so that a caller can be told 503 within a second (I7).
 * `patient`: commands wait for Redis; BullMQ's workers ask for that.
 */
export type Manner = 'prompt' | 'patient';

// Reconnecting often is cheap on a LAN and bounds how long the bridge stays away after Redis is back.
const reconnectDelayMs = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 5), 1000);

const manners: Record<Manner, Options> = {
  prompt: { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2000, connectTimeout: 2000 },
  patient: { enableOfflineQueue: true, maxRetriesPerRequest: null, connectTimeout: 5000 },
};

/**
 * A connection to Redis. The caller closes it. Errors are reported by `error` events only; a listener must be set.
 * Auto-pipelining stays off: it slows BullMQ and the hot path, where gathering what is written does better.
 */
export function connectRedis(
  settings: RedisSettings,
  manner: Manner,
  name: string,
  options: ConnectOptions = {},
): RedisClient {
  const common = commonOptions(settings, manner, name, options);
  const { url, cluster, sentinel } = settings;
  if (cluster !== undefined) {
    return new Cluster([...cluster.nodes], {
      enableOfflineQueue: manner === 'patient',
      clusterRetryStrategy: reconnectDelayMs,
      redisOptions: common,
      // A certificate is for the name a node is known by: resolved here first, it would be checked against an address.
      ...(common.tls === undefined ? {} : { dnsLookup: asItIs }),
    });
  }
  const { commandTimeout, ...own } = common;
  if (sentinel !== undefined) {
    return new GatheringRedis({ ...own, ...sentinelOptions(sentinel, settings.tls) }).answerWithin(
      commandTimeout,
    );
  }
  return new GatheringRedis(url ?? 'redis://127.0.0.1:6379', own).answerWithin(commandTimeout);
}

/**
 * A connection to one server: to this member of the cluster, else to the one there is. The caller closes it.
 * Errors are reported by `error` events only; a listener must be set.
 */
export function connectServer(
  settings: RedisSettings,
  manner: Manner,
  name: string,
  options: ConnectOptions & { readonly address?: Address | undefined } = {},
): Redis {
  const { address } = options;
  if (address !== undefined) {
    return new Redis({
      ...commonOptions(settings, manner, name, options),
      host: address.host,
      port: address.port,
    });
  }
  const client = connectRedis(settings, manner, name, options);
  if (client instanceof Cluster) throw new TypeError('a cluster needs the address of one of its members');
  return client;
}

function commonOptions(
  settings: RedisSettings,
  manner: Manner,
  name: string,
  options: ConnectOptions,
): Options {
  const { username, password } = settings;
  const tls = tlsOptions(settings.tls);
  return {
    ...manners[manner],
    ...(options.commandTimeoutMs === undefined ? {} : { commandTimeout: options.commandTimeoutMs }),
    connectionName: name,
    retryStrategy: reconnectDelayMs,
    // A master that became a replica keeps its connections: a new one finds the present master.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function sentinelOptions(
  { name, sentinels, username, password, tls }: NonNullable<RedisSettings['sentinel']>,
  serverTls: RedisSettings['tls'],
): Options {
  const own = tlsOptions(tls ?? serverTls);
  return {
    name,
    sentinels: [...sentinels],
    // Without it ioredis speaks in the clear to a server that sentinels named, whatever `tls` says.
    enableTLSForSentinelMode: tlsOptions(serverTls) !== undefined,
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
    ...(own === undefined ? {} : { sentinelTLS: own }),
  };
}

function asItIs(address: string, answer: (error: null, address: string) => void): void {
  answer(null, address);
}

function tlsOptions(tls: RedisSettings['tls']): ConnectionOptions | undefined {
  if (tls === undefined || tls === false) return undefined;
  if (tls === true) return {};
  const { verify, servername, ca, cert, key } = tls;
  return {
    ...(verify === false ? { rejectUnauthorized: false } : {}),
    ...(servername === undefined ? {} : { servername }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
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
