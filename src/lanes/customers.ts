import type { RedisClient } from './connection.js';
import { customerNames, findCustomerLanes, readWhose, type Unread } from './customer-lanes.js';
import type { DeadLetters } from './dead-letters.js';
import { conversationOfMisfit, type Envelope } from './envelope.js';
import { laneOfFile } from './file-records.js';
import { laneOfPiece } from './journeys.js';
import type { Keyspace } from './keyspace.js';
import type { Lanes } from './lanes.js';
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

/** Something that might be the customer's cannot be read. The message says what, and whether anything was removed. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

/**
 * Removes everything that is kept about one customer (I13): lanes with what waits in them, conversations, dead letters,
 * journeys and duplicate marks. Names are hashes, so what belongs to the customer is found by reading through all of
 * it: this takes time in proportion to what Redis holds, in small steps, and changes nothing else.
 * @throws {UnreadableError} when something cannot be read that might be theirs, before anything is removed.
 */
export async function forgetCustomer(
  parts: ForgetParts,
  channel: string,
  customerId: string,
): Promise<Forgotten> {
  const { own, unread } = await findCustomerLanes(parts, channel, customerId);
  refuse(unread, 'nothing was removed');
  await markForgotten(parts, own, channel, customerId);
  const first = await forgetLanes(parts, own, channel, customerId);
  await parts.forgetJobs(own);
  // A worker that had a message in hand may have written down whose conversation it opened; now it has nothing any more.
  const since = await findCustomerLanes(parts, channel, customerId);
  for (const lane of since.own) own.add(lane);
  await markForgotten(parts, own, channel, customerId);
  const second = await forgetLanes(parts, own, channel, customerId);
  await parts.forgetJobs(own);
  // Written meanwhile by a process that has other keys.
  refuse(since.unread, 'what was there before is removed, but more has come since: run this again');
  return {
    waitingMessages: first.waitingMessages + second.waitingMessages,
    deadLetters: first.deadLetters + second.deadLetters,
    conversations: first.conversations + second.conversations,
    journeys: first.journeys + second.journeys,
    duplicateMarks: first.duplicateMarks + second.duplicateMarks,
  };
}

/** @throws {UnreadableError} unless all could be read */
function refuse({ missing, altered }: Unread, done: string): void {
  const why = [...missing].map(
    ([keyId, count]) =>
      `${count} ${count === 1 ? 'text that might be theirs was' : 'texts that might be theirs were'} sealed with the key ` +
      `"${keyId}", which is missing: put it at the end of redis.encryption.keys`,
  );
  if (altered.length > 0)
    why.push(`whose these are was changed in Redis by somebody else: ${altered.join(', ')}`);
  if (why.length > 0) throw new UnreadableError(`${done}; ${why.join('; ')}`);
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
  const isTheirs = async (name: string, rest: string): Promise<boolean> =>
    readWhose(keys, rest, await redis.get(name), channel, customerId) === 'theirs';
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
  for await (const page of customerNames(redis, keys)) {
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
          const fields = Object.keys(await redis.hgetall(name)).filter((field) =>
            own.has(laneOfPiece(field)),
          );
          if (fields.length > 0) await redis.hdel(name, ...fields);
          counts.journeys += new Set(fields.map(laneOfPiece)).size;
        } else if (kind === 'a' && (await isTheirs(name, rest))) {
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
  const conversationId = conversationOfMisfit(envelope);
  return conversationId === undefined ? '' : keys.outboundLane(conversationId);
}

/** From the end to the beginning: what drops off the beginning meanwhile moves nothing past us unseen. */
async function forgetJourneys(redis: RedisClient, tag: string, own: ReadonlySet<string>): Promise<void> {
  const page = 1000;
  for (let last = (await redis.llen(`${tag}:journeys`)) - 1; last >= 0; last -= page) {
    await runScript(redis, 'forget-journeys', tag, Math.max(0, last - page + 1), last, ...own);
  }
}
