import type { Command } from 'commander';
import type { BridgeConfig } from '../../config/schema.js';
import type { Core } from '../bridge/core.js';
import { CommandFailure, type CliContext } from './context.js';
import { loadOrFail } from './load-or-fail.js';

/** Opens what lies in Redis for one command and closes it again. @throws CommandFailure when Redis cannot be reached. */
export async function withCore<T>(
  context: CliContext,
  command: Command,
  work: (core: Core, config: BridgeConfig) => Promise<T>,
): Promise<T> {
  const config = loadOrFail(context, command);
  const { openCore } = await import('../bridge/core.js');
  const core = await openCore(config, () => undefined).catch((error: unknown) => {
    throw new CommandFailure(`redis: ${error instanceof Error ? error.message : 'cannot be reached'}`);
  });
  try {
    return await work(core, config);
  } finally {
    await core.close();
  }
}

/** Rows as a table with a heading per column, for people; programs ask for `--json`. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[columns.map((column) => column.toUpperCase()), ...rows].map(line).join('\n')}\n`;
}

/** Milliseconds since 1970 as people read them. */
export function time(ms: number): string {
  return new Date(ms).toISOString();
}

/** `90 s`, `5 m`, `2 h`, `3 d` → milliseconds. @throws CommandFailure */
export function duration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const factor = units[unit ?? ''];
  if (number === undefined || factor === undefined) {
    throw new CommandFailure(
      `"${text}" is not a duration: expected a number with a unit, such as 90s, 5m, 2h or 3d`,
    );
  }
  return Number(number) * factor;
}
