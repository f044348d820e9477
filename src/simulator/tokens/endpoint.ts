/** The token endpoint: OAuth 2 client credentials, errors by RFC 6749 section 5.2. */
import { timingSafeEqual } from 'node:crypto';
import type { Answer } from '../http/answer.js';
import { type ApiClient, bareScope, type Tokens } from './tokens.js';

const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' };

function failure(status: 400 | 401, error: string, description: string, basic = false): Answer {
  const headers = basic ? { ...noStore, 'www-authenticate': 'Basic realm="simulator"' } : noStore;
  return { status, headers, body: { error, error_description: description } };
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

interface Credentials {
  readonly id: string;
  readonly secret: string;
  readonly basic: boolean;
}

/** From the form (as documented) or from a Basic header, whose parts are form-encoded by RFC 6749 2.3.1. */
function credentials(form: URLSearchParams, authorization: string | undefined): Credentials | undefined {
  const encoded = /^basic +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (encoded !== undefined) {
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon === -1) return undefined;
    const decode = (part: string): string => new URLSearchParams(`v=${part}`).get('v') ?? '';
    return { id: decode(text.slice(0, colon)), secret: decode(text.slice(colon + 1)), basic: true };
  }
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  return id === null || secret === null ? undefined : { id, secret, basic: false };
}

/** What of `scope` the client may have; undefined when it asks for more than it was granted. */
function granted(scope: string, client: ApiClient): readonly string[] | undefined {
  const own = client.scopes.map(bareScope);
  const wanted = scope.split(' ').filter((part) => part !== '');
  if (wanted.some((part) => part === '.default' || part.endsWith('/.default'))) return own;
  const bare = wanted.map(bareScope);
  return bare.every((part) => own.includes(part)) ? bare : undefined;
}

export interface TokenCall {
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly raw: Buffer;
  readonly tellsExpiry: boolean;
}

export function answerTokenCall(
  call: TokenCall,
  clients: readonly ApiClient[],
  tokens: Tokens,
): { readonly answer: Answer; readonly clientId?: string } {
  if (!/^application\/x-www-form-urlencoded\b/i.test(call.contentType ?? ''))
    return { answer: failure(400, 'invalid_request', 'The body must be application/x-www-form-urlencoded') };
  const form = new URLSearchParams(call.raw.toString('utf8'));
  const grantType = form.get('grant_type');
  if (grantType === null) return { answer: failure(400, 'invalid_request', 'grant_type is missing') };
  if (grantType !== 'client_credentials')
    return { answer: failure(400, 'unsupported_grant_type', 'Only client_credentials is supported') };
  const given = credentials(form, call.authorization);
  if (given === undefined)
    return { answer: failure(401, 'invalid_client', 'Client credentials are missing') };
  const client = clients.find((candidate) => candidate.id === given.id);
  if (client === undefined || !sameText(client.secret, given.secret))
    return { answer: failure(401, 'invalid_client', 'Client id or secret is wrong', given.basic) };
  const scope = form.get('scope');
  const clientId = client.id;
  if (scope === null) return { answer: failure(400, 'invalid_request', 'scope is missing'), clientId };
  const scopes = granted(scope, client);
  if (scopes === undefined)
    return { answer: failure(400, 'invalid_scope', 'The client was not granted this scope'), clientId };
  const { token, lifeSeconds } = tokens.issue(client.id, scopes);
  const body = {
    access_token: token,
    token_type: 'Bearer',
    ...(call.tellsExpiry ? { expires_in: lifeSeconds } : {}),
  };
  return { answer: { status: 200, headers: noStore, body }, clientId };
}
