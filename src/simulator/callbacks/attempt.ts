/** One POST to a callback. */
import { type Dispatcher, request } from 'undici';
import type { Target } from './target.js';

export type AttemptResult =
  | { readonly ok: true; readonly status: number }
  | { readonly ok: false; readonly status?: number; readonly error: string };

export interface AttemptOptions {
  readonly dispatcher: Dispatcher;
  readonly deadlineMs: number;
  readonly authorization?: string;
  readonly signal: AbortSignal;
}

/** Any 2xx is success; the answer's body is read and not looked at [wild: DM bridge]. */
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
    await answer.body.dump();
    const status = answer.statusCode;
    return status >= 200 && status < 300
      ? { ok: true, status }
      : { ok: false, status, error: `answered ${status}` };
  } catch (cause) {
    return { ok: false, error: cause instanceof Error ? cause.message : String(cause) };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', stop);
  }
}
