/** One POST to a callback. */
import { type Dispatcher, request } from 'undici';
import type { Target } from './target.js';
import { type WireAnswer, wireAnswer } from './wire-log.js';

export type AttemptResult = (
  | { readonly ok: true; readonly status: number }
  | { readonly ok: false; readonly status?: number; readonly error: string }
) & {
  /** The headers of the request, when there was one. */
  readonly sent?: Readonly<Record<string, string>>;
  readonly answer?: WireAnswer;
};

export interface AttemptOptions {
  readonly dispatcher: Dispatcher;
  readonly deadlineMs: number;
  readonly authorization?: string;
  readonly signal: AbortSignal;
}

/** Any 2xx is success; the answer's body decides nothing [wild: DM bridge]. */
export async function attempt(target: Target, body: string, options: AttemptOptions): Promise<AttemptResult> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const { name, value } of target.headers) headers[name.toLowerCase()] = value;
  if (options.authorization !== undefined) headers['authorization'] = options.authorization;
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new Error(`no answer within ${options.deadlineMs} ms`)),
    options.deadlineMs,
  );
  const stop = (): void => deadline.abort(options.signal.reason);
  options.signal.addEventListener('abort', stop, { once: true });
  if (options.signal.aborted) stop();
  try {
    const answer = await request(target.url, {
      dispatcher: options.dispatcher,
      method: 'POST',
      headers,
      body,
      signal: deadline.signal,
    });
    const status = answer.statusCode;
    const wire = { sent: headers, answer: wireAnswer(status, answer.headers, await answer.body.text()) };
    return status >= 200 && status < 300
      ? { ok: true, status, ...wire }
      : { ok: false, status, error: `answered ${status}`, ...wire };
  } catch (cause) {
    return { ok: false, error: cause instanceof Error ? cause.message : String(cause), sent: headers };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', stop);
  }
}
