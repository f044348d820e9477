import { join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
/** Where the tests and what they test lie as plain modules, in the same folders as their sources. */
export const compiledRoot = join(root, '.setup/tests');

/** Where the plain module of a source lies. */
export function compiledPath(source) {
  return join(compiledRoot, relative(root, source)).replace(/\.ts$/, '.js');
}
