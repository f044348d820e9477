import type { RedisClient } from './connection.js';
import { openMapping, readCustomer } from './conversations.js';
import type { DeadLetters } from './dead-letters.js';
import type { Envelope } from './envelope.js';
import { laneOfFile } from './file-records.js';
import { readJourney } from './journeys.js';
import type { Keyspace } from './keyspace.js';
import type { Lanes } from './lanes.js';
import { scanNames } from './scan.js';
import { runScript } from './scripts.js';

export interface Forgotten {
  readonly waitingMessages: number;
  readonly deadLetters: number;
  readonly conversations: number;
  readonly journeys: number;
  readonly duplicateMarks: number;
}

export interface ForgetParts {
  readonly redis: RedisClient;
  readonly keys: Keyspace;
  readonly lanes: Lanes;
  readonly deadLetters: DeadLetters;
  /** Takes what the engine holds about these lanes away, once nobody works on them any more. */
  readonly forgetJobs: (lanes: ReadonlySet<string>) => Promise<void>;
  /** Takes the bytes away that are stored under this name, if there are any. */
  readonly forgetFile: (name: string) => Promise<void>;
  /** How long what eGain still sends for the customer's conversations is dropped, in milliseconds. */
  readonly dropMs: number;
}

/**
 * Removes everything that is kept about one customer (I13): lanes with what waits in them, conversations, dead letters,
 * journeys and duplicate marks. Names are hashes, so what belongs to the customer is found by reading through all of
 * it: this takes time in proportion to what Redis holds, in small steps, and changes nothing else.
 * @throws {MissingKeyError} when something in it cannot be read, before anything is removed: it might be theirs.
 */
export async function forgetCustomer(
  parts: ForgetParts,
  channel: string,
  customerId: string,
): Promise<Forgotten> {
  const own = await lanesOf(parts, channel, customerId);
  await markForgotten(parts, own, channel, customerId);
  const first = await forgetLanes(parts, own, channel, customerId);
  await parts.forgetJobs(own);
  // A worker that had a message in hand may have written down whose conversation it opened; now it has nothing any more.
  for (const lane of await lanesOf(parts, channel, customerId)) own.add(lane);
  await markForgotten(parts, own, channel, customerId);
  const second = await forgetLanes(parts, own, channel, customerId);
  await parts.forgetJobs(own);
  return {
    waitingMessages: first.waitingMessages + second.waitingMessages,
    deadLetters: first.deadLetters + second.deadLetters,
    conversations: first.conversations + second.conversations,
    journeys: first.journeys + second.journeys,
    duplicateMarks: first.duplicateMarks + second.duplicateMarks,
  };
}

/** The lanes of the customer's own messages, of notices to them, and of every conversation that is known to be theirs. */
async function lanesOf(
  { redis, keys }: ForgetParts,
  channel: string,
  customerId: string,
): Promise<Set<string>> {
  const inbound = keys.inboundLane(channel, customerId);
  const own = new Set([inbound, keys.noticeLane(channel, customerId)]);
  const open = await redis.get(`${keys.tag(keys.shardOf(inbound))}:m:${inbound}`);
  if (open !== null) own.add(keys.outboundLane(open));
  for await (const page of pages(redis, keys)) {
    await Promise.all(
      page.map(async ({ name, kind, rest }) => {
        if (
          kind === 'm' &&
          rest !== inbound &&
          isTheirs(keys, rest, await redis.get(name), channel, customerId)
        )
          own.add(rest);
        if (kind !== 'j') return;
        const journey = readJourney('', inbound, (await redis.hget(name, inbound)) ?? '');
        if (journey?.end?.conversationId !== undefined)
          own.add(keys.outboundLane(journey.end.conversationId));
      }),
    );
  }
  return own;
}

/**
 * A callback may still come for a conversation whose customer is not known any more: without a mark its text would wait
 * for one and then be kept as a dead letter. The mark says nothing about whom it was.
 */
