/** From what is declared and what eGain has to what has to be done. Pure: asks nobody, changes nothing. */
import { compare, type Change } from './compare.js';
import type { Declaration } from './declaration.js';
import type { DeclaredObject } from './declared-object.js';
import { isTree, titleOf, type Kind, type Tree } from './kinds.js';
import { createBody, updateBody } from './merge.js';
import { mapPointers, namesByIdOf, resolve, severalHave } from './resolve.js';
import { byKey, type FoundObject, type Tenant } from './tenant.js';

export interface Step {
  readonly kind: Kind;
  readonly key: string;
  readonly action: 'create' | 'update' | 'keep';
  /** Of what exists already. */
  readonly id: string | undefined;
  /** Fields in which eGain has drifted from the declaration. */
  readonly changes: readonly Change[];
  /** Secrets that eGain does not show. */
  readonly unknown: readonly string[];
  /** What is sent; pointers in it are to objects that earlier steps make. Holds secrets: never shown. */
  readonly body: Tree;
  /** `modified` as last read. */
  readonly modified: string | undefined;
}

export interface Plan {
  /** In order of execution; those with nothing to do included. */
  readonly steps: readonly Step[];
  /** Sentences; with any of them the plan cannot be carried out. */
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

export interface PlanOptions {
  /** Send secrets that eGain does not show. */
  readonly rotateSecrets: boolean;
}

export function makePlan(declaration: Declaration, tenant: Tenant, options: PlanOptions): Plan {
  const { objects } = declaration;
  const problems = [...declaration.problems];
  const nameOf = namesByIdOf(tenant);
  const steps = objects.map((declared): Step => {
    const body = resolved(declared, objects, tenant, problems);
    const { kind, key } = declared;
    const [found, ...twins] = byKey(tenant, kind, key);
    if (found === undefined) return creation(declared, body);
    if (twins.length > 0) problems.push(`${declared.setting}: ${severalHave([found, ...twins], key)}`);
    const compared = compare(body, found.record, { kind, nameOf, rotateSecrets: options.rotateSecrets });
    if (compared.changes.length > 0 && compared.unknown.length > 0) {
      problems.push(
        `${declared.setting}: ${titleOf(declared)} differs in ${compared.changes.map(({ field }) => field).join(', ')}, and a change has to repeat ${compared.unknown.join(', ')}, which eGain does not show; --rotate-secrets sends the one in the configuration`,
      );
    }
    const { modified } = found.record;
    return {
      kind,
      key,
      action: compared.changes.length === 0 ? 'keep' : 'update',
      id: found.id,
      ...compared,
      body: updateBody(found.record, body),
      modified: typeof modified === 'string' ? modified : undefined,
    };
  });
  return {
    steps,
    problems: [...new Set(problems)],
    notices: [...declaration.notices, ...sameAddresses(objects, tenant)],
  };
}

/** How many things differ: the objects that are missing, and the fields that are not as declared. */
export function differencesIn({ steps }: Plan): number {
  return steps.reduce((sum, { action, changes }) => sum + (action === 'create' ? 1 : changes.length), 0);
}

function creation({ kind, key }: DeclaredObject, body: Tree): Step {
  const rest = { id: undefined, changes: [], unknown: [], modified: undefined };
  return { kind, key, action: 'create', body: createBody(body), ...rest };
}

/** With the ids that are known; what is wrong with the others is added to `problems`. */
function resolved(
  { body }: DeclaredObject,
  objects: readonly DeclaredObject[],
  tenant: Tenant,
  problems: string[],
): Tree {
  const mapped = mapPointers(body, (pointer) => {
    const resolution = resolve(pointer, objects, tenant);
    if ('id' in resolution) return resolution.id;
    if ('pending' in resolution) return resolution.pending;
    problems.push(resolution.problem);
    return pointer;
  });
  return isTree(mapped) ? mapped : body;
}

/** eGain finds an account by channel type and address: a second one with both would take the first one's messages. */
function sameAddresses(objects: readonly DeclaredObject[], tenant: Tenant): string[] {
  const own = objects.filter(({ kind }) => kind === 'account');
  const names = new Set(own.map(({ key }) => key));
  return own.flatMap(({ key, body, setting }) => {
    const channel = channelIdOf(body, objects, tenant);
    const rival = tenant.account.find(
      (account: FoundObject) =>
        !names.has(account.key ?? '') &&
        account.record['address'] === body['address'] &&
        channel !== undefined &&
        isTree(account.record['channel']) &&
        account.record['channel']['id'] === channel,
    );
    if (rival === undefined) return [];
    return [
      `${setting}.address: account ${rival.key ?? ''} (${rival.id}) has the same channel and address as account ${key}; name: ${rival.key ?? ''} would adopt it`,
    ];
  });
}

function channelIdOf(account: Tree, objects: readonly DeclaredObject[], tenant: Tenant): string | undefined {
  const mapped = mapPointers(account['channel'], (pointer) => {
    const resolution = resolve(pointer, objects, tenant);
    return 'id' in resolution ? resolution.id : undefined;
  });
  const id = isTree(mapped) ? mapped['id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}
