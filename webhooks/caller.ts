import type { IncomingMessage } from 'node:http';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Refusal } from './reply.js';

/** The caller's address: the socket's, or what `hops` proxies in front of us vouch for. */
export function callerAddress(request: IncomingMessage, hops: number): string {
  const socket = request.socket.remoteAddress ?? 'unknown';
  if (hops === 0) return socket;
  const forwarded = request.headers['x-forwarded-for'];
  const chain = String(forwarded ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return chain.at(-hops) ?? socket;
}

export interface ThrottleSettings {
  /** Failed attempts per address before it must wait. */
  readonly failures: number;
  readonly windowSeconds: number;
}

/** Slows down who keeps failing to prove who they are (I9). Counts failures only; a good caller never pays. */
export class FailureThrottle {
  readonly #limiter: RateLimiterMemory;
  readonly #windowMs: number;
  readonly #now: () => number;
  #lastFailure = Number.NEGATIVE_INFINITY;

  /** `now`: monotonic, milliseconds. */
  constructor(settings: ThrottleSettings, now: () => number) {
    this.#limiter = new RateLimiterMemory({ points: settings.failures, duration: settings.windowSeconds });
    this.#windowMs = settings.windowSeconds * 1000;
    this.#now = now;
  }

  /** @throws {Refusal} 429 when this address has failed too often. */
  async check(address: string): Promise<void> {
    // Nobody failed lately: the usual case, and it must cost nothing.
    if (this.#now() - this.#lastFailure > this.#windowMs) return;
    const state = await this.#limiter.get(address);
    if (state === null || state.consumedPoints < this.#limiter.points) return;
    throw new Refusal('too-many-requests', 'too many failed attempts from this address', {
      'retry-after': String(Math.ceil(state.msBeforeNext / 1000)),
    });
  }

  async failed(address: string): Promise<void> {
    this.#lastFailure = this.#now();
    try {
      await this.#limiter.consume(address);
    } catch (over) {
      // The library rejects with its state when the points are used up; anything else is a real error.
      if (over instanceof Error) throw over;
    }
  }
}
