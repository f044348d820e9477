import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload } from 'jose';
import { request, type Dispatcher } from 'undici';
import { readBounded } from '../bounded-body.js';
import { isAcceptableUrl } from '../loopback.js';
import {
  longestLifeSeconds,
  ownAlgorithm,
  ownAudience,
  ownIssuer,
  signingKeys,
  type SigningSecret,
} from './signing-keys.js';
import type { CallbackRefusal } from './verdict.js';

/** `untilMs`: milliseconds since 1970 up to which the same token need not be checked again. */
export type BearerResult = { readonly untilMs: number } | { readonly reason: CallbackRefusal };
export type BearerCheck = (token: string, nowMs: number) => Promise<BearerResult>;

/** Clocks of our own processes may differ a little. */
const toleranceSeconds = 5;
/** An issuer that cannot be reached is not asked again for every callback. */
const failurePauseMs = 5000;
/** How long a foreign token is believed without asking again whether its key still is published. */
const foreignMemoryMs = 60_000;

/** Tokens of our own token endpoint. */
export function ownTokenCheck(secrets: readonly SigningSecret[]): BearerCheck {
  const keys = new Map(signingKeys(secrets).map(({ kid, key }) => [kid, key]));
  return async (token, nowMs) => {
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid }) => {
          const key = keys.get(kid ?? '');
          if (key === undefined) throw new errors.JWKSNoMatchingKey();
          return key;
        },
        {
          algorithms: [ownAlgorithm],
          issuer: ownIssuer,
          audience: ownAudience,
          requiredClaims: ['exp', 'iat'],
          maxTokenAge: longestLifeSeconds,
          clockTolerance: toleranceSeconds,
          currentDate: new Date(nowMs),
        },
      );
      return { untilMs: endOf(payload) };
    } catch (error) {
      return { reason: refusal(error) };
    }
  };
}

export interface NamedIssuer {
  readonly issuer: string;
  readonly audience: string | readonly string[];
  readonly jwksUrl: string;
  /** Asymmetric ones only; default `RS256`. */
  readonly algorithms?: readonly string[];
}

/** Tokens of somebody else's issuer, checked against the keys it publishes. */
export function namedIssuerCheck(named: NamedIssuer, dispatcher?: Dispatcher): BearerCheck {
  const algorithms = [...(named.algorithms ?? ['RS256'])];
  const weak = algorithms.find((name) => !/^(RS|PS|ES)(256|384|512)$|^(EdDSA|Ed25519)$/.test(name));
  if (weak !== undefined) throw new Error(`callback issuer: algorithm ${weak} is not accepted`);
  const url = new URL(named.jwksUrl);
  if (!isAcceptableUrl(url)) throw new Error('callback issuer: jwksUrl must be https');
  let pausedUntil = 0;
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: 3000,
    // Tokens with made-up key names must not make us ask the issuer again and again.
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
    [customFetch]: async (target, options) => {
      const startedAt = performance.now();
      if (startedAt < pausedUntil) throw new Error('the issuer failed a moment ago');
      pausedUntil = startedAt + failurePauseMs;
      const answer = await request(target, {
        signal: options.signal,
        headers: { accept: 'application/json' },
        ...(dispatcher === undefined ? {} : { dispatcher }),
      });
      const body = await readBounded(answer.body, 256 * 1024);
      if (answer.statusCode === 200) pausedUntil = 0;
      return new Response(new Uint8Array(body), { status: answer.statusCode === 200 ? 200 : 502 });
    },
  });
  return async (token, nowMs) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms,
        issuer: named.issuer,
        audience: typeof named.audience === 'string' ? named.audience : [...named.audience],
        requiredClaims: ['exp'],
        clockTolerance: toleranceSeconds,
        currentDate: new Date(nowMs),
      });
      return { untilMs: Math.min(endOf(payload), nowMs + foreignMemoryMs) };
    } catch (error) {
      return { reason: refusal(error) };
    }
  };
}

function endOf(payload: JWTPayload): number {
  return ((payload.exp ?? 0) + toleranceSeconds) * 1000;
}

function refusal(error: unknown): CallbackRefusal {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'malformed';
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported
  ) {
    return 'wrong';
  }
  return 'unavailable';
}
