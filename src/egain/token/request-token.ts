import { clientCredentialsGrant, Configuration, customFetch, type CustomFetch } from 'openid-client';
import { request, type Dispatcher } from 'undici';
import { readBounded } from '../bounded-body.js';
import { EgainError } from '../errors.js';
import { isAcceptableUrl } from '../loopback.js';
import { clientAuthentication, type TokenCredentials } from './credentials.js';
import { tokenFailure } from './failure.js';

export interface TokenEndpoint {
  /** The tenant's own URL, from the Metadata panel of its client application [doc: metadata]. */
  readonly url: string;
  readonly clientId: string;
  readonly credentials: TokenCredentials;
  /** Space-separated scopes or the `.default` form [doc: client-credentials-flow]. */
  readonly scope?: string;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Life of a token whose answer has no usable `expires_in`, in milliseconds. */
  readonly fallbackLifeMs: number;
  readonly dispatcher?: Dispatcher;
  /** Allows plain http beyond loopback. */
  readonly allowHttp?: boolean;
  /** Milliseconds since 1970, to read dates in answers. */
  readonly now?: () => number;
}

export interface IssuedToken {
  readonly token: string;
  readonly lifeMs: number;
}

/** More than any token answer needs, less than what could hurt. */
const maxAnswerBytes = 256 * 1024;
const maxLifeMs = 24 * 3_600_000;

/** Makes the function that asks the endpoint once; every failure is an `EgainError` of kind `token`. */
export function createTokenRequest(endpoint: TokenEndpoint): (signal: AbortSignal) => Promise<IssuedToken> {
  const url = URL.canParse(endpoint.url) ? new URL(endpoint.url) : undefined;
  if (url === undefined || !isAcceptableUrl(url, endpoint.allowHttp)) {
    throw new EgainError('token endpoint: the URL must be https (plain http only on loopback)', {
      kind: 'token',
      retryable: false,
    });
  }
  return async (signal) => {
    let answered: number | undefined;
    try {
      const config = await configure(endpoint, url);
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(endpoint.timeoutMs)]);
      config[customFetch] = exchange(url, endpoint.dispatcher, deadline, (status) => (answered = status));
      const parameters = endpoint.scope === undefined ? {} : { scope: endpoint.scope };
      return readIssued(await clientCredentialsGrant(config, parameters), endpoint.fallbackLifeMs);
    } catch (error) {
      throw tokenFailure(error, endpoint.credentials, (endpoint.now ?? Date.now)(), answered);
    }
  };
}

/** No discovery: eGain's token URL is tenant-specific and nothing says that a metadata document exists. */
async function configure(endpoint: TokenEndpoint, url: URL): Promise<Configuration> {
  // The library knows only "https or anything goes" (and has that deprecated), while plain http is decided above, by
  // host. So it is shown an https address, and the exchange goes to the real one.
  const shown = new URL(url);
  shown.protocol = 'https:';
  const config = new Configuration(
    { issuer: url.href, token_endpoint: shown.href },
    endpoint.clientId,
    undefined,
    await clientAuthentication(endpoint.credentials),
  );
  config.timeout = undefined;
  return config;
}

/** Bounded in time and size, and tolerant: only `access_token` is established for eGain, `token_type` is not [assumed]. */
function exchange(
  url: URL,
  dispatcher: Dispatcher | undefined,
  signal: AbortSignal,
  onStatus: (status: number) => void,
): CustomFetch {
  return async (_shown, options) => {
    const answer = await request(url, {
      method: 'POST',
      headers: options.headers,
      body: options.body instanceof URLSearchParams ? options.body.toString() : null,
      signal,
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    onStatus(answer.statusCode);
    const body = await readBounded(answer.body, maxAnswerBytes);
    const headers = new Headers({ 'content-type': String(answer.headers['content-type'] ?? '') });
    for (const name of ['retry-after', 'date']) {
      const value = answer.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    if (answer.statusCode !== 200) {
      return new Response(new Uint8Array(body), { status: readableStatus(answer.statusCode), headers });
    }
    headers.set('content-type', 'application/json');
    return new Response(essentials(body.toString('utf8')), { status: 200, headers });
  };
}

/** `Response` refuses a body with 204, 205 and 304; none of them is a token either. */
function readableStatus(status: number): number {
  return status >= 200 && status < 400 ? 400 : status;
}

function essentials(text: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error('the answer is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null) throw new Error('the answer is not a JSON object');
  const { access_token, token_type, expires_in } = parsed as Record<string, unknown>;
  if (typeof access_token !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(access_token)) {
    throw new Error('access_token is missing or not a usable text');
  }
  if (token_type !== undefined && (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer')) {
    throw new Error('token_type is not Bearer');
  }
  const seconds = typeof expires_in === 'string' ? Number.parseFloat(expires_in) : expires_in;
  const known = typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0;
  return JSON.stringify({ access_token, token_type: 'bearer', ...(known ? { expires_in: seconds } : {}) });
}

function readIssued(
  answer: { access_token: string; expires_in?: number },
  fallbackLifeMs: number,
): IssuedToken {
  const lifeMs = answer.expires_in === undefined ? fallbackLifeMs : answer.expires_in * 1000;
  return { token: answer.access_token, lifeMs: Math.min(lifeMs, maxLifeMs) };
}
