import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
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
  // Fewer entries than proxies: the request came in closer to us, and the first entry is the furthest anybody vouches for.
  const entry = withoutPort(chain.at(-hops) ?? chain[0] ?? '');
  return isIP(entry) === 0 ? socket : entry;
}

/** Some proxies write `203.0.113.7:1234` or `[2001:db8::1]:1234`. */
function withoutPort(entry: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
}

/** What one caller can be told by: an IPv4 address, or the /64 that everybody with IPv6 has for themselves. */
export function callerOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined || isIP(address) !== 6) return mapped ?? address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
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

  /** @throws {Refusal} 429 when this address has failed too often. Undefined: nobody failed lately, there is nothing to wait for. */
  check(address: string): Promise<void> | undefined {
    // The usual case, and it must cost nothing.
    if (this.#now() - this.#lastFailure > this.#windowMs) return undefined;
    return this.#look(address);
  }

  async #look(address: string): Promise<void> {
    const state = await this.#limiter.get(callerOf(address));
    if (state === null || state.consumedPoints < this.#limiter.points) return;
    throw new Refusal('too-many-requests', 'too many failed attempts from this address', {
      'retry-after': String(Math.ceil(state.msBeforeNext / 1000)),
    });
  }

  async failed(address: string): Promise<void> {
    this.#lastFailure = this.#now();
    try {
      await this.#limiter.consume(callerOf(address));
    } catch (over) {
      // The library rejects with its state when the points are used up; anything else is a real error.
      if (over instanceof Error) throw over;
    }
  }
}
