import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { hubIdOf } from './hub-id.js';
import { timed } from './timed-dispatcher.js';
import { traceIdOf } from './tracing/traceparent.js';
import type { Tracing } from './tracing/tracing.js';
import type { Dispatcher } from 'undici';

/** One attempt at one message, told in ids and words from closed lists. */
interface DeliveryFacts {
  readonly direction: 'in' | 'out';
  readonly channel: string;
  readonly messageId: string;
  readonly outcome: 'delivered' | 'ignored' | 'dead' | 'held';
  readonly reason?: string | undefined;
  /** The far end's own words, which may quote the customer's: only the code they begin with is told. */
  readonly detail?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly attempt: number;
  readonly ageMs: number;
  readonly losses?: readonly { readonly what: string; readonly why: string }[] | undefined;
}

/** What a request brought and Redis confirmed. `statuses` is parallel to `messages`. */
interface AcceptedFacts {
  readonly caller: string;
  readonly channel?: string | undefined;
  readonly messages: readonly {
    readonly lane: string;
    readonly journey?: { readonly id: string };
    readonly conversationId?: string;
  }[];
  readonly statuses: readonly ('accepted' | 'duplicate')[];
  /** When the request began, monotonic, milliseconds. */
  readonly startedAt: number;
  readonly traceparent?: string | undefined;
}

/** `requests`: whether there is a line for every message taken in, beside the one for every delivery. */
interface Tells {
  readonly requests: boolean;
}

interface TokenState {
  readonly ageMs: number;
  readonly leftMs: number;
}

/** Counts, and writes the one canonical line per unit of work. */
export class Observer {
  readonly #metrics: Metrics;
  readonly #log: Logger;
  readonly #tells: Tells;
  readonly #tracing: Tracing | undefined;

  constructor(metrics: Metrics, log: Logger, tells: Tells = { requests: true }, tracing?: Tracing) {
    this.#metrics = metrics;
    this.#log = log;
    this.#tells = tells;
    this.#tracing = tracing;
  }

  delivery(facts: DeliveryFacts): void {
    const { direction, channel, outcome, reason = '' } = facts;
    const { deliveries, deliveryAttempts, deliverySeconds, deadLetters, losses } = this.#metrics;
    for (const { what, why } of facts.losses ?? []) losses.at(channel, what, why).add();
    deliveries.at(direction, channel, outcome).add();
    if (outcome === 'delivered') deliverySeconds.at(direction, channel).observe(facts.ageMs / 1000);
    if (outcome === 'dead') deadLetters.at(direction, channel, reason).add();
    if (outcome === 'delivered' || outcome === 'dead')
      deliveryAttempts.at(direction, channel).observe(facts.attempt);
    const { detail, traceparent, conversationId, ...told } = facts;
    const code = /^(?:http-)?\d{3}(?:-\d{1,6})?\b/.exec(detail ?? '')?.[0];
    const line = {
      ...told,
      conversationId: hubIdOf(conversationId),
      ...(code === undefined ? {} : { code }),
      ...(traceparent === undefined ? {} : { traceId: traceIdOf(traceparent) }),
    };
    if (outcome === 'dead') this.#log.warn(line, 'delivery finished');
    else if (outcome === 'held') this.#log.debug(line, 'delivery held');
    else this.#log.info(line, 'delivery finished');
  }

  accepted({ caller, channel, messages, statuses, startedAt, traceparent }: AcceptedFacts): void {
    let duplicates = 0;
    for (const status of statuses) if (status === 'duplicate') duplicates += 1;
    this.#metrics.accepted.at(caller).add(statuses.length - duplicates);
    if (duplicates > 0) this.#metrics.duplicates.at(caller).add(duplicates);
    if (!this.#tells.requests || !this.#log.isLevelEnabled('info')) return;
    const ms = roundMs(performance.now() - startedAt);
    const traceId = traceparent === undefined ? undefined : traceIdOf(traceparent);
    messages.forEach(({ lane, journey, conversationId }, index) => {
      // Typing has no journey: it may be dropped, and nobody looks for it.
      if (journey === undefined) return;
      this.#log.info(
        {
          caller,
          channel,
          messageId: journey.id,
          lane,
          conversationId: hubIdOf(conversationId),
          outcome: statuses[index],
          ms,
          traceId,
        },
        'message accepted',
      );
    });
  }

  refused(caller: string, code: string, cause: unknown): void {
    this.#metrics.refused.at(caller, code).add();
    if (code === 'internal-error') this.#log.error({ caller, code, err: cause }, 'request failed');
    else if (code === 'unavailable') this.#unavailable(caller);
    else this.#log.debug({ caller, code }, 'request refused');
  }

