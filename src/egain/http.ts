import type { Dispatcher } from 'undici';
import { errorFromAnswer } from './error-answer.js';
import { EgainError } from './errors.js';
import { exchange, type RawAnswer } from './exchange.js';
import { isAcceptableUrl } from './loopback.js';
import type { AnswerHeaders } from './retry-after.js';
import type { TokenSource } from './token/token-source.js';

export interface EgainTransportOptions {
  /** Base of all paths, e.g. `https://api.egain.cloud/conversation/conversationmgr/v3`; the host differs by tenant [seed, wild]. */
  readonly apiUrl: string;
  readonly token: TokenSource;
  /** A shared undici Pool or Agent; its `connect.timeout` and number of connections are the caller's. */
  readonly dispatcher: Dispatcher;
  /** For one exchange from start to end, in milliseconds. */
  readonly timeoutMs: number;
  /** Sent as `Accept-Language` where given; a wrong value can cause 406 [doc: operation/fetchConversation]. */
  readonly acceptLanguage?: string;
  /** Milliseconds since 1970, to read dates in answers. */
  readonly now?: () => number;
  readonly maxAnswerBytes?: number;
  /** Allows plain http beyond loopback. */
  readonly allowHttp?: boolean;
}

export interface EgainCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Begins with `/`, relative to `apiUrl`; ids in it are already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export interface EgainAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Parsed JSON; undefined when the answer has no body. */
  readonly body: unknown;
}

export interface EgainTransport {
  /** Gives any 2xx answer; everything else is an `EgainError`. `operation` names the call in errors. */
  request(operation: string, call: EgainCall): Promise<EgainAnswer>;
}

/** So that both sides' logs tell our calls from others'. */
const userAgent = 'egain-channel-bridge';

/** The one way to eGain's API. A 401 renews the token once and repeats once (I8); nothing else is repeated here. */
export function createEgainTransport(options: EgainTransportOptions): EgainTransport {
  const url = URL.canParse(options.apiUrl) ? new URL(options.apiUrl) : undefined;
  if (url === undefined || !isAcceptableUrl(url, options.allowHttp)) {
    throw new EgainError('apiUrl must be https (plain http only on loopback)', {
      kind: 'invalid-request',
      retryable: false,
    });
  }
  const { origin } = url;
  const base = url.pathname.replace(/(?<!\/)\/+$/, '');
  const now = options.now ?? Date.now;
  const { dispatcher, timeoutMs, maxAnswerBytes = 8 * 1024 * 1024 } = options;
  const language = options.acceptLanguage === undefined ? {} : { 'accept-language': options.acceptLanguage };

  const once = (operation: string, call: EgainCall, path: string, body: string | null, token: string) =>
    exchange(
      dispatcher,
      {
        operation,
        origin,
        method: call.method,
        path,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          'user-agent': userAgent,
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          ...language,
        },
        body,
      },
      { timeoutMs, maxAnswerBytes, signal: call.signal },
    );

  return {
    request: async (operation, call) => {
      const path = base + call.path + queryText(call.query);
      const body = call.body === undefined ? null : JSON.stringify(call.body);
      const token = await options.token.get();
      let answer = await once(operation, call, path, body, token);
      if (answer.status === 401) {
        await options.token.rejected(token);
        const renewed = await options.token.get();
        // The same token again means that it is too early for another renewal: a repeat could only fail alike.
        if (renewed !== token) answer = await once(operation, call, path, body, renewed);
      }
      if (answer.status < 200 || answer.status > 299) {
        throw errorFromAnswer({ operation, ...answer, now: now() });
      }
      return { status: answer.status, headers: answer.headers, body: parse(operation, answer) };
    },
  };
}

function parse(operation: string, answer: RawAnswer): unknown {
  if (answer.text.trim() === '') return undefined;
  try {
    return JSON.parse(answer.text) as unknown;
  } catch {
    throw new EgainError(`${operation}: answered ${answer.status}, but not with JSON`, {
      kind: 'not-egain',
      status: answer.status,
      retryable: true,
    });
  }
}

function queryText(query: EgainCall['query']): string {
  if (query === undefined) return '';
  // `$` is legal in a query and is how the siblings' parameters are written; URLSearchParams would escape it.
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name).replace('%24', '$')}=${encodeURIComponent(value)}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
