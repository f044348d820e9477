/** Declaration and tenant, brought together for one command. */
import type { BridgeConfig } from '../../config/schema.js';
import { EgainError } from '../egain/index.js';
import { connect, type Connection } from './connect.js';
import { declare, type Declaration } from './declaration.js';
import { describeFailure } from './failure.js';
import { readIcons } from './icons.js';
import type { Resources } from './kinds.js';
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

export interface SessionOptions {
  readonly signal?: AbortSignal;
  readonly open?: (config: BridgeConfig) => Connection;
}

/** @throws {ProvisioningFailure} when the declaration is not usable or eGain cannot be read. */
export async function withSession<T>(
  config: BridgeConfig,
  work: (session: Session) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> {
  const declaration = declarationOf(config);
  if (declaration.problems.length > 0) throw new ProvisioningFailure(sentences(declaration.problems));
  return withConnection(config, options, async (resources, read) =>
    work({ declaration, resources, tenant: await read(declaration) }),
  );
}

/** Reads eGain without a declaration. @throws {ProvisioningFailure} when it cannot be read. */
export async function withTenant<T>(
  config: BridgeConfig,
  work: (tenant: Tenant) => Promise<T> | T,
  options: SessionOptions = {},
): Promise<T> {
  return withConnection(config, options, async (_resources, read) => work(await read({ objects: [] })));
}

async function withConnection<T>(
  config: BridgeConfig,
  { open = connect, signal }: SessionOptions,
  work: (
    resources: Resources,
    read: (declared: Pick<Declaration, 'objects'>) => Promise<Tenant>,
  ) => Promise<T>,
): Promise<T> {
  const connection = open(config);
  const { resources } = connection;
  try {
    return await work(resources, async ({ objects }) => {
      try {
        return await readTenant(resources, objects, signal);
      } catch (error) {
        if (!(error instanceof EgainError)) throw error;
        throw new ProvisioningFailure(`eGain could not be read: ${describeFailure(error)}`, { cause: error });
      }
    });
  } finally {
    await connection.close();
  }
}

/** @throws {ProvisioningFailure} when the configuration has no such section. */
function declarationOf(config: BridgeConfig): Declaration {
  if (config.provisioning === undefined) throw new ProvisioningFailure(missingSection);
  return declare(config, config.provisioning, readIcons(config.channels));
}

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
