/** What a destroy would take away: only what is declared, in reverse order, and nothing that something else needs. Pure. */
import type { Declaration } from './declaration.js';
import { isTree, titleOf, type Tree } from './kinds.js';
import { severalHave } from './resolve.js';
import { byKey, type FoundObject, type Tenant } from './tenant.js';

export interface Destruction {
  /** In order of execution. */
  readonly targets: readonly FoundObject[];
  /** Declared, and not there. */
  readonly missing: readonly string[];
  readonly problems: readonly string[];
}

export function makeDestruction({ objects }: Pick<Declaration, 'objects'>, tenant: Tenant): Destruction {
  const problems: string[] = [];
  const missing: string[] = [];
  const leaving = new Set<string>();
  const targets = objects.toReversed().flatMap((declared) => {
    const [found, ...twins] = byKey(tenant, declared.kind, declared.key);
    if (found === undefined) missing.push(titleOf(declared));
    if (found === undefined) return [];
    for (const { id } of [found, ...twins]) leaving.add(id);
    if (twins.length > 0)
      problems.push(`${declared.setting}: ${severalHave([found, ...twins], declared.key)}`);
    return [found];
  });
  const staying = Object.values(tenant)
    .flat()
    .filter(({ id }) => !leaving.has(id));
  for (const target of targets) {
    const users = staying.filter(({ record }) => refersTo(record, target.id)).map(namedUser);
    if (users.length > 0) {
      problems.push(
        `${titleOf({ kind: target.kind, key: target.key ?? target.id })} is in use by ${users.join(', ')}, which the configuration does not declare: change or delete that first`,
      );
    }
  }
  return { targets, missing, problems };
}

function namedUser({ kind, key, id }: FoundObject): string {
  return `${titleOf({ kind, key: key ?? 'without a name' })} (${id})`;
}

/** Ids are UUIDs [seed]: one that stands in an object of another kind is a reference, in whatever field. */
function refersTo(value: unknown, id: string): boolean {
  if (Array.isArray(value)) return value.some((entry) => refersTo(entry, id));
  if (!isTree(value)) return false;
  return hasId(value, id) || Object.values(value).some((entry) => refersTo(entry, id));
}

function hasId(tree: Tree, id: string): boolean {
  return tree['id'] === id;
}
