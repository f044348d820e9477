/** From a pointer to an id. */
import type { DeclaredObject } from './declared-object.js';
import { isTree, keyOf, kindWords, titleOf, type Tree } from './kinds.js';
import { Pointer } from './pointer.js';
import { byKey, type FoundObject, type Tenant } from './tenant.js';

/** `pending`: it points to an object that has yet to be made. */
export type Resolution =
  { readonly id: string } | { readonly pending: Pointer } | { readonly problem: string };

/** The roles a client application must have for the place that points to it [doc: createclientapplication.md]. */
const agentRoles = ['egain_agent', 'custom_agent'];
const botRoles = ['egain_bot', 'custom_bot'];

export function resolve(pointer: Pointer, declared: readonly DeclaredObject[], tenant: Tenant): Resolution {
  switch (pointer.by) {
    case 'key':
      return resolveKey(pointer, declared, tenant);
    case 'id':
      return resolveId(pointer, tenant);
    case 'role':
      return resolveRole(pointer, tenant);
    case 'bot':
      return resolveBot(pointer, declared, tenant);
  }
}

function resolveKey(pointer: Pointer, declared: readonly DeclaredObject[], tenant: Tenant): Resolution {
  const { kind, value: key, setting } = pointer;
  const [found, twin] = byKey(tenant, kind, key);
  const isDeclared = declared.some((object) => object.kind === kind && object.key === key);
  // A name that several have is told where it is declared.
  if (isDeclared && (found === undefined || twin !== undefined)) return { pending: pointer };
  if (found === undefined) return { problem: `${setting}: eGain has no ${titleOf({ kind, key })}` };
  if (twin !== undefined) return { problem: `${setting}: ${severalHave([found, twin], key)}` };
  return isDeclared ? { id: found.id } : withRole(pointer, found);
}

function resolveId(pointer: Pointer, tenant: Tenant): Resolution {
  const { kind, value: id, setting } = pointer;
  const found = tenant[kind].find((object) => object.id === id);
  if (found === undefined)
    return { problem: `${setting}: eGain has no ${kindWords[kind]} with the id ${id}` };
  return withRole(pointer, found);
}

function withRole({ setting }: Pointer, found: FoundObject): Resolution {
  const wanted = setting.startsWith('provisioning.agent.')
    ? agentRoles
    : setting.includes('.application.')
      ? botRoles
      : undefined;
  if (wanted === undefined || rolesOf(found.record).some((role) => wanted.includes(role)))
    return { id: found.id };
  const title = titleOf({ kind: found.kind, key: found.key ?? found.id });
  return { problem: `${setting}: ${title} (${found.id}) has none of the roles ${wanted.join(', ')}` };
}

function resolveRole({ value: role, setting }: Pointer, tenant: Tenant): Resolution {
  const [found, ...others] = tenant.clientApplication.filter(({ record }) => rolesOf(record).includes(role));
  if (found === undefined) {
    return { problem: `${setting}: eGain has no client application with the role ${role}` };
  }
  if (others.length === 0) return { id: found.id };
  const all = [found, ...others].map(({ key, id }) => `${key ?? 'without a name'} (${id})`).join(', ');
  return {
    problem: `${setting}: several client applications have the role ${role}: ${all}; name one in provisioning.agent.id`,
  };
}

/** The client application behind a participant. */
function resolveBot(pointer: Pointer, declared: readonly DeclaredObject[], tenant: Tenant): Resolution {
  const { value: key, setting } = pointer;
  const own = declared.find((object) => object.kind === 'participant' && object.key === key);
  const record = own?.body ?? byKey(tenant, 'participant', key)[0]?.record;
  // That there is no such participant is told by the pointer to the participant itself.
  if (record === undefined) return { pending: pointer };
  const application = isTree(record['application']) ? record['application']['id'] : undefined;
  if (application instanceof Pointer) {
    const resolution = resolve(application, declared, tenant);
    return 'problem' in resolution ? { pending: pointer } : resolution;
  }
  if (typeof application === 'string') return { id: application };
  return { problem: `${setting}: eGain shows no client application of participant ${key}` };
}

export function severalHave(objects: readonly FoundObject[], key: string): string {
  const ids = objects.map(({ id }) => id).join(' and ');
  const { kind } = objects[0] ?? { kind: 'account' as const };
  return `eGain has ${objects.length} objects of the name ${titleOf({ kind, key })}: ${ids}; rename or delete all but one`;
}

export function rolesOf(record: Tree): string[] {
  const roles = Array.isArray(record['roles']) ? (record['roles'] as readonly unknown[]) : [];
  return roles.flatMap((role) => (isTree(role) && typeof role['name'] === 'string' ? [role['name']] : []));
}

/** A name for an id, for whoever reads a plan. */
export function namesByIdOf(tenant: Tenant): (id: string) => string | undefined {
  const names = new Map<string, string>();
  for (const objects of Object.values(tenant)) {
    for (const { id, kind, record } of objects) names.set(id, keyOf(kind, record) ?? id);
  }
  return (id) => names.get(id);
}

/** A body with every pointer replaced. */
export function mapPointers(value: unknown, replace: (pointer: Pointer) => unknown): unknown {
  if (value instanceof Pointer) return replace(value);
  if (Array.isArray(value)) return value.map((entry) => mapPointers(entry, replace));
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapPointers(each, replace)]));
}
