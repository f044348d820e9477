/** What eGain has, as it was read just now. */
import { kinds, keyOf, type Kind, type Resources, type Tree } from './kinds.js';
import type { DeclaredObject } from './declared-object.js';
import { EgainError } from '../egain/index.js';

export interface FoundObject {
  readonly kind: Kind;
  readonly id: string;
  /** Its name, or a channel's type; undefined when eGain shows none. */
  readonly key: string | undefined;
  readonly record: Tree;
}

export type Tenant = Readonly<Record<Kind, readonly FoundObject[]>>;

export function byKey(tenant: Tenant, kind: Kind, key: string): readonly FoundObject[] {
  return tenant[kind].filter((object) => object.key === key);
}

/**
 * Lists all six kinds; what is declared is read once more by its id, because nothing promises that a list shows whole
 * objects. @throws {EgainError}
 */
export async function readTenant(
  resources: Resources,
  declared: readonly DeclaredObject[],
  signal?: AbortSignal,
): Promise<Tenant> {
  const tenant: Record<Kind, readonly FoundObject[]> = {
    authentication: [],
    clientApplication: [],
    participant: [],
    channel: [],
    orchestration: [],
    account: [],
  };
  for (const kind of kinds) {
    const wanted = new Set(declared.filter((object) => object.kind === kind).map(({ key }) => key));
    const objects: FoundObject[] = [];
    for await (const record of resources[kind].list({ signal })) {
      const object = foundAs(kind, record);
      if (object === undefined) continue;
      const whole = wanted.has(object.key ?? '') ? await readWhole(resources, object, signal) : object;
      if (whole !== undefined) objects.push(whole);
    }
    tenant[kind] = objects;
  }
  return tenant;
}

function foundAs(kind: Kind, record: Tree): FoundObject | undefined {
  const { id } = record;
  return typeof id === 'string' ? { kind, id, key: keyOf(kind, record), record } : undefined;
}

async function readWhole(
  resources: Resources,
  { kind, id }: FoundObject,
  signal: AbortSignal | undefined,
): Promise<FoundObject | undefined> {
  try {
    return foundAs(kind, await resources[kind].get(id, { signal }));
  } catch (error) {
    // Deleted since the list was read.
    if (error instanceof EgainError && error.status === 404 && error.isEgainAnswer) return undefined;
    throw error;
  }
}
