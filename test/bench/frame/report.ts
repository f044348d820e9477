import type { Machine } from './machine.js';

/** What one variant measured in one round, or their medians: figures by name, in the units the names say. */
export type Figures = Readonly<Record<string, number>>;

export interface Row {
  readonly name: string;
  readonly figures: Figures;
}

/** A comparison within one run: the median of the rounds' own ratios, against the budget it is held to. */
export interface Comparison {
  readonly name: string;
  readonly value: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Report {
  readonly bench: string;
  readonly rounds: number;
  readonly machine: Machine;
  readonly rows: readonly Row[];
  readonly comparisons: readonly Comparison[];
  readonly notes: readonly string[];
}

export function asJson({ bench, rounds, machine, rows, comparisons, notes }: Report): string {
  return JSON.stringify({
    bench,
    rounds,
    machine,
    rows: rows.map(({ name, figures }) => ({ name, ...mapValues(figures, rounded) })),
    comparisons: comparisons.map((comparison) => ({ ...comparison, value: rounded(comparison.value) })),
    notes,
  });
}

export function asText({ bench, rounds, machine, rows, comparisons, notes }: Report): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const body = rows.map(({ name, figures }) => [name, ...columns.map((column) => shown(figures[column]))]);
  const lines = [
    `${bench}: medians of ${rounds} alternating rounds`,
    `${machine.cpu} (${machine.cores} cores), ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}, ${machine.redis}`,
    '',
    ...table([['', ...columns], ...body]),
  ];
  if (comparisons.length > 0) {
    lines.push('', ...table(comparisons.map((one) => [one.name, shown(one.value), budget(one)])));
  }
  if (notes.length > 0) lines.push('', ...notes);
  return lines.join('\n');
}

function budget({ value, atLeast, atMost }: Comparison): string {
  if (atLeast !== undefined) return `${value >= atLeast ? 'meets' : 'MISSES'} at least ${atLeast}`;
  if (atMost !== undefined) return `${value <= atMost ? 'meets' : 'MISSES'} at most ${atMost}`;
  return '';
}

/** First column to the left, figures to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function shown(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return rounded(value).toLocaleString('en-US', { maximumFractionDigits: 3 });
}

/** Three significant digits below 100; whole numbers above. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

function mapValues(figures: Figures, map: (value: number) => number): Figures {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, map(value)]));
}
