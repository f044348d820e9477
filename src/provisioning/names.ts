import type { ProvisioningConfig } from '../../config/schema/provisioning.js';

/** What the objects are called in eGain. */
export function namesOf({ name, names }: ProvisioningConfig): {
  readonly basic: string;
  readonly oauth2: string;
  readonly clientApplication: string;
  readonly orchestration: string;
} {
  return {
    basic: names.basic ?? `${name}-basic`,
    oauth2: names.oauth2 ?? `${name}-oauth2`,
    clientApplication: names.clientApplication ?? name,
    orchestration: names.orchestration ?? name,
  };
}
