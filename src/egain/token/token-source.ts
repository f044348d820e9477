import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EgainError } from '../errors.js';
import { secretOf } from './credentials.js';
import { createTokenRequest, type TokenEndpoint } from './request-token.js';
import { createMemoryStore } from './memory-store.js';
import { createSealer, type Sealer } from './seal.js';
import { createTokenStore, type ScriptRunner, type StoredToken } from './store.js';

export interface TokenSource {
  /** A token that is valid now. Fails only with an `EgainError` of kind `token`, at once while the endpoint cools down. */
  get(): Promise<string>;
  /** eGain answered 401 to this token. Discards it only if it is still the one everybody uses, and not too often. */
  rejected(token: string): Promise<void>;
  /** Ends what is in flight; the Redis client stays the caller's. */
  close(): void;
}

/** For who watches over it. */
export interface WatchedTokenSource extends TokenSource {
  /** The token in hand, without asking anybody: how old it is (give or take 5 s) and how long it lives. Milliseconds. */
  state(): { readonly ageMs: number; readonly leftMs: number } | undefined;
}

export type TokenEvent =
  | { readonly kind: 'fetched'; readonly lifeMs: number; readonly tookMs: number }
  | {
      readonly kind: 'failed';
      readonly error: EgainError;
      readonly nextInMs: number;
      readonly tookMs: number;
    }
  | { readonly kind: 'discarded' };

export interface TokenSourceOptions extends Omit<TokenEndpoint, 'timeoutMs' | 'fallbackLifeMs'> {
  /** Where all processes find the token. Without it the token is this process's own, for programs that stand alone. */
  readonly redis?: ScriptRunner;
  /** Put before every key in Redis, e.g. `bridge:`. */
  readonly keyPrefix?: string;
  readonly timeoutMs?: number;
  readonly fallbackLifeMs?: number;
  /** How long before its end a token is renewed, give or take a third; less for tokens of a short life. Default 90 s. */
  readonly renewBeforeMs?: number;
  /** First and longest wait after failures of the endpoint. */
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
  /** At most one renewal caused by 401 in this time, over all processes. */
  readonly rejectGateMs?: number;
  readonly redisTimeoutMs?: number;
  /** Monotonic milliseconds. */
  readonly clock?: () => number;
  /** 0 <= x < 1. */
  readonly random?: () => number;
  readonly observe?: (event: TokenEvent) => void;
}

interface Held {
  readonly token: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly earlyMs: number;
  refreshAt: number;
}

