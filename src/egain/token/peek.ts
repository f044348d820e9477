import { sealerOf, type TokenSourceOptions } from './token-source.js';

/** What of ioredis (single, Sentinel or Cluster) is needed here. */
export interface TokenReader {
  get(key: string): Promise<string | null>;
  pttl(key: string): Promise<number>;
}

/** Where the token of all processes stands. Milliseconds. */
export interface TokenPeek {
  /** Undefined: there is none at the moment. */
  readonly token?: { readonly ageMs: number; readonly leftMs: number };
  /** The endpoint failed lately: nobody asks it again before `leftMs`. */
  readonly cooling?: { readonly leftMs: number; readonly reason: string };
}

/** Looks at the shared token without asking for one, and never tells it. @throws what Redis throws */
export async function peekAtToken(
  redis: TokenReader,
  options: Pick<TokenSourceOptions, 'keyPrefix' | 'url' | 'clientId' | 'scope' | 'credentials'>,
): Promise<TokenPeek> {
  const sealer = sealerOf(options);
  const tag = `${options.keyPrefix ?? ''}{token:${sealer.id}}`;
  const [text, leftMs, reason, coolMs] = await Promise.all([
    redis.get(`${tag}:current`),
    redis.pttl(`${tag}:current`),
    redis.get(`${tag}:cool`),
    redis.pttl(`${tag}:cool`),
  ]);
  const opened = text === null ? undefined : sealer.open(text.slice(text.indexOf('.') + 1));
  return {
    ...(opened === undefined || leftMs <= 0
      ? {}
      : { token: { ageMs: Math.max(0, opened.lifeMs - leftMs), leftMs } }),
    ...(reason === null || coolMs <= 0 ? {} : { cooling: { leftMs: coolMs, reason } }),
  };
}
