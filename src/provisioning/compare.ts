/** Field by field: what is declared against what eGain has. Only declared fields are looked at. */
import { identitiesOf } from './list-identity.js';
import { isTree, type Kind, type Tree } from './kinds.js';
import { Pointer } from './pointer.js';
import { isHiddenField, isMasked, isSecretField } from './secrets.js';
import { shown, type Shown } from './shown.js';

/** `hidden`: it differs, and neither side may be shown. `rotated`: eGain does not show it, and it is sent anyway. */
export type Change =
  | { readonly field: string; readonly as: 'value'; readonly from: Shown; readonly to: Shown }
  | { readonly field: string; readonly as: 'hidden' | 'rotated' };

export interface Comparison {
  readonly changes: readonly Change[];
  /** Secrets that eGain does not show, so that nobody can tell whether they differ. */
  readonly unknown: readonly string[];
}

export interface CompareOptions {
  readonly kind: Kind;
  readonly rotateSecrets: boolean;
  /** Name of an object, to be shown beside its id. */
  readonly nameOf: (id: string) => string | undefined;
}

/** Entries of these lists that are not declared are somebody else's. */
export const sharedLists: ReadonlySet<string> = new Set(['roles']);

export function compare(declared: Tree, found: Tree, options: CompareOptions): Comparison {
  const changes: Change[] = [];
  const unknown: string[] = [];

  const value = (wanted: unknown, has: unknown, field: string): void => {
    if (isSecretField(options.kind, field)) secret(wanted, has, field);
    else if (isTree(wanted) && !(wanted instanceof Pointer))
      tree(wanted, isTree(has) ? has : {}, `${field}.`);
    else if (Array.isArray(wanted)) list(wanted, Array.isArray(has) ? has : [], field);
    else if (isSame(wanted, has, field)) return;
    else changes.push(isHiddenField(field) ? { field, as: 'hidden' } : told(field, has, wanted));
  };

  const tree = (wanted: Tree, has: Tree, prefix: string): void => {
    for (const [name, each] of Object.entries(wanted)) value(each, has[name], prefix + name);
  };

  const secret = (wanted: unknown, has: unknown, field: string): void => {
    if (!isMasked(has)) {
      if (wanted !== has) changes.push({ field, as: 'hidden' });
    } else if (options.rotateSecrets) changes.push({ field, as: 'rotated' });
    else unknown.push(field);
  };

  const list = (wanted: readonly unknown[], has: readonly unknown[], field: string): void => {
    const wantedNames = identitiesOf(wanted);
    const hasNames = identitiesOf(has);
    if (wantedNames === undefined || hasNames === undefined) {
      // Features, extensions: a set of words.
      if (asSet(wanted) !== asSet(has)) changes.push(told(field, has, wanted));
      return;
    }
    wantedNames.forEach((name, index) => {
      const twin = hasNames.indexOf(name);
      const place = `${field}[${labelled(name, options)}]`;
      if (twin === -1) changes.push({ field: place, as: 'value', from: null, to: 'added' });
      else value(wanted[index], has[twin], place);
    });
    if (sharedLists.has(field)) return;
    for (const name of hasNames) {
      const place = `${field}[${labelled(name, options)}]`;
      if (!wantedNames.includes(name)) changes.push({ field: place, as: 'value', from: 'there', to: null });
    }
  };

  const told = (field: string, from: unknown, to: unknown): Change => ({
    field,
    as: 'value',
    from: shown(field, from, options.nameOf),
    to: shown(field, to, options.nameOf),
  });

  tree(declared, found, '');
  return { changes, unknown };
}

function isSame(wanted: unknown, has: unknown, field: string): boolean {
  if (wanted === null) return has === undefined || has === null || isEmpty(has);
  // Documented default of every object [doc: operation/create*].
  if (field === 'active' && has === undefined) return wanted === true;
  if (field === 'icon' && typeof has === 'string') return has.replaceAll(/\s+/g, '') === wanted;
  return wanted === has;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isTree(value) && Object.keys(value).length === 0;
}

function asSet(list: readonly unknown[]): string {
  return JSON.stringify(list.map((entry) => JSON.stringify(entry)).sort());
}

function labelled(name: string, { nameOf }: CompareOptions): string {
  return (nameOf(name) ?? name).replaceAll(/\p{Cc}+/gu, ' ');
}
