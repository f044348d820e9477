import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { Arrivals } from './arrivals.js';
import { readBody } from './body.js';
import { callerAddress, type FailureThrottle } from './caller.js';
import { requireMethod, type Handler } from './handler.js';
import { Refusal, sendJson } from './reply.js';

export interface TokenReply {
  readonly status: 200 | 400 | 401;
  readonly body: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Token requests are tiny; more is not one. */
const maxTokenBody = 16 * 1024;
/** eGain's recipe holds the body as a text and its headers apart, so the type may be missing or a plain text's. */
const tokenTypes =
  /^(?:application\/(?:x-www-form-urlencoded|(?:[\w.+-]+\+)?json)|text\/plain)\s*(?:;|$)|^$/i;

/** Our token endpoint for eGain's `oauth2` callback authentication [doc: createauthentication.md]. */
export function egainToken(parts: {
  readonly issue: (headers: IncomingHttpHeaders, body: string) => Promise<TokenReply>;
  readonly throttle: FailureThrottle;
  readonly arrivals: Arrivals;
  readonly trustProxy: number;
}): Handler {
  const { issue, throttle, arrivals, trustProxy } = parts;
  return async (request, response) => {
    requireMethod(request, 'POST');
    const address = callerAddress(request, trustProxy);
    await throttle.check(address);
    const body = await readBody(request, {
      limit: maxTokenBody,
      types: tokenTypes,
      expected: 'application/x-www-form-urlencoded or application/json',
      arrivals,
    });
    if (!isUtf8(body)) throw new Refusal('malformed', 'body: expected UTF-8', {}, { fields: invalidRequest });
    const reply = await issue(request.headers, body.toString('utf8'));
    if (reply.status === 401) await throttle.failed(address);
    if (reply.status !== 200) throw refusalOf(reply);
    sendJson(response, 200, JSON.stringify(reply.body), reply.headers);
  };
}

const invalidRequest = { error: 'invalid_request' } as const;

/** RFC 6749, section 5.2, names the answer's fields `error` and `error_description`; ours stand beside them. */
function refusalOf({ status, body, headers }: TokenReply): Refusal {
  const { error, error_description: description } = body;
  const fields = {
    error: String(error),
    ...(description === undefined ? {} : { error_description: String(description) }),
  };
  return status === 401
    ? new Refusal(
        'unauthenticated',
        'authorization: expected a client id and its secret, as a Basic header or as client_id and client_secret',
        headers,
        { fields },
      )
    : new Refusal(
        'malformed',
        `body: ${String(description ?? 'expected grant_type client_credentials')}`,
        headers,
        {
          fields,
        },
      );
}
