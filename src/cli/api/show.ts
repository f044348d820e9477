/** What eGain answered, as tables for people. Programs ask for `--json`. */
import { isRecord } from '../../../config/schema/fields.js';
import { table } from '../printing.js';

/** Heading and place of a value; a place reaches into lists (`roles.name`). */
export type Column = readonly [heading: string, place: string];

const longestCell = 60;

export function listTable(columns: readonly Column[], items: readonly unknown[]): string {
  return table(
    columns.map(([heading]) => heading),
    items.map((item) => columns.map(([, place]) => cut(valuesAt(item, place.split('.')).join(', ')))),
  );
}

/** One row for each field, nested ones by their place. */
export function fieldTable(item: unknown): string {
  return table(
    ['field', 'value'],
    rowsOf(item, '').map(([field, value]) => [field, value]),
  );
}

function valuesAt(value: unknown, [key, ...rest]: readonly string[]): string[] {
  if (Array.isArray(value))
    return value.flatMap((entry) => valuesAt(entry, key === undefined ? [] : [key, ...rest]));
  if (key === undefined) return value === undefined || value === null ? [] : [plain(value)];
  return isRecord(value) ? valuesAt(value[key], rest) : [];
}

function rowsOf(value: unknown, place: string): [field: string, value: string][] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) {
    if (value.every((entry) => typeof entry !== 'object')) return [[place, value.map(plain).join(', ')]];
    return value.flatMap((entry, index) => rowsOf(entry, `${place}[${index}]`));
  }
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([key, inner]) =>
      rowsOf(inner, place === '' ? key : `${place}.${key}`),
    );
  }
  const isIcon = place === 'icon' && typeof value === 'string';
  return [[place, isIcon ? `${value.length} characters of base64` : plain(value)]];
}

/** Control characters in what somebody typed into eGain must not reach the terminal. */
function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

function cut(text: string): string {
  return text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text;
}
