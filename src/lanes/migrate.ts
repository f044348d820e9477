import { mastersOf, type RedisClient } from './connection.js';
import { laneOfPiece } from './journeys.js';
import { Keyspace } from './keyspace.js';
import { beginMigration, endMigration, type LayoutSettings } from './layout.js';
import { scanNames } from './scan.js';
import { SettingError } from '../operations/setting-error.js';

export interface Migrated {
  readonly from: number;
  readonly to: number;
  /** Lanes with waiting messages, all of which wait for a worker now. */
  readonly lanes: number;
  readonly keys: number;
  readonly deadLetters: number;
}

/** Heartbeats are renewed every few seconds; one this old was left by a process that is gone. */
const goneAfterMs = 30_000;
const page = 500;
const targetRooms = new Set(['w', 'r', 'b']);

/**
 * Spreads what lies in Redis over another number of shards: `settings.shards`. Every process must have been stopped; none
 * starts while it is under way, and when it was broken off the same command goes on with it. Nothing is lost: a key is
 * copied before it goes, and what is copied twice is the same.
 * @throws {SettingError} while a process of the bridge is running.
 */
export async function migrate(redis: RedisClient, settings: LayoutSettings): Promise<Migrated> {
  const { from, secret } = await beginMigration(redis, settings, (shards) =>
    refuseRunning(redis, settings, shards),
  );
  const before = new Keyspace({ prefix: settings.prefix, shards: from, secret });
  const after = new Keyspace({ prefix: settings.prefix, shards: settings.shards, secret });
  const counts = { lanes: 0, keys: 0, deadLetters: 0 };
  const most = Math.max(from, settings.shards);
  const old = Array.from({ length: most }, (_, shard) => before.tag(shard));
  const generation = await highest(redis, old);
  for (const [shard, tag] of old.entries()) {
    counts.deadLetters += await moveDeadLetters(redis, tag, shard, after);
    for await (const names of scanNames(redis, `${tag}:*`)) {
      for (const name of names) counts.keys += await moveKey(redis, tag, shard, name, after);
    }
    await moveJourneyIndex(redis, tag, shard, after);
  }
  for (const tag of after.tags()) {
    await redis.set(`${tag}:generation`, String(generation));
    counts.lanes += await putToWait(redis, tag);
  }
  for (const tag of old.slice(settings.shards)) {
    await redis.del(...['generation', 'dead-number', 'dead', 'known'].map((rest) => `${tag}:${rest}`));
  }
  await endMigration(redis, settings);
  return { from, to: settings.shards, ...counts };
}

/** Which process still works on the data: changed under its hands it would go lost. */
async function refuseRunning(redis: RedisClient, { prefix }: LayoutSettings, shards: number): Promise<void> {
  const nodes = mastersOf(redis);
  const lists = await Promise.all(nodes.map(async (node) => String(await node.client('LIST'))));
  const connected = lists.flatMap((list) =>
    [...list.matchAll(/ name=(\S+)/g)].map(([, name = '']) => name).filter((name) => isProcess(name, prefix)),
  );
  // One that is cut off from Redis at the moment has no connection, but it was there a moment ago.
  const [seconds] = await redis.time();
  const since = Number(seconds) * 1000 - goneAfterMs;
  const tags = new Keyspace({ prefix, shards, secret: '' }).tags();
  const beating = await Promise.all(
    tags.map((tag) => redis.zrangebyscore(`${tag}:instances`, since, '+inf')),
  );
  const running = new Set([...connected, ...beating.flat()]);
  if (running.size === 0) return;
  throw new SettingError(
    `migrate: ${[...running].join(', ')} still runs: stop every process of the bridge first (one that was killed counts for ${goneAfterMs / 1000} s)`,
  );
}

function isProcess(name: string, prefix: string): boolean {
  return name.startsWith(`${prefix}:`) && name !== migrationName(prefix);
}

/** What the migration's own connection is called. */
export function migrationName(prefix: string): string {
  return `${prefix}:migrate`;
}

async function highest(redis: RedisClient, tags: readonly string[]): Promise<number> {
  const generations = await Promise.all(tags.map((tag) => redis.get(`${tag}:generation`)));
  return Math.max(0, ...generations.map(Number));
}

