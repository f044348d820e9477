import type { Dispatcher } from 'undici';
import { EgainError } from './errors.js';
import type { AnswerHeaders } from './retry-after.js';

export interface OutgoingRequest {
  /** For messages only, e.g. `sendMessage`. */
  readonly operation: string;
  readonly origin: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface ExchangeLimits {
  /** For everything: waiting for a connection, connecting, answer and body. Milliseconds. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly text: string;
}

/**
 * One request, one answer. Works on undici's dispatch interface because only there can be seen whether a request was
 * handed to a connection: before that it certainly did not leave (`network-unsent`), after that nobody knows
 * (`network-uncertain`).
 */
export function exchange(
  dispatcher: Dispatcher,
  request: OutgoingRequest,
  limits: ExchangeLimits,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(request.operation, limits, resolve, reject);
    if (handler.over) return;
    const { origin, path, method, headers, body } = request;
    dispatcher.dispatch(
      // The handler's own clock covers the whole exchange; undici's two would only start late and restart often.
      { origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 },
      handler,
    );
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  over = false;
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private headers: AnswerHeaders = {};
  private size = 0;
  private readonly chunks: Buffer[] = [];
  private readonly operation: string;
  private readonly limits: ExchangeLimits;
  private readonly resolve: (answer: RawAnswer) => void;
  private readonly reject: (error: EgainError) => void;
  private readonly timer: NodeJS.Timeout;

  constructor(
    operation: string,
    limits: ExchangeLimits,
    resolve: (answer: RawAnswer) => void,
    reject: (error: EgainError) => void,
  ) {
    this.operation = operation;
    this.limits = limits;
    this.resolve = resolve;
    this.reject = reject;
    // A process that was frozen, or got no CPU, wakes up to its timers first: an answer that came meanwhile is read in
    // the turn between the two, and must win, or the message goes out again for nothing.
    this.timer = setTimeout(
      () => setImmediate(() => this.giveUp(`no answer within ${limits.timeoutMs} ms`)),
      limits.timeoutMs,
    );
    limits.signal?.addEventListener('abort', this.onAbort);
    if (limits.signal?.aborted === true) this.giveUp('given up by the caller');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // Its time was over while it waited for a connection: it must not leave now.
    if (this.over) controller.abort(new Error('given up'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > this.limits.maxAnswerBytes) {
      this.giveUp(`answer larger than ${this.limits.maxAnswerBytes} bytes`);
    } else {
      this.chunks.push(chunk);
    }
  }

  onResponseEnd(): void {
    this.finish(() => this.resolve(this.answer()));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(describe(error), error);
  }

  private readonly onAbort = (): void => this.giveUp('given up by the caller');

  private giveUp(why: string): void {
    if (this.over) return;
    const cause = new Error(why);
    this.fail(why, cause);
    this.controller?.abort(cause);
  }

  private fail(why: string, cause: Error): void {
    this.finish(() => {
      // A refusal whose body broke off is still a refusal; what is missing is only its explanation.
      if (this.status >= 400) this.resolve(this.answer());
      else this.reject(this.failure(why, cause));
    });
  }

  private failure(why: string, cause: Error): EgainError {
    const written = this.controller !== undefined;
    return new EgainError(`${this.operation}: ${written ? 'sent, but ' : 'not sent: '}${why}`, {
      kind: written ? 'network-uncertain' : 'network-unsent',
      status: this.status === 0 ? undefined : this.status,
      retryable: true,
      cause,
    });
  }

  private answer(): RawAnswer {
    const [only] = this.chunks;
    const whole = only !== undefined && this.chunks.length === 1 ? only : Buffer.concat(this.chunks);
    return { status: this.status, headers: this.headers, text: whole.toString('utf8') };
  }

  private finish(settle: () => void): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    this.limits.signal?.removeEventListener('abort', this.onAbort);
    settle();
  }
}

function describe(error: Error): string {
  // Several addresses were tried: the sum has no message of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const shown = first instanceof Error ? first : error;
  const code = 'code' in shown && typeof shown.code === 'string' ? shown.code : shown.name;
  return shown.message.includes(code) ? shown.message : `${shown.message} (${code})`;
}