/** One token for all processes (I8): local copy, else the shared one, else exactly one process asks the endpoint. */
export function createTokenSource(options: TokenSourceOptions): WatchedTokenSource {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const { renewBeforeMs = 90_000, redisTimeoutMs = 1000 } = options;
  const clock = options.clock ?? (() => performance.now());
  const random = options.random ?? Math.random;
  const requestToken = createTokenRequest({
    ...options,
    timeoutMs,
    fallbackLifeMs: options.fallbackLifeMs ?? 3_600_000,
  });
  const times = {
    // The holder is done or has given up long before its lock ends, so nobody has to extend it.
    lockMs: timeoutMs + 2 * redisTimeoutMs + 1000,
    firstWaitMs: options.firstWaitMs ?? 1000,
    longestWaitMs: options.longestWaitMs ?? 60_000,
    rejectGateMs: options.rejectGateMs ?? 30_000,
    redisTimeoutMs,
  };
  const store =
    options.redis === undefined
      ? createMemoryStore(times, clock)
      : createTokenStore(options.redis, options.keyPrefix ?? '', sealerOf(options), times);
  const closing = new AbortController();
  let held: Held | undefined;
  let cool: { readonly until: number; readonly reason: string } | undefined;
  let obtaining: Promise<string> | undefined;
  let refreshing: Promise<void> | undefined;

  /** `since` is read before the question, so the local deadline is never later than the shared one. */
  const adopt = (stored: StoredToken, since: number): string => {
    const share = random();
    const earlyMs = Math.min(
      renewBeforeMs * (2 / 3 + (2 / 3) * share),
      stored.lifeMs * (0.15 + 0.15 * share),
    );
    const expiresAt = since + stored.leftMs;
    const issuedAt = expiresAt - stored.lifeMs;
    held = { token: stored.token, issuedAt, expiresAt, earlyMs, refreshAt: expiresAt - earlyMs };
    cool = undefined;
    return stored.token;
  };

  const fetchAndShare = async (owner: string): Promise<string> => {
    const since = clock();
    try {
      const issued = await requestToken(closing.signal);
      // A request under way when the life ends would fail: the last moments are given up.
      const leftMs = issued.lifeMs - Math.min(5000, issued.lifeMs * 0.05);
      const token = adopt({ ...issued, leftMs }, since);
      // A token is a token: without Redis it serves this process alone.
      await store.finish(owner, issued, leftMs - (clock() - since)).catch(() => false);
      options.observe?.({ kind: 'fetched', lifeMs: issued.lifeMs, tookMs: clock() - since });
      return token;
    } catch (error) {
      if (closing.signal.aborted) await store.release(owner).catch(() => undefined);
      if (!(error instanceof EgainError) || closing.signal.aborted) throw error;
      const tookMs = clock() - since;
      const nextInMs = await store
        .fail(owner, error.message, 0.75 + random() / 2, error.retryAfterMs ?? 0)
        .catch(() => options.firstWaitMs ?? 1000);
      cool = { until: clock() + nextInMs, reason: error.message };
      options.observe?.({ kind: 'failed', error, nextInMs, tookMs });
      throw withWait(error, nextInMs);
    }
  };

  const obtain = async (): Promise<string> => {
    const owner = randomUUID();
    const giveUpAt = clock() + timeoutMs + 2 * redisTimeoutMs;
    for (;;) {
      const since = clock();
      const seen = await store.begin(owner, 0);
      if (seen.stored !== undefined && seen.stored.leftMs > 0) return adopt(seen.stored, since);
      if (seen.coolMs > 0) {
        cool = { until: clock() + seen.coolMs, reason: seen.reason };
        throw cooling(cool, clock());
      }
      if (seen.locked) return fetchAndShare(owner);
      if (clock() > giveUpAt) {
        throw new EgainError('token: the process that fetches it does not finish', {
          kind: 'token',
          retryable: true,
          retryAfterMs: 1000,
        });
      }
      await sleep(40 + 40 * random(), undefined, { signal: closing.signal });
    }
  };

  const refresh = async (current: Held): Promise<void> => {
    const owner = randomUUID();
    try {
      const since = clock();
      const seen = await store.begin(owner, current.earlyMs);
      if (seen.locked) await fetchAndShare(owner);
      else if (seen.stored !== undefined && seen.stored.leftMs > current.earlyMs) adopt(seen.stored, since);
      else current.refreshAt = clock() + (seen.coolMs > 0 ? seen.coolMs : 500 + 500 * random());
    } catch (error) {
      // The token in hand is still good; the failure was observed, and the next look is not before the wait is over.
      const wait = error instanceof EgainError ? error.retryAfterMs : undefined;
      current.refreshAt = clock() + (wait ?? 1000);
    }
  };

  return {
    get: async () => {
      if (closing.signal.aborted) throw closed();
      const now = clock();
      if (held !== undefined && now < held.expiresAt) {
        if (now >= held.refreshAt) refreshing ??= refresh(held).finally(() => (refreshing = undefined));
        return held.token;
      }
      if (cool !== undefined && now < cool.until) throw cooling(cool, now);
      obtaining ??= obtain().finally(() => (obtaining = undefined));
      try {
        return await obtaining;
      } catch (error) {
        throw error instanceof EgainError ? error : closed(error);
      }
    },
    rejected: async (token) => {
      if (closing.signal.aborted || (held !== undefined && held.token !== token)) return;
      // Without Redis nobody can say whether a renewal is due: the token stays, the caller sees its 401.
      const outcome = await store.reject(token).catch(() => 'too-soon' as const);
      if (outcome === 'too-soon') return;
      if (held?.token === token) held = undefined;
      if (outcome === 'discarded') options.observe?.({ kind: 'discarded' });
    },
    state: () =>
      held === undefined
        ? undefined
        : { ageMs: Math.max(0, clock() - held.issuedAt), leftMs: Math.max(0, held.expiresAt - clock()) },
    close: () => {
      closing.abort();
      held = undefined;
    },
  };
}

/** Another secret, client, scope or endpoint never sees this token. */
export function sealerOf({
  credentials,
  url,
  clientId,
  scope = '',
}: Pick<TokenSourceOptions, 'credentials' | 'url' | 'clientId' | 'scope'>): Sealer {
  return createSealer(secretOf(credentials), [url, clientId, scope, credentials.method]);
}

function cooling(cool: { readonly until: number; readonly reason: string }, now: number): EgainError {
  return new EgainError(`token: not asked again yet after: ${cool.reason}`, {
    kind: 'token',
    retryable: true,
    retryAfterMs: Math.max(1, Math.ceil(cool.until - now)),
  });
}

function withWait(error: EgainError, retryAfterMs: number): EgainError {
  return new EgainError(error.message, {
    kind: 'token',
    status: error.status,
    code: error.code,
    developerMessage: error.developerMessage,
    retryable: error.retryable,
    retryAfterMs,
    cause: error.cause,
  });
}

function closed(cause?: unknown): EgainError {
  return new EgainError('token: the source is closed', { kind: 'token', retryable: false, cause });
}
