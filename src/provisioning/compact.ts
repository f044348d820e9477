import type { Tree } from './kinds.js';

/** Without the fields that are not given. */
export function compact(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([, value]) => value !== undefined));
}
