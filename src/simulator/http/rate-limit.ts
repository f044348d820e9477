/** Requests per minute and client, told the way a sibling eGain API tells it [assumed: contract 1.3]. */
import type { Clock } from '../clock.js';
import { refuse } from '../refusals.js';
import type { SwitchBoard } from '../switches.js';
import type { Answer } from './answer.js';

interface Limited {
  readonly refusal?: Answer;
  readonly headers?: Readonly<Record<string, string>>;
}

const minute = 60_000;

export class RateLimits {
  readonly #clock: Clock;
  readonly #switches: SwitchBoard;
  readonly #windows = new Map<string, { readonly start: number; used: number }>();

  constructor(clock: Clock, switches: SwitchBoard) {
    this.#clock = clock;
    this.#switches = switches;
  }

  take(clientId: string): Limited {
    const limit = this.#switches.current.rateLimitPerMinute;
    if (limit === 0) return {};
    const start = Math.floor(this.#clock.now() / minute) * minute;
    const known = this.#windows.get(clientId);
    const window = known?.start === start ? known : { start, used: 0 };
    this.#windows.set(clientId, window);
    window.used += 1;
    const headers = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - window.used)),
      'x-ratelimit-reset': new Date(start + minute).toISOString(),
    };
    if (window.used <= limit) return { headers };
    return { refusal: { ...refuse('429-001', 'Too many requests'), headers } };
  }
}