async function markForgotten(
  { redis, keys, dropMs }: ForgetParts,
  own: ReadonlySet<string>,
  channel: string,
  customerId: string,
): Promise<void> {
  for (const lane of own) {
    // The customer may write again, and be told something.
    if (lane === keys.inboundLane(channel, customerId) || lane === keys.noticeLane(channel, customerId))
      continue;
    await redis.set(keys.forgottenMark(lane), '1', 'PX', dropMs);
  }
}

async function forgetLanes(
  parts: ForgetParts,
  own: ReadonlySet<string>,
  channel: string,
  customerId: string,
): Promise<Forgotten> {
  const { redis, keys, lanes, deadLetters } = parts;
  const counts = { waitingMessages: 0, deadLetters: 0, conversations: 0, journeys: 0, duplicateMarks: 0 };
  for await (const letter of deadLetters.list()) {
    if (
      (own.has(letter.lane) || own.has(laneOfMisfit(letter.envelope, keys))) &&
      (await deadLetters.discard(letter.id))
    )
      counts.deadLetters += 1;
  }
  for (const lane of own) {
    const tag = keys.tag(keys.shardOf(lane));
    counts.conversations += await redis.exists(`${tag}:m:${lane}`);
    counts.waitingMessages += await lanes.forget(lane);
    await redis.del(`${tag}:i:${lane}`);
  }
  for await (const page of pages(redis, keys)) {
    await Promise.all(
      page.map(async ({ name, kind, rest }) => {
        const lane = rest.slice(0, Math.max(0, rest.lastIndexOf(':')));
        if ((kind === 'd' || kind === 'n') && own.has(lane)) {
          const removed = await redis.del(name);
          if (kind === 'd') counts.duplicateMarks += removed;
        } else if (kind === 'v' && own.has(lane)) {
          // Whoever streams to the session is told.
          await redis.del(name);
          await redis.publish(name, '');
        } else if (kind === 'j') {
          const removed = await redis.hdel(name, ...own);
          counts.journeys += removed;
        } else if (kind === 'a' && isTheirs(keys, rest, await redis.get(name), channel, customerId)) {
          await redis.del(name);
        } else if (kind === 'f' && own.has(laneOfFile((await redis.get(name)) ?? ''))) {
          await parts.forgetFile(rest);
          await redis.del(name);
        }
      }),
    );
  }
  for (const tag of keys.tags()) await forgetJourneys(redis, tag, own);
  return counts;
}

/** What came as no message lies in a lane of its own, but mostly says which conversation it was meant for. */
function laneOfMisfit(envelope: Envelope | undefined, keys: Keyspace): string {
  if (envelope?.kind !== 'misfit') return '';
  const raw = envelope.raw as { readonly conversation?: { readonly id?: unknown } } | null;
  const id = raw?.conversation?.id;
  return typeof id === 'string' ? keys.outboundLane(id) : '';
}

/** From the end to the beginning: what drops off the beginning meanwhile moves nothing past us unseen. */
async function forgetJourneys(redis: RedisClient, tag: string, own: ReadonlySet<string>): Promise<void> {
  const page = 1000;
  for (let last = (await redis.llen(`${tag}:journeys`)) - 1; last >= 0; last -= page) {
    await runScript(redis, 'forget-journeys', tag, Math.max(0, last - page + 1), last, ...own);
  }
}

function isTheirs(
  keys: Keyspace,
  name: string,
  mapping: string | null,
  channel: string,
  customerId: string,
): boolean {
  if (mapping?.startsWith(`${channel} `) !== true) return false;
  const whose = readCustomer(openMapping(keys.atRest, name, mapping));
  return whose?.channel === channel && whose.customerId === customerId;
}

interface Named {
  readonly name: string;
  /** The letter that says what is kept under the name; see `prelude.lua`. */
  readonly kind: string;
  readonly rest: string;
}

async function* pages(redis: RedisClient, keys: Keyspace): AsyncGenerator<Named[]> {
  // The braces of the hash tag are plain characters in a pattern; the prefix may hold none that are not.
  for await (const names of scanNames(redis, `{${keys.prefix}:*}:[a-z]:*`)) {
    yield names.map((name) => {
      const start = name.indexOf('}') + 2;
      return { name, kind: name.slice(start, start + 1), rest: name.slice(start + 2) };
    });
  }
}
