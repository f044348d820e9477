import { randomBytes } from 'node:crypto';
import { hash } from 'node:crypto';
import type { RedisClient } from './connection.js';
import { SettingError } from '../operations/setting-error.js';
import { Keyspace } from './keyspace.js';

/** The layout this code writes. Raised when a release changes what lies in Redis in a way older ones cannot read. */
export const layoutFormat = '1';

/** A process whose settings do not fit what Redis holds must not start (I12); the message says what to set. */
export class LayoutError extends SettingError {
  override readonly name = 'LayoutError';
}

/**
 * Records the layout on first use, and afterwards refuses any other.
 * @param options `hashKey`: the secret of all names; without it one is made and kept in Redis.
 * @throws {LayoutError} naming the setting that differs.
 */
export async function openLayout(
  redis: RedisClient,
  options: { readonly prefix: string; readonly shards: number; readonly hashKey?: string | undefined },
): Promise<Keyspace> {
  const { prefix, shards, hashKey } = options;
  // The layout lies outside the shards: with another number of shards it must still be found.
  const name = `{${prefix}:layout}`;
  const fingerprint = hashKey === undefined ? 'made' : hash('sha256', `fingerprint\0${hashKey}`).slice(0, 16);
  await Promise.all([
    redis.hsetnx(name, 'format', layoutFormat),
    redis.hsetnx(name, 'shards', String(shards)),
    redis.hsetnx(name, 'fingerprint', fingerprint),
    ...(hashKey === undefined ? [redis.hsetnx(name, 'secret', randomBytes(32).toString('base64url'))] : []),
  ]);
  const found = await redis.hgetall(name);
  if (found['format'] !== layoutFormat) {
    throw new LayoutError(
      `redis: it holds data of format ${found['format'] ?? '?'} under redis.prefix "${prefix}", this release writes format ` +
        `${layoutFormat}: use the release that wrote it, or another redis.prefix`,
    );
  }
  if (found['shards'] !== String(shards)) {
    throw new LayoutError(
      `redis.shards is ${shards}, but Redis holds data spread over ${found['shards'] ?? '?'} under redis.prefix ` +
        `"${prefix}": set redis.shards to ${found['shards'] ?? '?'}`,
    );
  }
  if (found['fingerprint'] !== fingerprint) {
    throw new LayoutError(
      `redis.hashKey is not the one that the data under redis.prefix "${prefix}" was written with: ` +
        (found['fingerprint'] === 'made' ? 'remove the setting' : 'set the one it was written with'),
    );
  }
  const secret = hashKey ?? found['secret'];
  if (secret === undefined)
    throw new LayoutError(`redis.prefix: the secret of all names is missing under "${prefix}"`);
  return new Keyspace({ prefix, shards, secret });
}
