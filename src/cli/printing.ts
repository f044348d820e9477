/** How commands print what comes from messages: nothing in it may move the cursor or colour the screen. */

/** What a terminal would obey rather than show: control characters, and those that turn the reading direction. */
const unprintable = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Rows as a table with a heading per column, for people; programs ask for `--json`. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const plain = rows.map((row) => row.map(shown));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...plain.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[columns.map((column) => column.toUpperCase()), ...plain].map(line).join('\n')}\n`;
}

/** One cell or word of a message, fit for a terminal. */
export function shown(text: string): string {
  return text.replace(unprintable, '\ufffd');
}

/** As JSON, on one line unless `indent` is given; what a terminal would obey is written as an escape. */
export function json(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return `${text.replace(unprintable, (found) => (found === '\n' ? found : escaped(found)))}\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Milliseconds since 1970 as people read them. */
export function time(ms: number): string {
  return new Date(ms).toISOString();
}
