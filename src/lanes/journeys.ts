import type { Direction, Keyspace } from './keyspace.js';
import type { RedisClient } from './connection.js';

/** How a message ended; `reason` is a short fixed word, never a text (I13). */
export type Outcome = 'delivered' | 'dead' | 'ignored' | 'forgotten';

/** What came of one attempt at a message that had to be tried again; `answer` is a status or a word, never a text (I13). */
export interface Attempt {
  readonly at: number;
  readonly answer: string;
}

/** What happened to one message. Times in milliseconds by Redis's clock. */
export interface Journey {
  readonly direction: Direction;
  readonly channel: string;
  readonly messageId: string;
  readonly lane: string;
  readonly acceptedAt: number;
  /** Absent while the message waits. */
  readonly end?: {
    readonly at: number;
    readonly outcome: Outcome;
    readonly reason?: string;
    readonly attempts: number;
    readonly conversationId?: string;
    /** The far end's id for it. */
    readonly farId?: string;
    /** The latest of those before the last one; absent when there was only that. */
    readonly earlier?: readonly Attempt[];
  };
}

const codes: Record<Outcome, string> = { delivered: 'v', dead: 'x', ignored: 'i', forgotten: 'f' };
const outcomes = new Map<string, Outcome>(
  (Object.keys(codes) as Outcome[]).map((outcome) => [codes[outcome], outcome]),
);

/** The first part of the stored text; the accept script puts the acceptance time behind it. */
export function journeyHead(direction: Direction, channel: string): string {
  return `${direction}|${channel}|`;
}

/** The whole stored text of a journey that has ended; kept short, a delivered message may leave 320 bytes. */
export function journeyEnd(journey: {
  readonly direction: Direction;
  readonly channel: string;
  readonly acceptedAt: number;
  readonly at: number;
  readonly outcome: Outcome;
  readonly reason?: string | undefined;
  readonly attempts: number;
  readonly conversationId?: string | undefined;
  readonly farId?: string | undefined;
}): string {
  const { direction, channel, acceptedAt, at, outcome, reason, attempts, conversationId, farId } = journey;
  const ids = `${encoded(reason)}|${encoded(conversationId)}|${encoded(farId)}`;
  return `${direction}|${channel}|${acceptedAt}|${at - acceptedAt}|${codes[outcome]}|${attempts}|${ids}`;
}

/** What needs no encoding, as nearly every id. */
const plain = /^[\w.~-]{0,64}$/;

function encoded(id = ''): string {
  return plain.test(id) ? id : encodeURIComponent(wellFormed(id.slice(0, 64)));
}

/** Lone halves of surrogate pairs, which an id may hold, cannot be encoded. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** @returns undefined when the text is none of ours. */
export function readJourney(messageId: string, lane: string, text: string): Journey | undefined {
  const [direction, channel, accepted, took, code, attempts, reason, conversationId, farId, earlier] =
    text.split('|');
  if ((direction !== 'in' && direction !== 'out') || channel === undefined) return undefined;
  const acceptedAt = Number(accepted);
  const base = { direction, channel, messageId, lane, acceptedAt } as const;
  const outcome = outcomes.get(code ?? '');
  if (outcome === undefined) return base;
  return {
    ...base,
    end: {
      at: acceptedAt + Number(took),
      outcome,
      attempts: Number(attempts),
      ...(reason ? { reason: decodeURIComponent(reason) } : {}),
      ...(conversationId ? { conversationId: decodeURIComponent(conversationId) } : {}),
      ...(farId ? { farId: decodeURIComponent(farId) } : {}),
      ...(earlier ? { earlier: readAttempts(earlier) } : {}),
    },
  };
}

/** What `hold` is given to remember of a failed attempt: the word or status that the error begins with. */
export function attemptCode(error: string): string {
  return /^[\w. -]{1,32}/.exec(error)?.[0].trim() ?? '';
}

/** What `hold.lua` remembers: "<ms>:<code>,…". */
export function readAttempts(history: string): Attempt[] {
  return history.split(',').map((entry) => {
    const colon = entry.indexOf(':');
    return { at: Number(entry.slice(0, colon)), answer: entry.slice(colon + 1) };
  });
}

/** The far end's id for a message that was delivered from this lane; undefined when it is not known (any more). */
export async function farIdOf(
  redis: RedisClient,
  keys: Keyspace,
  lane: string,
  messageId: string,
): Promise<string | undefined> {
  const name = `${keys.tag(keys.shardOf(lane))}:j:${keys.journey(messageId)}`;
  return readJourney(messageId, lane, (await redis.hget(name, lane)) ?? '')?.end?.farId;
}

/** Journeys of every message with this id: the channel's own, or eGain's. Usually one. */
export async function findJourneys(
  redis: RedisClient,
  keys: Keyspace,
  messageId: string,
): Promise<Journey[]> {
  const name = keys.journey(messageId);
  const found = await Promise.all(keys.tags().map((tag) => redis.hgetall(`${tag}:j:${name}`)));
  return found
    .flatMap((fields) => Object.entries(fields))
    .map(([lane, text]) => readJourney(messageId, lane, text))
    .filter((journey) => journey !== undefined)
    .sort((a, b) => a.acceptedAt - b.acceptedAt);
}
