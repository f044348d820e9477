/** The same object without these fields. */
export function without<T extends object, K extends keyof T & string>(
  fields: T,
  ...names: readonly K[]
): Omit<T, K> {
  const left = new Set<string>(names);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !left.has(name))) as Omit<T, K>;
}
