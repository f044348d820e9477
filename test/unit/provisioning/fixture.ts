/** A configuration, its declaration, and a tenant as eGain would have it. */
import type { BridgeConfig } from '../../../config/schema.js';
import { declare, type Declaration } from '../../../src/provisioning/declaration.js';
import { defaultIcon } from '../../../src/provisioning/default-icon.js';
import { keyOf, kinds, type Kind, type Tree } from '../../../src/provisioning/kinds.js';
import { makePlan, type Plan } from '../../../src/provisioning/plan.js';
import type { Pointer } from '../../../src/provisioning/pointer.js';
import { mapPointers } from '../../../src/provisioning/resolve.js';
import type { FoundObject, Tenant } from '../../../src/provisioning/tenant.js';
import { configOf, load, minimal } from '../config/fixture.js';

export const usual = '\nprovisioning: { notificationEmail: oncall@example.com }\n';

const publicUrl = 'publicUrl: https://bridge.example.com';

export function config(text = minimal + usual, first = publicUrl): BridgeConfig {
  return configOf(load(`${first}\n${text}`));
}

export function declared(text?: string, first?: string): Declaration {
  const loaded = config(text, first);
  if (loaded.provisioning === undefined) throw new Error('the fixture has no section provisioning');
  const icons = new Map(Object.keys(loaded.channels).map((name) => [name, defaultIcon]));
  return declare(loaded, loaded.provisioning, { byChannel: icons, problems: [], notices: [] });
}

/** Ids as long as eGain's. */
export const idOf = (kind: Kind, number = 0): string =>
  `00000000-0000-0000-000${kinds.indexOf(kind)}-${String(number).padStart(12, '0')}`;

export function found(kind: Kind, record: Tree, number = 0): FoundObject {
  const id = idOf(kind, number);
  return { kind, id, key: keyOf(kind, record), record: { id, ...record } };
}

/** eGain's own, which is there before anybody has set up anything. */
export const agents = found(
  'clientApplication',
  { name: 'eGain agents', roles: [{ name: 'egain_agent' }] },
  99,
);

export function tenantOf(...objects: readonly FoundObject[]): Tenant {
  const all = [agents, ...objects];
  const of = (kind: Kind): FoundObject[] => all.filter((object) => object.kind === kind);
  return {
    authentication: of('authentication'),
    clientApplication: of('clientApplication'),
    participant: of('participant'),
    channel: of('channel'),
    orchestration: of('orchestration'),
    account: of('account'),
  };
}

export function planOf(declaration: Declaration, tenant: Tenant, rotateSecrets = false): Plan {
  return makePlan(declaration, tenant, { rotateSecrets });
}

/** The tenant after a plan has been carried out, `change` put upon each object, secrets shown unless masked by it. */
export function carriedOut(
  plan: Plan,
  change: (kind: Kind, record: Tree) => Tree = (_kind, record) => record,
): Tenant {
  const objects = plan.steps.map(({ kind, body }, index) => {
    const withIds = mapPointers(body, (pointer) => idBehind(pointer, plan)) as Tree;
    const stamps = { created: '2026-01-01T00:00:00.000Z', modified: '2026-01-02T00:00:00.000Z' };
    return found(kind, change(kind, { ...withIds, ...stamps }), index);
  });
  return tenantOf(...objects);
}

function idBehind({ kind, value }: Pointer, { steps }: Plan): string {
  const index = steps.findIndex((step) => step.kind === kind && step.key === value);
  return idOf(kind, index);
}

export function record(tenant: Tenant, kind: Kind): Tree {
  const [object] = tenant[kind];
  if (object === undefined) throw new Error(`the tenant has no ${kind}`);
  return object.record;
}
