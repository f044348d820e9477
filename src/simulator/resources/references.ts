/** Objects that name each other (contract 3): what must exist, and what may not go. */
import type { Answer } from '../http/answer.js';
import { privateCodes, refuse } from '../refusals.js';
import type { Resources } from './index.js';
import type { KindName, Reference } from './kind.js';

export function checkReferences(resources: Resources, references: readonly Reference[]): Answer | undefined {
  const broken = references.find((reference) => !leadsSomewhere(resources, reference));
  if (broken === undefined) return undefined;
  const roles = broken.roles === undefined ? '' : ` with the role ${broken.roles.join(' or ')}`;
  return refuse(
    privateCodes.unknownReference,
    `No object of ${broken.to}${roles} has the id in ${broken.attribute}`,
    [{ key: 'attribute', value: broken.attribute }],
  );
}

function leadsSomewhere(resources: Resources, { to, id, roles }: Reference): boolean {
  if (to !== 'clientapplications' || roles === undefined) return resources[to].get(id) !== undefined;
  return resources.clientapplications.get(id)?.roles.some(({ name }) => roles.includes(name)) ?? false;
}

/** The first object that names this one, as `accounts/support`; undefined when nobody does. */
export function usedBy(resources: Resources, kind: KindName, id: string): string | undefined {
  for (const { user, label, references } of resources.references())
    if (references.some((reference) => reference.to === kind && reference.id === id))
      return `${user}/${label}`;
  return undefined;
}
