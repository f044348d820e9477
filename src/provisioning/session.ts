/** Declaration and tenant, brought together for one command. */
import type { BridgeConfig } from '../../config/schema.js';
import { EgainError, type EgainClient } from '../egain/index.js';
import { declare, type Declaration } from './declaration.js';
import { describeFailure } from './failure.js';
import { readIcons } from './icons.js';
import { resourcesOf, type Resources } from './kinds.js';
import { readTenant, type Tenant } from './tenant.js';

/** In words for whoever typed the command. */
export class ProvisioningFailure extends Error {
  override readonly name = 'ProvisioningFailure';
}

export interface Session {
  readonly declaration: Declaration;
  readonly tenant: Tenant;
  readonly resources: Resources;
}

/** @throws {ProvisioningFailure} when the declaration is not usable. */
export function declarationOf(config: BridgeConfig): Declaration {
  if (config.provisioning === undefined) throw new ProvisioningFailure(missingSection);
  const declaration = declare(config, config.provisioning, readIcons(config.channels));
  if (declaration.problems.length > 0) throw new ProvisioningFailure(sentences(declaration.problems));
  return declaration;
}

/** @throws {ProvisioningFailure} when eGain cannot be read. */
export async function openSession(
  declaration: Declaration,
  client: EgainClient,
  signal?: AbortSignal,
): Promise<Session> {
  const resources = resourcesOf(client);
  try {
    return { declaration, resources, tenant: await readTenant(resources, declaration.objects, signal) };
  } catch (error) {
    if (!(error instanceof EgainError)) throw error;
    throw new ProvisioningFailure(`eGain could not be read: ${describeFailure(error)}`, { cause: error });
  }
}

/** For an export: what eGain has, whatever is declared. */
export const nothingDeclared: Declaration = { objects: [], problems: [], notices: [] };

/** One problem is one sentence, several are a list. */
export function sentences(problems: readonly string[]): string {
  const [first = '', ...others] = problems;
  return others.length === 0
    ? first
    : `${problems.length} problems:\n${problems.map((each) => `  ${each}`).join('\n')}`;
}

const missingSection = `the configuration has no section provisioning; the least it needs is an address eGain may write to:

provisioning:
  name: egain-bridge # what the objects are called in eGain
  notificationEmail: oncall@example.com`;
