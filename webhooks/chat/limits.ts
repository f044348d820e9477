import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { callerOf } from '../caller.js';
import { Refusal } from '../reply.js';

/** What an address may do per minute on one channel. */
export type LimitedKind = 'sessions' | 'messages' | 'uploads';

export interface ChatRates {
  readonly sessionsPerMinute: number;
  readonly messagesPerMinute: number;
  readonly uploadsPerMinute: number;
}

/** Counts in this process: with several, an address has as many times the rate at the most. */
export class ChatLimits {
  readonly #limiters = new Map<string, RateLimiterMemory>();

  /** @throws {Refusal} 429 with `Retry-After` when the address has had its share of this minute. */
  async take(kind: LimitedKind, channel: string, address: string, rates: ChatRates): Promise<void> {
    const name = `${kind}:${channel}`;
    let limiter = this.#limiters.get(name);
    if (limiter === undefined) {
      limiter = new RateLimiterMemory({ points: rates[`${kind}PerMinute`], duration: 60 });
      this.#limiters.set(name, limiter);
    }
    try {
      await limiter.consume(callerOf(address));
    } catch (over) {
      // The library rejects with its state when the points are used up; anything else is a real error.
      if (!(over instanceof RateLimiterRes)) throw over;
      throw new Refusal('too-many-requests', `${kind}: too many from this address`, {
        'retry-after': String(Math.max(1, Math.ceil(over.msBeforeNext / 1000))),
      });
    }
  }
}
