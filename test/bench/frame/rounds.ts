import type { Comparison, Figures, Row } from './report.js';
import { median } from './statistics.js';

/** One thing to measure. It starts what it needs, measures once, and leaves nothing behind. */
export interface Variant {
  readonly name: string;
  measure(): Promise<Figures>;
}

/** `top / bottom` of one figure, held against a budget. */
export interface Ratio {
  readonly top: string;
  readonly bottom: string;
  readonly figure: string;
  /** When the other row calls it something else. */
  readonly bottomFigure?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** All measurements, by variant, one entry per round. */
export type Measured = ReadonlyMap<string, readonly Figures[]>;

/**
 * Every variant once per round, each round starting with the next one: what else the machine does meanwhile falls on
 * all of them alike.
 */
export async function alternate(
  variants: readonly Variant[],
  rounds: number,
  progress: (line: string) => void,
): Promise<Measured> {
  const measured = new Map<string, Figures[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const first = round % variants.length;
    for (const variant of [...variants.slice(first), ...variants.slice(0, first)]) {
      const figures = await variant.measure();
      measured.get(variant.name)?.push(figures);
      progress(`round ${round + 1}/${rounds}  ${variant.name}  ${JSON.stringify(figures)}`);
    }
  }
  return measured;
}

export function medians(measured: Measured): Row[] {
  return [...measured].map(([name, rounds]) => {
    const columns = [...new Set(rounds.flatMap((figures) => Object.keys(figures)))];
    const figures = columns.map((column) => [column, median(rounds.flatMap((round) => round[column] ?? []))]);
    return { name, figures: Object.fromEntries(figures) as Figures };
  });
}

/** Ratios of rows that were not measured are left out. */
export function compare(measured: Measured, ratios: readonly Ratio[]): Comparison[] {
  return ratios.flatMap(({ top, bottom, figure, bottomFigure = figure, ...budget }) => {
    const tops = measured.get(top) ?? [];
    const bottoms = measured.get(bottom) ?? [];
    const values = tops.flatMap((figures, round) => {
      const [over, under] = [figures[figure], bottoms[round]?.[bottomFigure]];
      return over === undefined || under === undefined ? [] : [over / under];
    });
    if (values.length === 0) return [];
    return [{ name: `${top} / ${bottom} (${figure})`, value: median(values), ...budget }];
  });
}
