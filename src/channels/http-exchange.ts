/** One HTTP request, told apart by how far it got: what an adapter needs to know to name its `SendResult`. */
import type { Dispatcher } from 'undici';

export interface ExchangeRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** For everything from waiting for a connection to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * - `answered`: status and headers came; the body is what came of it, up to a cap. - `not-sent`: not a byte of the
 * request was written. - `unanswered`: it was written, at least in part, and no status came back.
 */
export type Exchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly header: (name: string) => string | undefined;
      readonly body: Buffer;
    }
  | { readonly kind: 'not-sent'; readonly cause: string }
  | { readonly kind: 'unanswered'; readonly cause: string };

/** Answers of channels are short; of a longer one the rest is not worth reading. */
const longestAnswer = 64 * 1024;

/** The code of a network error (`ECONNREFUSED`, `UND_ERR_SOCKET`), never its message, which may hold an address. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown error';
}

/** The bytes of all chunks; an answer in one piece is not copied. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}

/**
 * Carries out exactly one request: redirects are not followed, nothing is tried twice. Never throws and always settles
 * within `timeoutMs`; when it gives up, the request is aborted.
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<Exchange> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let answer:
      | { readonly status: number; readonly headers: Readonly<Record<string, string | string[] | undefined>> }
      | undefined;
    let settled = false;
    let received = 0;
    const chunks: Buffer[] = [];

    const settle = (failure: string): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      if (answer !== undefined) {
        const { status, headers } = answer;
        const header = (name: string): string | undefined => [headers[name]].flat()[0];
        resolve({ kind: 'answered', status, header, body: joined(chunks) });
      } else {
        resolve({ kind: controller === undefined ? 'not-sent' : 'unanswered', cause: failure });
      }
    };
    const giveUp = (why: string): void => {
      if (settled) return;
      settle(why);
      controller?.abort(new Error(why));
    };
    const onAbort = (): void => giveUp('aborted');
    // A process that was frozen, or got no CPU, wakes up to its timers first: an answer that came meanwhile is read in
    // the turn between the two, and must win, or the message goes out again for nothing.
    const timer = setTimeout(() => setImmediate(giveUp, 'timeout'), request.timeoutMs);
    if (request.signal?.aborted === true) {
      settle('aborted');
      return;
    }
    request.signal?.addEventListener('abort', onAbort, { once: true });

    try {
      dispatcher.dispatch(
        {
          origin: request.url.origin,
          path: request.url.pathname + request.url.search,
          method: request.method,
          headers: { ...request.headers },
          body: request.body ?? null,
          // The clock above covers everything; undici's two would only start late and restart often.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        {
          onRequestStart(started) {
            // Given up while it waited for a connection: it must not be written any more.
            if (settled) started.abort(new Error('given up'));
            else controller = started;
          },
          onResponseStart(_controller, status, headers) {
            if (status >= 200) answer = { status, headers };
          },
          onResponseData(current, chunk) {
            received += chunk.length;
            if (received <= longestAnswer) chunks.push(chunk);
            else {
              settle('answer too long');
              current.abort(new Error('answer too long'));
            }
          },
          onResponseEnd() {
            settle('no answer');
          },
          onResponseError(_controller, error) {
            settle(codeOf(error));
          },
        },
      );
    } catch (error) {
      settle(codeOf(error));
    }
  });
}
