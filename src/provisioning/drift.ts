/** The plan, as a running bridge is interested in it: only whether eGain is as declared. */
import type { BridgeConfig } from '../../config/schema.js';
import type { EgainClient } from '../egain/index.js';
import { titleOf } from './kinds.js';
import { differencesIn, makePlan } from './plan.js';
import { declarationOf, openSession } from './session.js';

export interface Drift {
  /** Missing objects, and fields that differ. */
  readonly differences: number;
  /** Titles of the objects concerned. */
  readonly objects: readonly string[];
  /** Sentences. */
  readonly problems: readonly string[];
}

/** Changes nothing. @throws {ProvisioningFailure} when it cannot be told. */
export async function findDrift(
  config: BridgeConfig,
  client: EgainClient,
  signal: AbortSignal,
): Promise<Drift> {
  const { declaration, tenant } = await openSession(declarationOf(config), client, signal);
  const plan = makePlan(declaration, tenant, { rotateSecrets: false });
  return {
    differences: differencesIn(plan),
    objects: plan.steps.filter(({ action }) => action !== 'keep').map(titleOf),
    problems: plan.problems,
  };
}
