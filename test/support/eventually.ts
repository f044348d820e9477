import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Generous on purpose: it only bounds a failing test. Default 10,000 ms. */
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** What was waited for, for the failure's message. */
  readonly what?: string;
}

/**
 * Asks again and again until `probe` answers with something truthy, and hands that on. A probe that throws has not
 * answered yet; when time is up its last error is the cause.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (isTruthy(answer)) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= deadline) {
      const what = options.what ?? probe.toString();
      throw new Error(`Not within ${timeoutMs} ms: ${what}`, { cause });
    }
    await sleep(options.everyMs ?? 20);
  }
}

function isTruthy<T>(value: T): value is Exclude<T, false | null | undefined | 0 | ''> {
  return Boolean(value);
}
