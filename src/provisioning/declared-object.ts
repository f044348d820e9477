import type { Kind, Tree } from './kinds.js';

/**
 * An object as it should be. Fields not in `body` are left as eGain has them; `null` stands for a field that should not
 * be there, a `Pointer` for an id.
 */
export interface DeclaredObject {
  readonly kind: Kind;
  /** Its name, or a channel's type. */
  readonly key: string;
  readonly body: Tree;
  /** Where it is declared. */
  readonly setting: string;
}
