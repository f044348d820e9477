/** Reading the files a configuration consists of. */
import { readFileSync } from 'node:fs';

export const readText = (path: string): string => readFileSync(path, 'utf8');

const reasons: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'it may not be read by this user'],
  ['EISDIR', 'it is a folder'],
]);

/** Why a file could not be read, in words that follow its name. */
export function whyUnreadable(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return reasons.get(code) ?? `it cannot be read${typeof code === 'string' ? ` (${code})` : ''}`;
}
