import type { BenchOptions } from './options.js';
import type { Measured, Ratio, Variant } from './rounds.js';

/** What is run in turns, which of its figures are held against which budget, and what a reader must know. */
export interface Plan {
  readonly variants: readonly Variant[];
  readonly ratios: readonly Ratio[];
  notes(measured: Measured): readonly string[];
}

/** One measurement, by the name it has on the command line. */
export interface Bench {
  readonly what: string;
  /** Messages of a counted measurement, unless told. Default: 10,000. */
  readonly messages?: number;
  plan(options: BenchOptions): Plan | Promise<Plan>;
}