/** Moves a key that belongs to a lane, a contact or a file; what is only about work in hand goes. @returns keys moved */
async function moveKey(
  redis: RedisClient,
  tag: string,
  shard: number,
  name: string,
  after: Keyspace,
): Promise<number> {
  const [kind = '', ...parts] = name.slice(tag.length + 1).split(':');
  const rest = parts.join(':');
  if (kind === 'j') return splitJourney(redis, name, rest, shard, after);
  if (kind.length !== 1) {
    // Gates are the first shard's, known targets everybody's, dead letters and journeys have been or will be seen to.
    if (kind === 'drain' || temporary.has(kind)) await redis.del(name);
    else if (kind === 'known') await copySet(redis, name, after);
    return 0;
  }
  if (targetRooms.has(kind)) {
    await redis.del(name);
    return 0;
  }
  const [owner = ''] = parts;
  // Whoever had the lane in hand is gone, and so is its job; how often the head was tried stays known.
  if (kind === 's') await redis.hdel(name, 'o', 'g', 'c', 'b');
  const there = after.shardOf(owner);
  if (there === shard) return 0;
  const [bytes, life] = await Promise.all([
    redis.dumpBuffer(name).then((found): Buffer | null => found),
    redis.pttl(name),
  ]);
  if (bytes === null) return 0;
  await redis.restore(`${after.tag(there)}:${kind}:${rest}`, Math.max(0, life), bytes, 'REPLACE');
  await redis.del(name);
  return 1;
}

const temporary = new Set(['unjobbed', 'workers', 'instances', 'targets', 'carried', 'replicated']);

/** One message id may have journeys in several lanes. */
async function splitJourney(
  redis: RedisClient,
  name: string,
  rest: string,
  shard: number,
  after: Keyspace,
): Promise<number> {
  const [lanes, life] = await Promise.all([redis.hgetall(name), redis.pttl(name)]);
  let moved = 0;
  for (const [field, journey] of Object.entries(lanes)) {
    const there = after.shardOf(laneOfPiece(field));
    if (there === shard) continue;
    const target = `${after.tag(there)}:j:${rest}`;
    await redis.hset(target, field, journey);
    await redis.pexpire(target, Math.max(1, life));
    await redis.hdel(name, field);
    moved = 1;
  }
  return moved;
}

async function copySet(redis: RedisClient, name: string, after: Keyspace): Promise<void> {
  const members = await redis.smembers(name);
  for (const tag of after.tags()) if (members.length > 0) await redis.sadd(`${tag}:known`, ...members);
}

/** `journeys` says which is the oldest; from its beginning, so that the order stays. */
async function moveJourneyIndex(
  redis: RedisClient,
  tag: string,
  shard: number,
  after: Keyspace,
): Promise<void> {
  const name = `${tag}:journeys`;
  const kept = `${name}:kept`;
  for (;;) {
    const entries = await redis.lrange(name, 0, page - 1);
    if (entries.length === 0) break;
    for (const entry of entries) {
      const there = after.shardOf(entry.slice(22));
      await redis.rpush(there === shard ? kept : `${after.tag(there)}:journeys:kept`, entry);
    }
    await redis.ltrim(name, entries.length, -1);
  }
}

async function moveDeadLetters(
  redis: RedisClient,
  tag: string,
  shard: number,
  after: Keyspace,
): Promise<number> {
  let moved = 0;
  for (const number of await redis.zrange(`${tag}:dead`, '0', '-1')) {
    const name = `${tag}:dead:${number}`;
    const [letter, life, at] = await Promise.all([
      redis.hgetall(name),
      redis.pttl(name),
      redis.zscore(`${tag}:dead`, number),
    ]);
    const there = after.shardOf(letter['lane'] ?? '');
    if (letter['lane'] === undefined || there === shard) continue;
    const target = after.tag(there);
    // Kept before the copy is made: broken off here, the next run takes the same number again.
    const own = letter['moved'] ?? String(await redis.incr(`${target}:dead-number`));
    await redis.hset(name, 'moved', own);
    const copy = `${target}:dead:${own}`;
    await redis.hset(copy, letter);
    await redis.hdel(copy, 'moved');
    if (life > 0) await redis.pexpire(copy, life);
    await redis.zadd(`${target}:dead`, at ?? '0', own);
    await redis.del(name);
    await redis.zrem(`${tag}:dead`, number);
    moved += 1;
  }
  return moved;
}

/** Every lane that holds messages stands in its target's room, in the order their heads were accepted. */
async function putToWait(redis: RedisClient, tag: string): Promise<number> {
  let count = 0;
  const index = `${tag}:journeys`;
  if ((await redis.exists(`${index}:kept`)) === 1) await redis.rename(`${index}:kept`, index);
  for await (const names of scanNames(redis, `${tag}:l:*`)) {
    for (const name of names) {
      const lane = name.slice(`${tag}:l:`.length);
      const head = await redis.lindex(name, 0);
      const target = await redis.hget(`${tag}:s:${lane}`, 't');
      if (head === null || target === null) continue;
      await redis.zadd(`${tag}:w:${target}`, head.slice(0, 13), lane);
      await redis.sadd(`${tag}:targets`, target);
      count += 1;
    }
  }
  return count;
}
