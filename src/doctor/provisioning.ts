import type { BridgeConfig } from '../../config/schema.js';
import type { EgainClient } from '../egain/index.js';
import { findDrift } from '../provisioning/drift.js';
import { failure, ok, skipped, warning, wordsOf, type Finding } from './finding.js';

const check = 'provisioning';

/** Has eGain what the configuration declares? */
export async function checkProvisioning(
  config: BridgeConfig,
  client: EgainClient | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  if (config.provisioning === undefined)
    return skipped(check, 'the configuration has no section provisioning');
  if (client === undefined) return skipped(check, 'eGain cannot be asked');
  try {
    const { differences, objects, problems } = await findDrift(config, client, signal);
    if (problems.length > 0) return failure(check, problems.join('; '), 'correct the section provisioning');
    if (differences === 0) return ok(check, 'eGain is as declared');
    return warning(
      check,
      `differs: ${objects.join(', ')}`,
      'look at egain-bridge provision plan, then run egain-bridge provision apply',
    );
  } catch (error) {
    return failure(check, wordsOf(error), 'look at the findings about the token and the scopes first');
  }
}
