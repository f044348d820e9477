import { AlteredError, MissingKeyError } from './at-rest.js';
import type { RedisClient } from './connection.js';
import { openMapping, readCustomer } from './conversations.js';
import type { DeadLetters } from './dead-letters.js';
import { openElement } from './element.js';
import { journeyText, readJourney } from './journeys.js';
import type { Keyspace } from './keyspace.js';
import { scanNames } from './scan.js';

/** What belongs to one customer, and what cannot be read and so might. */
export interface CustomerLanes {
  /** The lanes of the customer's own messages, of notices to them, and of every conversation that is known to be theirs. */
  readonly own: Set<string>;
  readonly unread: Unread;
}

/** Texts that might be the customer's, by what keeps them from being read. */
export interface Unread {
  /** How many were sealed with a key that is missing, by its id. */
  readonly missing: ReadonlyMap<string, number>;
  /** The lanes, or the contacts, whose customer was changed in Redis by somebody else. */
  readonly altered: readonly string[];
}

/**
 * Names are hashes, so what belongs to a customer is found by reading through all that is kept. Whose a conversation is
 * need not be read where the customer's open one or a journey says it: those are never sealed.
 */
export async function findCustomerLanes(
  parts: {
    readonly redis: RedisClient;
    readonly keys: Keyspace;
    readonly deadLetters: DeadLetters;
  },
  channel: string,
  customerId: string,
): Promise<CustomerLanes> {
  const { redis, keys } = parts;
  const inbound = keys.inboundLane(channel, customerId);
  const own = new Set([inbound, keys.noticeLane(channel, customerId)]);
  const open = await redis.get(`${keys.tag(keys.shardOf(inbound))}:m:${inbound}`);
  if (open !== null) own.add(keys.outboundLane(open));
  // A name may come twice.
  const shut = new Map<string, { readonly lane: string; readonly keyId?: string }>();
  for await (const page of customerNames(redis, keys)) {
    await Promise.all(
      page.map(async ({ name, kind, rest }) => {
        if (kind === 'a' || (kind === 'm' && rest !== inbound)) {
          const whose = readWhose(keys, rest, await redis.get(name), channel, customerId);
          if (whose === 'theirs' && kind === 'm') own.add(rest);
          if (typeof whose === 'object') shut.set(name, { lane: rest, ...whose });
        }
        if (kind !== 'j') return;
        const journey = readJourney('', inbound, journeyText(await redis.hgetall(name), inbound));
        if (journey?.end?.conversationId !== undefined)
          own.add(keys.outboundLane(journey.end.conversationId));
      }),
    );
  }
  const missing = new Map<string, number>();
  const altered: string[] = [];
  for (const { lane, keyId } of shut.values()) {
    if (own.has(lane)) continue;
    if (keyId === undefined) altered.push(lane);
    else missing.set(keyId, (missing.get(keyId) ?? 0) + 1);
  }
  for (const keyId of await lockedMisfits(parts)) missing.set(keyId, (missing.get(keyId) ?? 0) + 1);
  return { own, unread: { missing, altered } };
}

type Whose = 'theirs' | 'another’s' | { readonly keyId?: string };

/** Whose the text of a conversation or a contact is; an object when it cannot be read, with the key that is missing. */
export function readWhose(
  keys: Keyspace,
  name: string,
  mapping: string | null,
  channel: string,
  customerId: string,
): Whose {
  if (mapping?.startsWith(`${channel} `) !== true) return 'another’s';
  try {
    const whose = readCustomer(openMapping(keys.atRest, name, mapping));
    return whose?.channel === channel && whose.customerId === customerId ? 'theirs' : 'another’s';
  } catch (error) {
    if (error instanceof MissingKeyError) return { keyId: error.keyId };
    if (error instanceof AlteredError) return {};
    throw error;
  }
}

/**
 * What came as no message lies in one lane for all, and then among the dead letters, and only its text tells which
 * conversation it was meant for. What was changed in Redis nobody can read any more.
 * @returns the key that is missing for each that cannot be read
 */
async function lockedMisfits(parts: {
  readonly redis: RedisClient;
  readonly keys: Keyspace;
  readonly deadLetters: DeadLetters;
}): Promise<readonly string[]> {
  const { redis, keys, deadLetters } = parts;
  const lane = keys.outboundLane('');
  const found: string[] = [];
  const page = 500;
  for (let from = 0; ; from += page) {
    const list = `${keys.tag(keys.shardOf(lane))}:l:${lane}`;
    const elements = await redis.lrange(list, from, from + page - 1);
    for (const element of elements) found.push(...lockOf(openElement(keys.atRest, lane, element)));
    if (elements.length < page) break;
  }
  for await (const letter of deadLetters.list()) if (letter.lane === lane) found.push(...lockOf(letter));
  return found;
}

const lockOf = ({ lockedBy }: { readonly lockedBy?: string }): readonly string[] =>
  lockedBy === undefined ? [] : [lockedBy];

interface Named {
  readonly name: string;
  /** The letter that says what is kept under the name; see `prelude.lua`. */
  readonly kind: string;
  readonly rest: string;
}

/** The names of everything that is kept about customers, page by page; a name may come twice. */
export async function* customerNames(redis: RedisClient, keys: Keyspace): AsyncGenerator<Named[]> {
  // The braces of the hash tag are plain characters in a pattern; the prefix may hold none that are not.
  for await (const names of scanNames(redis, `{${keys.prefix}:*}:[a-z]:*`)) {
    yield names.map((name) => {
      const start = name.indexOf('}') + 2;
      return { name, kind: name.slice(start, start + 1), rest: name.slice(start + 2) };
    });
  }
}
