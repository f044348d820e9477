import type { RedisClient } from './connection.js';
import type { Keyspace } from './keyspace.js';
import { runScript } from './scripts.js';

/** One event as it lies in an outbox. `id` orders it: `<ms by Redis's clock>-<number>`. */
export interface OutboxEvent {
  readonly id: string;
  /** JSON text, as it was appended. */
  readonly event: string;
}

/** An event to append. */
export interface OutboxAppend {
  /** An event of the same key is appended once. */
  readonly key: string;
  /** JSON text. */
  readonly event: string;
  /** Told to whoever is there now and kept for nobody (typing). */
  readonly fleeting: boolean;
  /** How many events are kept at most; the oldest go first. */
  readonly most: number;
  /** How long an event is kept at most, in milliseconds. */
  readonly lifeMs: number;
}

/** A tab that has not been seen for so long is closed: nothing is kept for it alone any more. Milliseconds. */
const usualReaderLifeMs = 60_000;
const mostReaders = 20;

const eventPlace = (lane: string): string => `event ${lane}`;

/** As many events are read at once. */
const page = 100;

const eventId = /^\d{1,15}-\d{1,10}$/;

/** Whether a caller's text can be the id of an event. */
export function isEventId(text: string): boolean {
  return eventId.test(text);
}

/**
 * What customers fetch by themselves, in order, kept until every tab that is there has shown it (I13). It lies in the shard
 * of the customer's inbound lane and is named by it. Every method throws what Redis or the connection throws.
 */
export class Outbox {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;
  readonly #readerLifeMs: number;

  constructor(redis: RedisClient, keys: Keyspace, options: { readonly readerLifeMs?: number } = {}) {
    this.#redis = redis;
    this.#keys = keys;
    this.#readerLifeMs = options.readerLifeMs ?? usualReaderLifeMs;
  }

  async append(channel: string, customerId: string, entry: OutboxAppend): Promise<void> {
    const lane = this.#keys.inboundLane(channel, customerId);
    const { key, event, fleeting, most, lifeMs } = entry;
    await runScript(
      this.#redis,
      'outbox-append',
      this.#tag(lane),
      lane,
      key,
      this.#keys.atRest.seal(eventPlace(lane), event),
      fleeting ? '1' : '',
      most,
      lifeMs,
    );
  }

  /** The events after `cursor` ('' = all that are kept), oldest first; `more` when there may be further ones. */
  async read(
    lane: string,
    cursor: string,
  ): Promise<{ readonly events: readonly OutboxEvent[]; readonly more: boolean }> {
    const found = await this.#redis.xrange(
      this.signal(lane),
      cursor === '' ? '-' : `(${cursor}`,
      '+',
      'COUNT',
      page,
    );
    const events = found.map(([id, fields]) => ({ id, event: this.open(lane, fields[3] ?? 'null') }));
    return { events, more: events.length === page };
  }

  /** An event as it was appended, by what lies in Redis or was told. @throws {MissingKeyError} {AlteredError} */
  open(lane: string, event: string): string {
    return this.#keys.atRest.open(eventPlace(lane), event);
  }

  /** A tab is there and has shown everything up to `cursor` ('' = nothing new). */
  async acknowledge(lane: string, reader: string, cursor: string): Promise<void> {
    await runScript(
      this.#redis,
      'outbox-acknowledge',
      this.#tag(lane),
      lane,
      reader,
      cursor,
      this.#readerLifeMs,
      mostReaders,
    );
  }

  /** The name of an outbox's events, and of the pub/sub channel on which they are announced. */
  signal(lane: string): string {
    return `${this.#tag(lane)}:q:${lane}`;
  }

  #tag(lane: string): string {
    return this.#keys.tag(this.#keys.shardOf(lane));
  }
}
