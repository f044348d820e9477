import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { namedIssuerCheck, ownTokenCheck, type BearerCheck, type NamedIssuer } from './bearer.js';
import { createCredentialCheck, readBasic } from './credential-check.js';
import type { SigningSecret } from './signing-keys.js';
import type { CallbackRefusal, CallbackVerdict } from './verdict.js';

/** How eGain may prove itself [doc: createauthentication.md]. `token`: a Bearer from our own token endpoint. */
export type CallbackMethod =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'token'; readonly keys: readonly SigningSecret[] }
  | ({ readonly type: 'issuer' } & NamedIssuer);

export interface CallbackAuthenticatorOptions {
  /** Exactly these are accepted; two during a rotation. */
  readonly methods: readonly CallbackMethod[];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** For the keys of named issuers. */
  readonly dispatcher?: Dispatcher;
}

export type CallbackAuthenticator = (
  headers: IncomingHttpHeaders,
) => CallbackVerdict | Promise<CallbackVerdict>;

/** Beyond it a header is an attempt to make us work, not a token. */
const longestHeader = 8192;
const rememberedHeaders = 1000;

/** Answers at once for Basic and for headers seen before; a token's first sight takes a promise. Never throws. */
export function createCallbackAuthenticator(options: CallbackAuthenticatorOptions): CallbackAuthenticator {
  const now = options.now ?? Date.now;
  const pairs = options.methods.flatMap((method) =>
    method.type === 'basic' ? [{ name: method.username, secret: method.password }] : [],
  );
  const checks = options.methods.flatMap((method): BearerCheck[] => {
    if (method.type === 'token') return [ownTokenCheck(method.keys)];
    return method.type === 'issuer' ? [namedIssuerCheck(method, options.dispatcher)] : [];
  });
  if (options.methods.length === 0) throw new Error('callback authentication: at least one method is needed');
  const matches = createCredentialCheck(pairs);
  const known = new Map<string, number>();

  const refuse = (reason: CallbackRefusal): CallbackVerdict => ({
    ok: false,
    reason,
    wwwAuthenticate: [
      ...(pairs.length === 0 ? [] : ['Basic realm="egain-callback", charset="UTF-8"']),
      ...(checks.length === 0 ? [] : [bearerChallenge(reason)]),
    ].join(', '),
  });

  const basic = (credentials: string, digest: string): CallbackVerdict => {
    const pair = readBasic(credentials);
    if (pair === undefined) return refuse('malformed');
    return matches(pair.name, pair.secret) ? remember(digest, Infinity) : refuse('wrong');
  };

  const remember = (digest: string, until: number): CallbackVerdict => {
    const [oldest] = known.keys();
    if (known.size >= rememberedHeaders && oldest !== undefined) known.delete(oldest);
    known.set(digest, until);
    return accepted;
  };

  const bearer = async (token: string, digest: string): Promise<CallbackVerdict> => {
    const reasons: CallbackRefusal[] = [];
    for (const check of checks) {
      const result = await check(token, now());
      if ('untilMs' in result) return remember(digest, result.untilMs);
      reasons.push(result.reason);
    }
    return refuse(telling.find((reason) => reasons.includes(reason)) ?? 'wrong');
  };

  return (headers) => {
    const header = headers.authorization;
    if (header === undefined || header.trim() === '') return refuse('missing');
    if (header.length > longestHeader) return refuse('malformed');
    // Kept and looked up as a digest: how long that takes says nothing about a header that is accepted.
    const digest = hash('sha256', header, 'base64');
    const until = known.get(digest);
    if (until !== undefined) {
      if (now() < until) return accepted;
      known.delete(digest);
    }
    const [, scheme, credentials] = headerForm.exec(header) ?? [];
    if (scheme === undefined || credentials === undefined) return refuse('malformed');
    if (scheme.toLowerCase() === 'basic' && pairs.length > 0) return basic(credentials, digest);
    if (scheme.toLowerCase() === 'bearer' && checks.length > 0) return bearer(credentials, digest);
    return refuse('wrong');
  };
}

const accepted: CallbackVerdict = { ok: true };
/** One space is the rule; two were seen in a program that talks to eGain [wild: DM bridge]. */
const headerForm = /^\s*([A-Za-z]+) +([A-Za-z0-9._~+/=-]+)\s*$/;
/** When several methods refuse, the one that says most. */
const telling = ['expired', 'unavailable', 'wrong', 'malformed'] as const;

function bearerChallenge(reason: CallbackRefusal): string {
  return reason === 'missing'
    ? 'Bearer realm="egain-callback"'
    : 'Bearer realm="egain-callback", error="invalid_token"';
}
