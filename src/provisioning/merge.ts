/** The body of an update: all that eGain has, with what is declared put over it. PUT replaces the whole object [seed]. */
import { sharedLists } from './compare.js';
import { identitiesOf, identityOf } from './list-identity.js';
import { isTree, type Tree } from './kinds.js';
import { Pointer } from './pointer.js';

/** eGain's own; `modified` is sent by choice. */
const stamps = ['id', 'created', 'modified'];

/** Fields eGain shows as empty and takes only when they are not. */
const notEmpty = ['description', 'options', 'l10nProperties'];

export function updateBody(found: Tree, declared: Tree): Tree {
  const kept = Object.entries(found).filter(
    ([name, value]) => !stamps.includes(name) && !(notEmpty.includes(name) && isEmpty(value)),
  );
  return mergeTree(Object.fromEntries(kept), declared, '');
}

/** The body of a create: without the fields that should not be there. */
export function createBody(declared: Tree): Tree {
  return mergeTree({}, declared, '');
}

function mergeTree(found: Tree, declared: Tree, prefix: string): Tree {
  const merged = Object.entries(declared).map(([name, value]): [string, unknown] => [
    name,
    value === null ? null : mergeValue(found[name], value, prefix + name),
  ]);
  const all: Tree = { ...found, ...Object.fromEntries(merged) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== null));
}

function mergeValue(found: unknown, declared: unknown, field: string): unknown {
  if (declared instanceof Pointer) return declared;
  if (isTree(declared)) return mergeTree(isTree(found) ? found : {}, declared, `${field}.`);
  if (Array.isArray(declared)) return mergeList(Array.isArray(found) ? found : [], declared, field);
  return declared;
}

function mergeList(
  found: readonly unknown[],
  declared: readonly unknown[],
  field: string,
): readonly unknown[] {
  const foundNames = identitiesOf(found) ?? [];
  const declaredNames = identitiesOf(declared) ?? [];
  const merged = declared.map((entry, index) => {
    const twin = foundNames.indexOf(declaredNames[index] ?? '');
    return mergeValue(twin === -1 ? undefined : found[twin], entry, `${field}[]`);
  });
  return sharedLists.has(field) ? [...othersIn(found, declaredNames), ...merged] : merged;
}

function othersIn(found: readonly unknown[], declaredNames: readonly string[]): readonly unknown[] {
  const names = found.map(identityOf);
  return found.filter((_, index) => {
    const name = names[index];
    return name !== undefined && names.indexOf(name) === index && !declaredNames.includes(name);
  });
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}
