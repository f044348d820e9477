import { sealedBy } from './at-rest.js';
import type { RedisClient } from './connection.js';
import { readElement } from './element.js';
import type { Keyspace } from './keyspace.js';

/** What a look at some of the texts in Redis found. */
export interface KeysInUse {
  /** How many texts were looked at. */
  readonly texts: number;
  /** How many of them each key sealed, by `<id>:<print>`; those that are not sealed are in no count. */
  readonly byKey: ReadonlyMap<string, number>;
}

/** Over all shards; every lane is a handful of reads. */
const most = { lanes: 400, deadLetters: 100, conversations: 200 } as const;

const rooms = ['r', 'b', 'w'] as const;

/**
 * Which keys sealed what lies in Redis, told by a sample: the lanes that wait longest and shortest, the oldest and newest
 * dead letters, and whom the oldest and newest journeys belong to. Nothing records which keys are in use, and to look at
 * everything would mean to read through all of Redis; so what is found is there, but more may be.
 */
export async function sampleKeysInUse(redis: RedisClient, keys: Keyspace): Promise<KeysInUse> {
  const byKey = new Map<string, number>();
  let texts = 0;
  const look = (text: string | null | undefined): void => {
    if (text === null || text === undefined || text === '') return;
    texts += 1;
    const name = sealedBy(text);
    if (name !== undefined) byKey.set(name, (byKey.get(name) ?? 0) + 1);
  };
  for (const tag of keys.tags()) {
    await Promise.all(
      (await someLanes(redis, tag, keys.shards)).map((lane) => ofLane(redis, tag, lane, look)),
    );
    const letters = await ends(
      (from, to) => redis.zrange(`${tag}:dead`, `${from}`, `${to}`),
      most.deadLetters / keys.shards,
    );
    await Promise.all(letters.map((number) => ofDeadLetter(redis, `${tag}:dead:${number}`, look)));
    const entries = await ends(
      (from, to) => redis.lrange(`${tag}:journeys`, from, to),
      most.conversations / keys.shards,
    );
    const known = new Set(entries.map((entry) => entry.slice(journeyName)).filter((lane) => lane !== ''));
    await Promise.all([...known].map((lane) => ofCustomer(redis, tag, lane, look)));
  }
  return { texts, byKey };
}

/** An entry of the index is the name of a message, then the lane; a blank when its customer was forgotten. */
const journeyName = 22;

type Look = (text: string | null | undefined) => void;

async function someLanes(redis: RedisClient, tag: string, shards: number): Promise<readonly string[]> {
  const targets = await redis.smembers(`${tag}:known`);
  const each = most.lanes / shards / Math.max(1, targets.length * rooms.length);
  const found = await Promise.all(
    targets.flatMap((target) =>
      rooms.map((room) =>
        ends((from, to) => redis.zrange(`${tag}:${room}:${target}`, `${from}`, `${to}`), each),
      ),
    ),
  );
  return [...new Set(found.flat())];
}

/** The first and the last of a list, `count` together but at least one of each. */
async function ends(
  range: (from: number, to: number) => Promise<string[]>,
  count: number,
): Promise<readonly string[]> {
  const half = Math.max(1, Math.floor(count / 2));
  const [first, last] = await Promise.all([range(0, half - 1), range(-half, -1)]);
  return [...new Set([...first, ...last])];
}

async function ofLane(redis: RedisClient, tag: string, lane: string, look: Look): Promise<void> {
  const [head, tail, plan] = await Promise.all([
    redis.lindex(`${tag}:l:${lane}`, 0),
    redis.lindex(`${tag}:l:${lane}`, -1),
    redis.hget(`${tag}:s:${lane}`, 'p'),
  ]);
  for (const element of new Set([head, tail])) if (element !== null) ofElement(element, look);
  look(plan);
  await ofCustomer(redis, tag, lane, look);
}

function ofElement(element: string, look: Look): void {
  const { payload, revived } = readElement(element);
  look(payload);
  look(revived?.plan);
}

async function ofDeadLetter(redis: RedisClient, name: string, look: Look): Promise<void> {
  const [element, plan] = await redis.hmget(name, 'element', 'plan');
  if (element !== null && element !== undefined) ofElement(element, look);
  look(plan);
}

/** Whose a conversation is, and what lies for a customer to fetch. */
async function ofCustomer(redis: RedisClient, tag: string, lane: string, look: Look): Promise<void> {
  const [mapping, info, events] = await Promise.all([
    redis.get(`${tag}:m:${lane}`),
    redis.get(`${tag}:i:${lane}`),
    redis.xrange(`${tag}:q:${lane}`, '-', '+', 'COUNT', 1),
  ]);
  // Without a space it is the id of a conversation, which is never sealed.
  if (mapping?.includes(' ') === true) look(mapping.slice(mapping.indexOf(' ') + 1));
  look(info);
  look(events[0]?.[1][3]);
}
