import type { FileStore } from '../files/file-store.js';

const hourMs = 3_600_000;

/** Empties the store of what is too old, now and every hour; any number of processes may. Gives what ends it. */
export function sweepFiles(
  store: FileStore | undefined,
  keepMs: number,
  onError: (error: unknown) => void,
): () => void {
  if (store === undefined) return () => undefined;
  const sweep = (): void => void store.sweep(Date.now() - keepMs).catch(onError);
  sweep();
  const timer = setInterval(sweep, hourMs);
  timer.unref();
  return () => clearInterval(timer);
}
