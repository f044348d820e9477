import { EgainError } from '../errors.js';
import type { Sealer, SealedToken } from './seal.js';
import { scripts } from './scripts.js';

/** What of ioredis (single, Sentinel or Cluster) is needed here. */
export interface ScriptRunner {
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

export interface StoredToken extends SealedToken {
  readonly leftMs: number;
}

/** `coolMs` > 0: the endpoint failed lately for `reason`, nobody asks it before that time is over. */
export interface Beginning {
  readonly stored: StoredToken | undefined;
  readonly locked: boolean;
  readonly coolMs: number;
  readonly reason: string;
}

export interface StoreTimes {
  readonly lockMs: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  readonly rejectGateMs: number;
  readonly redisTimeoutMs: number;
}

export interface TokenStore {
  begin(owner: string, leastLeftMs: number): Promise<Beginning>;
  finish(owner: string, value: SealedToken, leftMs: number): Promise<boolean>;
  /** Returns the wait in milliseconds. `jitter` is a factor around 1. */
  fail(owner: string, reason: string, jitter: number, leastWaitMs: number): Promise<number>;
  release(owner: string): Promise<void>;
  reject(token: string): Promise<'discarded' | 'replaced' | 'too-soon'>;
}

/** The shared copy: encrypted, its life kept as the TTL so that no two clocks are ever compared (I8). */
export function createTokenStore(
  redis: ScriptRunner,
  prefix: string,
  sealer: Sealer,
  times: StoreTimes,
): TokenStore {
  const tag = `${prefix}{token:${sealer.id}}`;
  const keys = ['current', 'lock', 'cool', 'failures', 'gate'].map((name) => `${tag}:${name}`);

  const run = async (script: string, ...values: (string | number)[]): Promise<unknown> => {
    const answer = redis.eval(script, keys.length, ...keys, ...values.map(String));
    try {
      return await within(answer, times.redisTimeoutMs);
    } catch (cause) {
      throw new EgainError('token: Redis does not answer', {
        kind: 'token',
        retryable: true,
        retryAfterMs: 1000,
        cause,
      });
    }
  };

  return {
    begin: async (owner, leastLeftMs) => {
      const [value, left, locked, cool, reason] = list(
        await run(scripts.begin, Math.ceil(leastLeftMs), owner, times.lockMs),
      );
      const text = typeof value === 'string' ? value : '';
      const opened = sealer.open(text.slice(text.indexOf('.') + 1));
      // Changed or foreign content must not stand in the way of a fresh token.
      if (text !== '' && opened === undefined) await run(scripts.discard, text);
      return {
        stored: opened === undefined ? undefined : { ...opened, leftMs: Number(left) },
        locked: locked === 1,
        coolMs: Number(cool),
        reason: typeof reason === 'string' ? reason : '',
      };
    },
    finish: async (owner, value, leftMs) => {
      const text = `${sealer.fingerprint(value.token)}.${sealer.seal(value)}`;
      return (await run(scripts.finish, owner, text, Math.max(1, Math.floor(leftMs)))) === 1;
    },
    fail: async (owner, reason, jitter, leastWaitMs) =>
      Number(
        await run(
          scripts.fail,
          owner,
          times.firstWaitMs,
          times.longestWaitMs,
          jitter,
          Math.ceil(leastWaitMs),
          reason.slice(0, 200),
        ),
      ),
    release: async (owner) => {
      await run(scripts.release, owner);
    },
    reject: async (token) => {
      const outcome = await run(scripts.reject, `${sealer.fingerprint(token)}.`, times.rejectGateMs);
      return outcome === 1 ? 'discarded' : outcome === -1 ? 'too-soon' : 'replaced';
    },
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A client that queues commands while it is offline would keep callers waiting for as long as Redis is away. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
