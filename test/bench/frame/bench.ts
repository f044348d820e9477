import type { BenchOptions } from './options.js';
import type { Measured, Ratio, Variant } from './rounds.js';

/** One measurement: what is run in turns, and which of its figures are held against which budget. */
export interface Bench {
  readonly what: string;
  variants(options: BenchOptions): readonly Variant[];
  readonly ratios: readonly Ratio[];
  /** What a reader must know to read the figures; may look at them. */
  notes(measured: Measured): readonly string[];
}
