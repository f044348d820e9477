/** The Redis that keeps everything: one server, a cluster, or a server found through sentinels. */
import * as z from 'zod';
import { count, evenIfIncomplete, isRecord, secret, shortestSecret, text } from './fields.js';

export const defaultRedisUrl = 'redis://127.0.0.1:6379';

const node = z.strictObject({
  host: text().describe('Host name or address.'),
  port: count(1, 65_535).default(6379).describe('Port.'),
});

const sentinelNode = z.strictObject({
  host: text().describe('Host name or address.'),
  port: count(1, 65_535).default(26_379).describe('Port.'),
});

const tls = z.strictObject({
  verify: z
    .boolean()
    .default(true)
    .describe(
      'Whether the server’s certificate is checked. false: anybody on the way can pose as Redis and read along.',
    ),
  servername: text().optional().describe('Name the certificate must carry, when it is not the host’s.'),
  ca: z.string().min(1).meta({ file: true }).optional().describe('Certificate authority, PEM.'),
  cert: z.string().min(1).meta({ file: true }).optional().describe('Client certificate, PEM.'),
  key: secret().optional().describe('Client key, PEM.'),
});

const tlsOrNot = z.union([z.boolean(), tls]);

const address = z
  .string()
  .regex(/^rediss?:\/\/\S+$/, { error: 'an address such as redis://host:6379/0, or rediss:// for TLS' })
  .refine(hasNoShortPassword, {
    error: `an address whose password has at least ${shortestSecret} characters`,
  });

/** 32 bytes: base64, base64url or hex. */
const keyForm = /^(?:[A-Za-z0-9+/_-]{43}=?|[0-9A-Fa-f]{64})$/;

/** Exactly one way to reach Redis is in the result, the default when none was set. */
export const redisSchema = z
  .strictObject({
    url: address
      .optional()
      .describe(
        `One server. Default: ${defaultRedisUrl}, unless cluster or sentinel is set. A password in it is secret.`,
      ),
    cluster: z
      .strictObject({
        nodes: z.array(node).min(1).describe('Some nodes to start from; the rest is discovered.'),
      })
      .optional()
      .describe('A Redis Cluster. Exclusive with url and sentinel.'),
    sentinel: z
      .strictObject({
        name: text().describe('Name of the master set.'),
        sentinels: z.array(sentinelNode).min(1).describe('The sentinels to ask.'),
        username: text().optional().describe('User (ACL) of the sentinels themselves.'),
        password: secret().optional().describe('Password of the sentinels themselves.'),
        tls: tlsOrNot.optional().describe('TLS to the sentinels themselves. Default: as `redis.tls`.'),
      })
      .optional()
      .describe('A server found through sentinels. Exclusive with url and cluster.'),
    username: text().optional().describe('Redis user (ACL).'),
    password: secret().optional().describe('Redis password.'),
    tls: tlsOrNot
      .optional()
      .describe(
        'true for TLS with the system’s certificate authorities, or the details. rediss:// implies it.',
      ),
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,64}$/, { error: 'up to 64 letters, digits, dots, dashes and underscores' })
      .default('egain-bridge')
      .describe('Start of every key: separates installations that share one Redis.'),
    shards: count(1, 64)
      .default(1)
      .describe('Over how many hash slots lanes are spread. Kept in Redis; `migrate` changes it afterwards.'),
    hashKey: secret()
      .optional()
      .describe(
        'Key for hashing customers’ ids in key names. Default: one is made at first start and kept in Redis.',
      ),
    encryption: z
      .strictObject({
        keys: z
          .array(
            z.strictObject({
              id: z
                .string()
                .regex(/^[A-Za-z0-9_-]{1,32}$/, { error: 'up to 32 letters, digits, dashes and underscores' })
                .describe('Name of the key, kept with every text that it seals.'),
              key: secret()
                .regex(keyForm, {
                  error: 'a key of 32 bytes in base64 or hex, made by `openssl rand -base64 32`',
                })
                .describe('The key, 32 random bytes in base64 or hex.'),
            }),
          )
          .min(1)
          .max(20)
          .refine(isEveryIdOnce, { error: 'each id once' })
          .describe(
            'The first seals, all of them open. To rotate: put the new key last everywhere, then first everywhere, and remove the old one when nothing sealed with it is left.',
          ),
      })
      .optional()
      .describe(
        'Seals what customers and agents wrote, and who they are, while it lies in Redis (AES-256-GCM). What lies there already stays readable.',
      ),
    waitReplicas: count(0, 10)
      .default(0)
      .describe(
        'How many replicas must have a message before it is acknowledged (WAIT); with fewer the caller is told 503. 0: only the master, which can lose its last moments in a failover.',
      ),
    maxMemoryBytes: count(16 * 1024 * 1024, Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('Intake stops at 80 % of this. Default: what Redis itself says its maxmemory is.'),
  })
  .refine(namesOneServer, {
    error: 'only one of url, cluster and sentinel',
    path: ['url'],
    ...evenIfIncomplete,
  })
  .transform(withOneTarget)
  .prefault({})
  .describe('Redis, which keeps every message that waits.');

function isEveryIdOnce(keys: unknown): boolean {
  if (!Array.isArray(keys)) return true;
  const ids = keys.flatMap((key: unknown) => (isRecord(key) && key['id'] !== undefined ? [key['id']] : []));
  return new Set(ids).size === ids.length;
}

/** The ways to name a Redis. */
export interface Targets<Cluster, Sentinel> {
  readonly url?: string | undefined;
  readonly cluster?: Cluster | undefined;
  readonly sentinel?: Sentinel | undefined;
}

function namesOneServer(redis: Targets<unknown, unknown>): boolean {
  return [redis.url, redis.cluster, redis.sentinel].filter((target) => target !== undefined).length <= 1;
}

/** As `Targets`, but exactly one is there: asking for `cluster`, then `sentinel`, leaves `url`. */
export type OneTarget<Cluster, Sentinel> =
  | { readonly cluster: Cluster; readonly sentinel?: undefined; readonly url?: undefined }
  | { readonly sentinel: Sentinel; readonly cluster?: undefined; readonly url?: undefined }
  | { readonly url: string; readonly cluster?: undefined; readonly sentinel?: undefined };

function withOneTarget<Rest extends Targets<Cluster, Sentinel>, Cluster, Sentinel>(
  redis: Rest & Targets<Cluster, Sentinel>,
): Omit<Rest, keyof Targets<Cluster, Sentinel>> & OneTarget<Cluster, Sentinel> {
  const { url, cluster, sentinel, ...rest } = redis;
  if (cluster !== undefined) return { ...rest, cluster };
  if (sentinel !== undefined) return { ...rest, sentinel };
  return { ...rest, url: url ?? defaultRedisUrl };
}

function hasNoShortPassword(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { password } = new URL(url);
  return password === '' || decodeURIComponent(password).length >= shortestSecret;
}
