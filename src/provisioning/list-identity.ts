/** What tells the entries of a list apart, so that one entry is compared with the same one and not with its neighbour. */
import { isTree } from './kinds.js';
import { Pointer } from './pointer.js';

/** The first of these that an entry has: `participant` before `id`, because several bots may share one application. */
const identities = ['name', 'language', 'value', 'participant', 'id'];

/** Identity of every entry; undefined when they do not all have one of their own. */
export function identitiesOf(list: readonly unknown[]): readonly string[] | undefined {
  const found = list.map(identityOf).filter((identity) => identity !== undefined);
  return found.length === list.length && new Set(found).size === found.length ? found : undefined;
}

export function identityOf(entry: unknown): string | undefined {
  if (!isTree(entry)) return undefined;
  const named = identities.find((name) => entry[name] !== undefined);
  const value = named === undefined ? undefined : entry[named];
  if (value instanceof Pointer) return `${value.kind} ${value.value}`;
  return isTree(value) ? identityOf(value) : typeof value === 'string' ? value : undefined;
}
