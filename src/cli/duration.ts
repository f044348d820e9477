import { CommandFailure } from './context.js';

const units: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** `90 s`, `5 m`, `2 h`, `3 d` → milliseconds. @throws CommandFailure naming the option. */
export function duration(text: string, option: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const factor = units.get(unit ?? '');
  if (number === undefined || factor === undefined) {
    throw new CommandFailure(`${option}: expected a number with a unit, such as 90s, 5m, 2h or 3d`);
  }
  return Number(number) * factor;
}
