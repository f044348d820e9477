import { run } from './run.mjs';

/** @returns {Promise<string[] | undefined>} the words before a command, none for root itself; undefined = no way */
export async function howToBecomeRoot() {
  if (process.getuid?.() === 0) return [];
  return (await run('sudo', ['-n', 'true'])).ok ? ['sudo', '-n'] : undefined;
}
