import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

/** One attempt at one message, told in ids and words from closed lists. */
interface DeliveryFacts {
  readonly direction: 'in' | 'out';
  readonly channel: string;
  readonly messageId: string;
  readonly outcome: 'delivered' | 'ignored' | 'dead' | 'held';
  readonly reason?: string | undefined;
  readonly ageMs: number;
}

/** Counts, and writes the one canonical line per unit of work. */
export class Observer {
  readonly #metrics: Metrics;
  readonly #log: Logger;

  constructor(metrics: Metrics, log: Logger) {
    this.#metrics = metrics;
    this.#log = log;
  }

  delivery(facts: DeliveryFacts): void {
    const { direction, channel, outcome, reason = '' } = facts;
    this.#metrics.deliveries.inc({ direction, channel, outcome });
    if (outcome === 'delivered') this.#metrics.deliverySeconds.observe({ direction }, facts.ageMs / 1000);
    if (outcome === 'dead') this.#metrics.deadLetters.inc({ direction, channel, reason });
    if (outcome === 'dead') this.#log.warn(facts, 'delivery finished');
    else if (outcome === 'held') this.#log.debug(facts, 'delivery held');
    else this.#log.info(facts, 'delivery finished');
  }

  accepted(caller: string, count: number, duplicates: number): void {
    this.#metrics.accepted.inc({ caller }, count - duplicates);
    if (duplicates > 0) this.#metrics.duplicates.inc({ caller }, duplicates);
  }

  refused(caller: string, code: string, cause: unknown): void {
    this.#metrics.refused.inc({ caller, code });
    if (code === 'internal-error') this.#log.error({ caller, code, err: cause }, 'request failed');
    else if (code === 'unavailable') this.#log.warn({ caller, code }, 'request refused');
    else this.#log.debug({ caller, code }, 'request refused');
  }

  /** The access token was renewed, could not be, or was thrown away after a 401. */
  token(event: {
    readonly kind: 'fetched' | 'failed' | 'discarded';
    readonly error?: Error;
    readonly nextInMs?: number;
  }): void {
    this.#metrics.tokenEvents.inc({ kind: event.kind });
    if (event.kind !== 'failed') this.#log.info({ kind: event.kind }, 'access token');
    else
      this.#log.warn(
        { kind: event.kind, nextInMs: event.nextInMs, reason: event.error?.message },
        'access token',
      );
  }

  /** A target of no configured channel holds messages: alarmed by the gauge, one line a minute. */
  stray(target: string): void {
    this.#metrics.strayTargets.set({ target }, 1);
    const now = Date.now();
    if (now - (this.#strays.get(target) ?? 0) < 60_000) return;
    this.#strays.set(target, now);
    this.#log.error({ target }, 'messages wait for a channel that is not configured: they are held');
  }

  readonly #strays = new Map<string, number>();
  #lastRedisError = 0;

  /** Something in the background failed; a storm of the same outage is one line a second. */
  backgroundError(error: unknown): void {
    const now = Date.now();
    if (now - this.#lastRedisError < 1000) return;
    this.#lastRedisError = now;
    this.#log.warn({ err: error }, 'work in the background failed and is tried again');
  }
}
