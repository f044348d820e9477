const longestLine = 109;

/** As `JSON.stringify` with two blanks, but lists of single values stay on one line where they fit: prettier's form. */
export function prettyJson(value: unknown): string {
  return write(value, '', 0);
}

/** `before` is what stands on the line already, in characters. */
function write(value: unknown, indent: string, before: number): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const entries = value.map((entry: unknown) => write(entry, inner, inner.length));
    const line = `[${entries.join(', ')}]`;
    const isShort = value.every((entry) => typeof entry !== 'object') && before + line.length <= longestLine;
    return isShort ? line : `[\n${entries.map((entry) => inner + entry).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, entry]) => {
    const start = `${inner}${JSON.stringify(key)}: `;
    return start + write(entry, inner, start.length);
  });
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`;
}
