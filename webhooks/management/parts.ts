import type { OperatorAccess } from '../../src/operators/access.js';
import type { DriftRecord } from '../../src/operators/drift-record.js';
import type { OverviewSources } from '../../src/operators/overview.js';
import type { Audit } from './audit.js';

/** What the API of the management port stands on. */
export interface ApiParts {
  readonly access: OperatorAccess;
  readonly sources: OverviewSources;
  /** The configured channels. */
  readonly channels: Readonly<Record<string, { readonly adapter: string }>>;
  /** Whether the configuration declares eGain's side. */
  readonly declared: boolean;
  /** Compares eGain with the configuration. @throws when it cannot be told */
  readonly checkDrift: (signal: AbortSignal) => Promise<DriftRecord>;
  readonly audit: Audit;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
