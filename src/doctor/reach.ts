import { request, type Dispatcher } from 'undici';

/** An address was tried: any HTTP answer at all means that the way there is open. */
export interface Reached {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** By the answer's `Date`, milliseconds since 1970. */
  readonly timeMs: number | undefined;
}

/** One request without a body. @throws what the connection throws. */
export async function reach(
  url: string,
  options: {
    readonly method: 'GET' | 'HEAD' | 'POST';
    readonly dispatcher: Dispatcher;
    readonly timeoutMs: number;
  },
): Promise<Reached> {
  const { method, dispatcher, timeoutMs } = options;
  const answer = await request(url, { method, dispatcher, signal: AbortSignal.timeout(timeoutMs) });
  await answer.body.dump();
  const { date } = answer.headers;
  const time = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return {
    status: answer.statusCode,
    headers: answer.headers,
    timeMs: Number.isNaN(time) ? undefined : time,
  };
}
