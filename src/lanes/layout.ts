import { randomBytes } from 'node:crypto';
import { hash } from 'node:crypto';
import type { RedisClient } from './connection.js';
import { SettingError } from '../operations/setting-error.js';
import { AtRest, type EncryptionKey } from './at-rest.js';
import { Keyspace } from './keyspace.js';

/** The layout this code writes. Raised when a release changes what lies in Redis in a way older ones cannot read. */
export const layoutFormat = '1';

/** A process whose settings do not fit what Redis holds must not start (I12); the message says what to set. */
export class LayoutError extends SettingError {
  override readonly name = 'LayoutError';
}

export interface LayoutSettings {
  readonly prefix: string;
  readonly shards: number;
  /** The secret of all names; without it one is made and kept in Redis. */
  readonly hashKey?: string | undefined;
  /** Keys for what people wrote; without any it lies there as it is. */
  readonly encryption?: { readonly keys: readonly EncryptionKey[] } | undefined;
}

/** Whether what lies in Redis was written with other settings, in a sentence; writes nothing. */
export async function checkLayout(redis: RedisClient, options: LayoutSettings): Promise<string | undefined> {
  const found = await redis.hgetall(layoutKey(options.prefix));
  return Object.keys(found).length === 0 ? undefined : difference(found, options);
}

/**
 * Records the layout on first use, and afterwards refuses any other.
 * @throws {LayoutError} naming the setting that differs.
 */
export async function openLayout(redis: RedisClient, options: LayoutSettings): Promise<Keyspace> {
  const { prefix, shards, hashKey } = options;
  const name = layoutKey(prefix);
  const fingerprint = fingerprintOf(hashKey);
  await Promise.all([
    redis.hsetnx(name, 'format', layoutFormat),
    redis.hsetnx(name, 'shards', String(shards)),
    redis.hsetnx(name, 'fingerprint', fingerprint),
    ...(hashKey === undefined ? [redis.hsetnx(name, 'secret', randomBytes(32).toString('base64url'))] : []),
  ]);
  const found = await redis.hgetall(name);
  const problem = difference(found, options);
  if (problem !== undefined) throw new LayoutError(problem);
  const secret = hashKey ?? found['secret'];
  if (secret === undefined)
    throw new LayoutError(`redis.prefix: the secret of all names is missing under "${prefix}"`);
  return new Keyspace({ prefix, shards, secret, atRest: new AtRest(options.encryption?.keys) });
}

/**
 * From now on no process starts. `check` sees how many shards there are, before anything is written; its error ends it.
 * @returns what the data is spread over now, and the secret of all names
 * @throws {LayoutError} when there is nothing to migrate, or other settings differ as well.
 */
export async function beginMigration(
  redis: RedisClient,
  options: LayoutSettings,
  check: (shards: number) => Promise<void>,
): Promise<{ readonly from: number; readonly secret: string }> {
  const name = layoutKey(options.prefix);
  const found = await redis.hgetall(name);
  const from = Number(found['shards']);
  if (!(from > 0)) throw new LayoutError(`redis.prefix: nothing lies under "${options.prefix}"`);
  const { migrating = String(options.shards), ...settled } = found;
  if (migrating !== String(options.shards)) {
    throw new LayoutError(`redis.shards: a migration to ${migrating} was broken off: end that one first`);
  }
  const problem = difference(settled, { ...options, shards: from });
  if (problem !== undefined) throw new LayoutError(problem);
  const secret = options.hashKey ?? found['secret'];
  if (secret === undefined) throw new LayoutError(`redis.prefix: the secret of all names is missing`);
  await check(from);
  await redis.hset(name, 'migrating', migrating);
  return { from, secret };
}

/** What was begun is done: the new number of shards holds. */
export async function endMigration(redis: RedisClient, options: LayoutSettings): Promise<void> {
  const name = layoutKey(options.prefix);
  await redis.hset(name, 'shards', String(options.shards));
  await redis.hdel(name, 'migrating');
}

function difference(
  found: Readonly<Record<string, string>>,
  { prefix, shards, hashKey }: LayoutSettings,
): string | undefined {
  if (found['format'] !== layoutFormat) {
    return (
      `redis: it holds data of format ${found['format'] ?? '?'} under redis.prefix "${prefix}", this release writes format ` +
      `${layoutFormat}: use the release that wrote it, or another redis.prefix`
    );
  }
  if (found['migrating'] !== undefined) {
    return `redis.shards: what lies under redis.prefix "${prefix}" is being spread over ${found['migrating']} shards: let egain-bridge migrate end`;
  }
  if (found['shards'] !== String(shards)) {
    return (
      `redis.shards is ${shards}, but Redis holds data spread over ${found['shards'] ?? '?'} under redis.prefix ` +
      `"${prefix}": set redis.shards to ${found['shards'] ?? '?'}, or stop every process and run egain-bridge migrate`
    );
  }
  if (found['fingerprint'] !== fingerprintOf(hashKey)) {
    return (
      `redis.hashKey is not the one that the data under redis.prefix "${prefix}" was written with: ` +
      (found['fingerprint'] === 'made' ? 'remove the setting' : 'set the one it was written with')
    );
  }
  return undefined;
}

/** The layout lies outside the shards: with another number of shards it must still be found. */
export function layoutKey(prefix: string): string {
  return `{${prefix}:layout}`;
}

function fingerprintOf(hashKey: string | undefined): string {
  return hashKey === undefined ? 'made' : hash('sha256', `fingerprint\0${hashKey}`).slice(0, 16);
}
