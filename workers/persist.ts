import { setTimeout as sleep } from 'node:timers/promises';

/** Through how long an outage of Redis an outcome is kept in hand, in milliseconds. */
const defaultPatienceMs = 60_000;

/**
 * Writes to Redis what must not be forgotten because it has happened already outside (a delivery), through an outage if
 * need be: an answer that cannot be written down means that the message goes out again. Repeating is safe, every write
 * is fenced and idempotent.
 * @throws the last error when Redis stays away for `patienceMs`, or when `signal` fires.
 */
export async function persist<T>(
  write: () => Promise<T>,
  options: { readonly patienceMs?: number; readonly signal: AbortSignal; readonly now: () => number },
): Promise<T> {
  const giveUpAt = options.now() + (options.patienceMs ?? defaultPatienceMs);
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    try {
      return await write();
    } catch (error) {
      if (options.signal.aborted || options.now() > giveUpAt) throw error;
      await sleep(pauseMs);
    }
  }
}
