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

/** How the text of a journey that has ended begins: numbers are written to base 36 and UUIDs packed in it. */
const ways: Record<Direction, string> = { in: 'i', out: 'o' };

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
  const [from, took] = [acceptedAt.toString(36), Math.round(at - acceptedAt).toString(36)];
  return `${ways[direction]}|${channel}|${from}|${took}|${codes[outcome]}|${attempts}|${ids}`;
}

/** eGain's ids are UUIDs [seed], and half of what is remembered of a message is two of them. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** No encoded id begins so. */
const packedMark = '@';

function packed(id: string): string {
  return packedMark + Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

function unpacked(text: string): string {
  const hex = Buffer.from(text.slice(packedMark.length), 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** What needs no encoding, as nearly every id. */
const plain = /^[\w.~-]{0,64}$/;

function encoded(id = ''): string {
  if (uuid.test(id)) return packed(id);
  return plain.test(id) ? id : encodeURIComponent(wellFormed(id.slice(0, 64)));
}

function decoded(text: string): string {
  return text.startsWith(packedMark) ? unpacked(text) : decodeURIComponent(text);
}

/** Lone halves of surrogate pairs, which an id may hold, cannot be encoded. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** @returns undefined when the text is none of ours. */
export function readJourney(messageId: string, lane: string, text: string): Journey | undefined {
  const [
    way = '',
    channel,
    accepted = '',
    took = '',
    code,
    attempts,
    reason,
    conversationId,
    farId,
    earlier,
  ] = text.split('|');
  const direction = way.startsWith('i') ? 'in' : 'out';
  if (way !== direction && way !== ways[direction]) return undefined;
  if (channel === undefined) return undefined;
  const base10 = way === direction;
  const acceptedAt = Number.parseInt(accepted, base10 ? 10 : 36);
  const base = { direction, channel, messageId, lane, acceptedAt } as const;
  const outcome = outcomes.get(code ?? '');
  if (outcome === undefined) return base;
  return {
    ...base,
    end: {
      at: acceptedAt + Number.parseInt(took, base10 ? 10 : 36),
      outcome,
      attempts: Number(attempts),
      ...(reason ? { reason: decoded(reason) } : {}),
      ...(conversationId ? { conversationId: decoded(conversationId) } : {}),
      ...(farId ? { farId: decoded(farId) } : {}),
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

/** As in `write_journey` of the scripts' prelude: a text of so many bytes goes on in the next piece. */
const pieceLength = 64;

/** The lane that a field of a message's journeys is about. */
export const laneOfPiece = (field: string): string => field.split(':')[0] ?? '';

/** A lane's journey out of all fields kept under a message's name; empty when there is none. */
export function journeyText(fields: Readonly<Record<string, string>>, lane: string): string {
  let last = fields[lane] ?? '';
  let whole = last;
  for (let n = 1; last.length === pieceLength; n += 1) {
    last = fields[`${lane}:${n}`] ?? '';
    whole += last;
  }
  return whole;
}

/** The far end's id for a message that was delivered from this lane; undefined when it is not known (any more). */
export async function farIdOf(
  redis: RedisClient,
  keys: Keyspace,
  lane: string,
  messageId: string,
): Promise<string | undefined> {
  const name = `${keys.tag(keys.shardOf(lane))}:j:${keys.journey(messageId)}`;
  return readJourney(messageId, lane, journeyText(await redis.hgetall(name), lane))?.end?.farId;
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
    .flatMap((fields) =>
      [...new Set(Object.keys(fields).map(laneOfPiece))].map((lane) =>
        readJourney(messageId, lane, journeyText(fields, lane)),
      ),
    )
    .filter((journey) => journey !== undefined)
    .sort((a, b) => a.acceptedAt - b.acceptedAt);
}