  /**
   * Under a flood a line for each would cost more than the refusals themselves: the first has one, and those that follow
   * have one a second together, for each kind of caller.
   */
  #unavailable(caller: string): void {
    const followed = this.#refusals.get(caller);
    if (followed !== undefined) {
      this.#refusals.set(caller, followed + 1);
      return;
    }
    this.#tellRefused(caller, 1);
  }

  #tellRefused(caller: string, requests: number): void {
    this.#log.warn({ caller, code: 'unavailable', requests }, 'request refused');
    this.#refusals.set(caller, 0);
    setTimeout(() => {
      const followed = this.#refusals.get(caller) ?? 0;
      if (followed > 0) this.#tellRefused(caller, followed);
      else this.#refusals.delete(caller);
    }, 1000).unref();
  }

  /** A request was answered, one way or the other. */
  answered(caller: string, tookMs: number): void {
    this.#metrics.requestSeconds.at(caller).observe(tookMs / 1000);
  }

  /** The same dispatcher, but for its exchanges being counted, timed and traced. `upstream`: `egain` or `channel:<name>`. */
  upstream(upstream: string, dispatcher: Dispatcher): Dispatcher {
    const { upstreamSeconds } = this.#metrics;
    const counted = timed(dispatcher, (status, tookMs) =>
      upstreamSeconds.at(upstream, statusClass(status)).observe(tookMs / 1000),
    );
    return this.#tracing === undefined ? counted : this.#tracing.upstream(upstream, counted);
  }

  /** Bytes of a file: uploaded by a channel, made an asset of eGain's, fetched by whoever has our link. */
  file(way: 'upload' | 'asset' | 'link', bytes: number): void {
    this.#metrics.fileBytes.at(way).add(bytes);
  }

  /** A lane's worker was gone; the lane goes on elsewhere. */
  stalled(): void {
    this.#metrics.stalledJobs.at().add();
  }

  /** The access token was renewed, could not be, or was thrown away after a 401. */
  token(event: {
    readonly kind: 'fetched' | 'failed' | 'discarded';
    readonly error?: Error & { readonly status?: number | undefined };
    readonly nextInMs?: number;
    readonly tookMs?: number;
  }): void {
    const { kind, error, nextInMs, tookMs } = event;
    this.#metrics.tokenEvents.at(kind).add();
    if (tookMs !== undefined) {
      const status = kind === 'fetched' ? 200 : (error?.status ?? 0);
      this.#metrics.upstreamSeconds.at('token', statusClass(status)).observe(tookMs / 1000);
    }
    if (kind !== 'failed') this.#log.info({ kind }, 'access token');
    else this.#log.warn({ kind, nextInMs, reason: error?.message }, 'access token');
  }

  /** Where the token stands, asked when somebody reads the figures. Both sides of one process hold the same token. */
  watchToken(state: () => TokenState | undefined): void {
    this.#tokens.push(state);
    if (this.#tokens.length > 1) return;
    const { tokenAgeSeconds, tokenLeftSeconds } = this.#metrics;
    this.#metrics.scrape.add(() => {
      const held = this.#tokens.flatMap((each) => each() ?? []);
      const [newest] = held.sort((one, other) => one.ageMs - other.ageMs);
      // Unlike `reset`, which would say 0: there is none.
      tokenAgeSeconds.remove();
      tokenLeftSeconds.remove();
      if (newest === undefined) return;
      tokenAgeSeconds.set(newest.ageMs / 1000);
      tokenLeftSeconds.set(newest.leftMs / 1000);
    });
  }

  /** A target of no configured channel holds messages: one line a minute; the gauge is set where the backlog is read. */
  stray(target: string): void {
    const now = Date.now();
    if (now - (this.#strays.get(target) ?? 0) < 60_000) return;
    this.#strays.set(target, now);
    this.#log.error({ target }, 'messages wait for a channel that is not configured: they are held');
  }

  /** A lane is held because the key of this id is missing: one line a minute for each key. */
  locked(target: string, keyId: string): void {
    this.#metrics.keyMissing.at().add();
    const now = Date.now();
    if (now - (this.#missingKeys.get(keyId) ?? 0) < 60_000) return;
    this.#missingKeys.set(keyId, now);
    this.#log.error(
      { target, keyId },
      'a key of redis.encryption is missing: what was sealed with it is held',
    );
  }

  /** How many were refused since the last line about it; none where a second has passed without any. */
  readonly #refusals = new Map<string, number>();
  readonly #missingKeys = new Map<string, number>();
  readonly #tokens: (() => TokenState | undefined)[] = [];
  readonly #strays = new Map<string, number>();
  #lastRedisError = 0;

  /** Something in the background failed; a storm of the same outage is one line a second. */
  backgroundError(error: unknown): void {
    this.#metrics.backgroundErrors.at().add();
    const now = Date.now();
    if (now - this.#lastRedisError < 1000) return;
    this.#lastRedisError = now;
    this.#log.warn({ err: error }, 'work in the background failed and is tried again');
  }
}

const roundMs = (ms: number): number => Math.round(ms * 10) / 10;

const classes = ['failed', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** 401 and 429 mean something of their own; 0 = there was no answer. */
function statusClass(status: number): string {
  if (status === 401) return '401';
  if (status === 429) return '429';
  return classes[Math.floor(status / 100)] ?? 'failed';
}
