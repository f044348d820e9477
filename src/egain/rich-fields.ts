/** Reading JSON whose shape is not known. */

export type Fields = Readonly<Record<string, unknown>>;

/** The first of `names` that holds a text that says something, or a number. */
export function firstText(node: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = node[name];
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}

/** An object as it is; anything else as an empty one. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
