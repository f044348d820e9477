import { Cluster } from 'ioredis';
import type { RedisClient } from './connection.js';
import { readCustomer } from './conversations.js';
import type { DeadLetters } from './dead-letters.js';
import type { Keyspace } from './keyspace.js';
import type { Lanes } from './lanes.js';

export interface Forgotten {
  readonly waitingMessages: number;
  readonly deadLetters: number;
  readonly conversations: number;
  readonly journeys: number;
  readonly duplicateMarks: number;
}

/**
 * Removes everything that is kept about one customer (I13): lanes with what waits in them, conversations, dead letters,
 * journeys and duplicate marks. Names are hashes, so what belongs to the customer is found by reading through all of
 * it: this takes time in proportion to what Redis holds, in small steps, and changes nothing else.
 */
export async function forgetCustomer(
  parts: {
    readonly redis: RedisClient;
    readonly keys: Keyspace;
    readonly lanes: Lanes;
    readonly deadLetters: DeadLetters;
  },
  channel: string,
  customerId: string,
): Promise<Forgotten> {
  const { redis, keys, lanes, deadLetters } = parts;
  const own = new Set([keys.inboundLane(channel, customerId), keys.noticeLane(channel, customerId)]);
  let conversations = 0;
  for await (const name of scan(redis, keys, ':m:*')) {
    const mapping = await redis.get(name);
    const whose = mapping === null ? undefined : readCustomer(mapping);
    if (whose?.channel !== channel || whose.customerId !== customerId) continue;
    own.add(name.slice(name.lastIndexOf(':') + 1));
    conversations += 1;
  }
  for await (const name of scan(redis, keys, ':a:*')) {
    const whose = readCustomer((await redis.get(name)) ?? '');
    if (whose?.channel === channel && whose.customerId === customerId) await redis.del(name);
  }
  let letters = 0;
  for await (const letter of deadLetters.list()) {
    if (own.has(letter.lane) && (await deadLetters.discard(letter.id))) letters += 1;
  }
  let waitingMessages = 0;
  let duplicateMarks = 0;
  for (const lane of own) {
    const tag = keys.tag(keys.shardOf(lane));
    waitingMessages += await lanes.forget(lane);
    await redis.del(`${tag}:i:${lane}`);
    for (const kind of ['d', 'n']) {
      for await (const name of scan(redis, keys, `:${kind}:${lane}:*`))
        duplicateMarks += await redis.del(name);
    }
  }
  let journeys = 0;
  for await (const name of scan(redis, keys, ':j:*')) journeys += await redis.hdel(name, ...own);
  return { waitingMessages, deadLetters: letters, conversations, journeys, duplicateMarks };
}

async function* scan(redis: RedisClient, keys: Keyspace, pattern: string): AsyncGenerator<string> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  // The braces of the hash tag are plain characters in a pattern; the prefix may hold none that are not.
  const match = `{${keys.prefix}:*}${pattern}`;
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, names] = await node.scan(cursor, 'MATCH', match, 'COUNT', 1000);
      cursor = next;
      yield* names;
    } while (cursor !== '0');
  }
}
