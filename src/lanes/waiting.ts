import type { RedisClient } from './connection.js';
import { errorPlace, openElement } from './element.js';
import { openWords } from './at-rest.js';
import { messageIdOf, readEnvelope, type Envelope } from './envelope.js';
import { readAttempts, type Attempt } from './journeys.js';
import type { Keyspace } from './keyspace.js';

/** Where a lane that holds messages stands: waiting for room, having a job, or waiting to try again. */
export type LaneState = 'waiting' | 'running' | 'backing-off';

export interface WaitingLane {
  readonly lane: string;
  readonly shard: number;
  readonly target: string;
  readonly state: LaneState;
  readonly waiting: number;
  readonly headId: string;
  readonly headAcceptedAt: number;
  readonly attempts: number;
  /** Why the head is not through yet, where an attempt told. */
  readonly lastError?: string;
  readonly tryAgainAt?: number;
  /** What came of the latest attempts at the head, where there were any. */
  readonly earlier?: readonly Attempt[];
}

export interface WaitingMessage {
  readonly id: string;
  readonly acceptedAt: number;
  /** Typing: it may be dropped, and leaves no journey. */
  readonly ephemeral: boolean;
}

const rooms: readonly (readonly [letter: string, state: LaneState])[] = [
  ['r', 'running'],
  ['b', 'backing-off'],
  ['w', 'waiting'],
];

/** The message at the head of a lane, with what `Lanes.bury` needs so that no other is meant. */
export interface Head {
  readonly envelope: Envelope | undefined;
  readonly finished: number;
  readonly acceptedAt: number;
  /** When it was accepted first, which is another time for a revived dead letter. */
  readonly originalAcceptedAt: number;
  readonly attempts: number;
  readonly target: string;
}

/** What waits where and why, read page by page: it costs the same per lane whatever the backlog. */
export class WaitingLanes {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;

  constructor(redis: RedisClient, keys: Keyspace) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Lanes of all targets, or of one, each once, in no particular order. */
  async *list(target?: string): AsyncGenerator<WaitingLane> {
    for (let shard = 0; shard < this.#keys.shards; shard += 1) {
      for (const found of await this.#targets(shard)) {
        if (target !== undefined && found !== target) continue;
        // A lane moves from room to room while they are read.
        const seen = new Set<string>();
        for (const [letter, state] of rooms) {
          const room = `${this.#keys.tag(shard)}:${letter}:${found}`;
          let cursor = '0';
          do {
            const [next, page] = await this.#redis.zscan(room, cursor, 'COUNT', 100);
            cursor = next;
            const lanes = page.filter((_, index) => index % 2 === 0);
            const read = await Promise.all(lanes.map((lane) => this.#read(shard, lane, found, state)));
            for (const lane of read) {
              if (lane === undefined || seen.has(lane.lane)) continue;
              seen.add(lane.lane);
              yield lane;
            }
          } while (cursor !== '0');
        }
      }
    }
  }

  /** One lane; undefined when it holds nothing. */
  async get(lane: string): Promise<WaitingLane | undefined> {
    const shard = this.#keys.shardOf(lane);
    const target = await this.#redis.hget(`${this.#keys.tag(shard)}:s:${lane}`, 't');
    if (target === null) return undefined;
    for (const [letter, state] of rooms) {
      const score = await this.#redis.zscore(`${this.#keys.tag(shard)}:${letter}:${target}`, lane);
      if (score !== null) return this.#read(shard, lane, target, state);
    }
    return undefined;
  }

  /** A lane's messages, head first. */
  async messages(lane: string, most = 1000): Promise<WaitingMessage[]> {
    const tag = this.#keys.tag(this.#keys.shardOf(lane));
    const elements = await this.#redis.lrange(`${tag}:l:${lane}`, 0, most - 1);
    return elements.map((element) => {
      const { acceptedAt, ephemeral, payload } = openElement(this.#keys.atRest, lane, element);
      return { id: idOf(payload), acceptedAt, ephemeral };
    });
  }

  /** How many messages go before the one whose id this is; undefined when it is not in the lane. */
  async placeOf(
    lane: string,
    isIt: (id: string) => boolean,
  ): Promise<{ readonly ahead: number; readonly id: string } | undefined> {
    const tag = this.#keys.tag(this.#keys.shardOf(lane));
    const page = 500;
    for (let from = 0; ; from += page) {
      const elements = await this.#redis.lrange(`${tag}:l:${lane}`, from, from + page - 1);
      for (const [position, element] of elements.entries()) {
        const id = idOf(openElement(this.#keys.atRest, lane, element).payload);
        if (isIt(id)) return { ahead: from + position, id };
      }
      if (elements.length < page) return undefined;
    }
  }

  /** The head of a lane; undefined when it holds nothing. */
  async head(lane: string): Promise<Head | undefined> {
    const tag = this.#keys.tag(this.#keys.shardOf(lane));
    // First how many are finished, then the head: if it moves in between, `bury` finds that they do not fit.
    const [finished, attempts, target] = await this.#redis.hmget(`${tag}:s:${lane}`, 'n', 'a', 't');
    const head = await this.#redis.lindex(`${tag}:l:${lane}`, 0);
    if (head === null) return undefined;
    const { acceptedAt, payload, revived } = openElement(this.#keys.atRest, lane, head);
    return {
      envelope: readEnvelope(payload),
      finished: Number(finished ?? 0),
      acceptedAt,
      originalAcceptedAt: revived?.originalAcceptedAt ?? acceptedAt,
      attempts: Number(attempts ?? 0),
      target: target ?? '',
    };
  }

  async #read(
    shard: number,
    lane: string,
    target: string,
    state: LaneState,
  ): Promise<WaitingLane | undefined> {
    const tag = this.#keys.tag(shard);
    const [head, waiting, fields] = await Promise.all([
      this.#redis.lindex(`${tag}:l:${lane}`, 0),
      this.#redis.llen(`${tag}:l:${lane}`),
      this.#redis.hmget(`${tag}:s:${lane}`, 'a', 'e', 'b', 'h'),
    ]);
    if (head === null) return undefined;
    const [attempts, lastError, notBefore, history] = fields;
    const { acceptedAt, payload } = openElement(this.#keys.atRest, lane, head);
    return {
      lane,
      shard,
      target,
      state,
      waiting,
      headId: idOf(payload),
      headAcceptedAt: acceptedAt,
      attempts: Number(attempts ?? 0),
      ...(lastError ? { lastError: openWords(this.#keys.atRest, errorPlace(lane), lastError) } : {}),
      ...(notBefore ? { tryAgainAt: Number(notBefore) } : {}),
      ...(history ? { earlier: readAttempts(history) } : {}),
    };
  }

  /** Every target that has a room, also those of channels that are not configured any more. */
  async #targets(shard: number): Promise<string[]> {
    const tag = this.#keys.tag(shard);
    return (await this.#redis.smembers(`${tag}:known`)).sort();
  }
}

function idOf(payload: string): string {
  const envelope = readEnvelope(payload);
  return envelope === undefined ? '?' : messageIdOf(envelope);
}
