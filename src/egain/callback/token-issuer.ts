import type { IncomingHttpHeaders } from 'node:http';
import { SignJWT } from 'jose';
import { createCredentialCheck, readBasic, type CredentialPair } from './credential-check.js';
import {
  longestLifeSeconds,
  ownAlgorithm,
  ownAudience,
  ownIssuer,
  signingKeys,
  type SigningSecret,
} from './signing-keys.js';

export interface TokenIssuerOptions {
  /** Who may ask; two during a rotation. */
  readonly clients: readonly { readonly id: string; readonly secret: string }[];
  /** The same secrets as the authenticator's `token` method; the first one signs. */
  readonly keys: readonly SigningSecret[];
  /** At most and by default an hour. */
  readonly lifeSeconds?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface TokenIssuerAnswer {
  readonly status: 200 | 400 | 401;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string | number>>;
}

export type TokenIssuer = (headers: IncomingHttpHeaders, body: string) => Promise<TokenIssuerAnswer>;

interface Asked {
  readonly grantType: string | undefined;
  /** The readings of the credentials given: a Basic header is form-encoded by the book and plain in practice. */
  readonly client: readonly CredentialPair[];
  readonly problem?: string;
}

/**
 * The work of `POST /egain/token`. eGain's recipe is free-form (URL, headers, body as text, JSONPath to the token)
 * [doc: getallauthentication.md], so form and JSON bodies are taken, with either spelling of the names, and the answer
 * holds the token under both names that such a path may point to.
 */
export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const [signing] = signingKeys(options.keys);
  if (signing === undefined || options.clients.length === 0)
    throw new Error('token issuer: no client or key');
  const lifeSeconds = Math.min(options.lifeSeconds ?? longestLifeSeconds, longestLifeSeconds);
  const now = options.now ?? Date.now;
  const matches = createCredentialCheck(options.clients.map(({ id, secret }) => ({ name: id, secret })));

  return async (headers, body) => {
    const asked = readRequest(headers, body);
    if (asked.problem !== undefined) return oauthError(400, 'invalid_request', asked.problem);
    if (asked.grantType !== 'client_credentials') return oauthError(400, 'unsupported_grant_type');
    const client = asked.client.find((pair) => matches(pair.name, pair.secret));
    if (client === undefined) return oauthError(401, 'invalid_client');
    const issuedAt = Math.floor(now() / 1000);
    const token = await new SignJWT()
      .setProtectedHeader({ alg: ownAlgorithm, kid: signing.kid, typ: 'JWT' })
      .setIssuer(ownIssuer)
      .setAudience(ownAudience)
      .setSubject(client.name)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifeSeconds)
      .sign(signing.key);
    return {
      status: 200,
      headers: uncached,
      body: { access_token: token, accessToken: token, token_type: 'Bearer', expires_in: lifeSeconds },
    };
  };
}

const uncached = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;

/** RFC 6749, section 5.2. */
function oauthError(status: 400 | 401, error: string, description?: string): TokenIssuerAnswer {
  return {
    status,
    headers: status === 401 ? { ...uncached, 'www-authenticate': 'Basic realm="egain-token"' } : uncached,
    body: { error, ...(description === undefined ? {} : { error_description: description }) },
  };
}

function readRequest(headers: IncomingHttpHeaders, body: string): Asked {
  const isJson = /^\s*application\/([\w.+-]*\+)?json\b/i.test(headers['content-type'] ?? '');
  const fields = isJson ? jsonFields(body) : formFields(body);
  if (typeof fields === 'string') return refused(fields);
  const grantType =
    fields.get('grant_type') ?? fields.get('grantType') ?? (isJson ? 'client_credentials' : undefined);
  if (grantType === undefined) return refused('grant_type is missing');
  const id = fields.get('client_id') ?? fields.get('clientId');
  const secret = fields.get('client_secret') ?? fields.get('clientSecret');
  const [, basic] = /^\s*basic +(\S+)\s*$/i.exec(headers.authorization ?? '') ?? [];
  if (basic !== undefined && secret !== undefined) return refused('the client authenticated in two ways');
  if (basic !== undefined) return { grantType, client: readings(readBasic(basic)) };
  return { grantType, client: id === undefined || secret === undefined ? [] : [{ name: id, secret }] };
}

function refused(problem: string): Asked {
  return { grantType: undefined, client: [], problem };
}

/** RFC 6749, section 2.3.1, asks for form-encoded halves; many clients send them plain. */
function readings(pair: CredentialPair | undefined): readonly CredentialPair[] {
  if (pair === undefined) return [];
  const decode = (text: string): string =>
    new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? '';
  return [pair, { name: decode(pair.name), secret: decode(pair.secret) }];
}

function formFields(body: string): Map<string, string> | string {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (fields.has(name)) return 'a parameter is given twice';
    fields.set(name, value);
  }
  return fields;
}

function jsonFields(body: string): Map<string, string> | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'the body is not JSON';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return 'the body is not a JSON object';
  return new Map(
    Object.entries(parsed).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}
