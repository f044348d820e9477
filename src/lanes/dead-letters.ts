import type { RedisClient } from './connection.js';
import { openWords } from './at-rest.js';
import { errorPlace, openElement } from './element.js';
import { messageIdOf, readEnvelope, type Envelope } from './envelope.js';
import type { Direction, Keyspace } from './keyspace.js';

/** A message that ended undelivered, kept with its reason. Times in milliseconds by Redis's clock. */
export interface DeadLetter {
  /** `<shard>-<number>`: what the operator's commands take. */
  readonly id: string;
  readonly lane: string;
  /** `in:<channel>` or `out:<channel>`; `out:?` when its conversation never became known. */
  readonly target: string;
  readonly reason: string;
  readonly detail: string;
  readonly at: number;
  readonly acceptedAt: number;
  readonly attempts: number;
  readonly messageId: string;
  /** With the message's text; undefined when it cannot be read. */
  readonly envelope: Envelope | undefined;
  /** The id of the key that is missing to read it. */
  readonly lockedBy?: string;
}

export interface DeadLetterFilter {
  readonly channel?: string | undefined;
  readonly direction?: Direction | undefined;
  readonly reason?: string | undefined;
  /** Only those that died at least this long ago. */
  readonly olderThanMs?: number | undefined;
  /** Only those that had died by then, by Redis's clock. */
  readonly until?: number | undefined;
}

/** A journey's end is told by the worker's idea of Redis's clock, the letter's by the clock itself. */
const aboutMs = 5000;

/** The dead letters of all shards, for operators. Putting one back into its lane is `Lanes.revive`. */
export class DeadLetters {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;

  constructor(redis: RedisClient, keys: Keyspace) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Oldest first over all shards, a page at a time behind the scenes. */
  async *list(filter: DeadLetterFilter = {}): AsyncGenerator<DeadLetter> {
    const page = 100;
    const { olderThanMs, until = Infinity } = filter;
    const latest = olderThanMs === undefined ? until : Math.min(until, (await this.now()) - olderThanMs);
    // A snapshot of the ids: retrying or discarding while the list is read must not make it skip any.
    const ids = await this.#ids('-inf', latest === Infinity ? '+inf' : latest);
    for (let from = 0; from < ids.length; from += page) {
      const letters = await Promise.all(ids.slice(from, from + page).map((id) => this.get(id)));
      for (const letter of letters) if (letter !== undefined && matches(letter, filter)) yield letter;
    }
  }

  /** The dead letter that a message of a lane became at about this time; the message by what is known of its id. */
  async of(lane: string, isIt: (messageId: string) => boolean, at: number): Promise<DeadLetter | undefined> {
    const letters = await Promise.all(
      (await this.#ids(at - aboutMs, at + aboutMs)).map((id) => this.get(id)),
    );
    return letters.find((letter) => letter?.lane === lane && isIt(letter.messageId));
  }

  /** Undefined when there is none of this id (any more). */
  async get(id: string): Promise<DeadLetter | undefined> {
    const place = this.place(id);
    if (place === undefined) return undefined;
    const found = await this.#redis.hgetall(`${this.#keys.tag(place.shard)}:dead:${place.number}`);
    const { element, lane, target, reason, detail, at, attempts } = found;
    if (element === undefined || lane === undefined || target === undefined) return undefined;
    const { acceptedAt, payload, revived, lockedBy } = openElement(this.#keys.atRest, lane, element);
    const envelope = readEnvelope(payload);
    return {
      id,
      lane,
      target,
      reason: reason ?? '',
      detail: openWords(this.#keys.atRest, errorPlace(lane), detail ?? ''),
      at: Number(at),
      acceptedAt: revived?.originalAcceptedAt ?? acceptedAt,
      attempts: Number(attempts) + 1,
      messageId: envelope === undefined ? '?' : messageIdOf(envelope),
      envelope,
      ...(lockedBy === undefined ? {} : { lockedBy }),
    };
  }

  /** Removes it for good. False when there is none of this id. */
  async discard(id: string): Promise<boolean> {
    const place = this.place(id);
    if (place === undefined) return false;
    const tag = this.#keys.tag(place.shard);
    const removed = await this.#redis.del(`${tag}:dead:${place.number}`);
    await this.#redis.zrem(`${tag}:dead`, place.number);
    return removed === 1;
  }

  /** Where a dead letter lies; undefined when the text is no id of ours. */
  place(id: string): { readonly shard: number; readonly number: string } | undefined {
    const [, shard, number] = /^(\d{1,3})-(\d{1,16})$/.exec(id) ?? [];
    if (shard === undefined || number === undefined || Number(shard) >= this.#keys.shards) return undefined;
    return { shard: Number(shard), number };
  }

  async #ids(from: number | string, to: number | string): Promise<string[]> {
    const found = await Promise.all(
      this.#keys.tags().map(async (tag, shard) => {
        const index = await this.#redis.zrangebyscore(`${tag}:dead`, from, to, 'WITHSCORES');
        return index.flatMap((number, position) =>
          position % 2 === 0 ? [{ id: `${shard}-${number}`, at: Number(index[position + 1]) }] : [],
        );
      }),
    );
    return found
      .flat()
      .sort((a, b) => a.at - b.at)
      .map(({ id }) => id);
  }

  /** By Redis's clock, which letters are dated by. */
  async now(): Promise<number> {
    const [seconds, micros] = await this.#redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }
}

function matches(letter: DeadLetter, filter: DeadLetterFilter): boolean {
  const { channel, direction, reason } = filter;
  return (
    (direction === undefined || letter.target.startsWith(`${direction}:`)) &&
    (channel === undefined || letter.target.slice(letter.target.indexOf(':') + 1) === channel) &&
    (reason === undefined || letter.reason === reason)
  );
}
