import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClient } from '../../src/lanes/connection.js';
import type { Keyspace } from '../../src/lanes/keyspace.js';
import { callerOf } from '../caller.js';
import { Refusal, unavailable } from '../reply.js';

/** What an address may do per minute on one channel. */
export type LimitedKind = 'sessions' | 'messages' | 'acknowledgements' | 'uploads';

export interface ChatRates {
  readonly sessionsPerMinute: number;
  readonly messagesPerMinute: number;
  readonly uploadsPerMinute: number;
}

/** A tab acknowledges what it shows at least as often as its customer writes. */
const rateOf: Readonly<Record<LimitedKind, keyof ChatRates>> = {
  sessions: 'sessionsPerMinute',
  messages: 'messagesPerMinute',
  acknowledgements: 'messagesPerMinute',
  uploads: 'uploadsPerMinute',
};

/** Counts in Redis, one key per kind, channel and address: whichever process an address comes to, it has one share. */
export class ChatLimits {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;
  readonly #limiters = new Map<string, RateLimiterRedis>();

  constructor(redis: RedisClient, keys: Keyspace) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /**
   * @throws {Refusal} 429 with `Retry-After` when the address has had its share of this minute; 503 while Redis is away,
   * when nothing could be taken in anyway.
   */
  async take(kind: LimitedKind, channel: string, address: string, rates: ChatRates): Promise<void> {
    const points = rates[rateOf[kind]];
    try {
      await this.#limiter(points).consume(this.#keys.rate(kind, channel, callerOf(address)));
    } catch (over) {
      // The library rejects with its state when the points are used up; anything else is a real error.
      if (!(over instanceof RateLimiterRes)) throw unavailable('Redis does not answer', 1, over);
      throw new Refusal('too-many-requests', `${kind}: too many from this address`, {
        'retry-after': String(Math.max(1, Math.ceil(over.msBeforeNext / 1000))),
      });
    }
  }

  #limiter(points: number): RateLimiterRedis {
    const name = String(points);
    let limiter = this.#limiters.get(name);
    if (limiter === undefined) {
      limiter = new RateLimiterRedis({
        storeClient: this.#redis,
        keyPrefix: '',
        points,
        duration: 60,
        // Who is over it is told so without asking Redis again.
        inMemoryBlockOnConsumed: points + 1,
      });
      this.#limiters.set(name, limiter);
    }
    return limiter;
  }
}
