/** `${NAME}` and `${NAME:-default}` from the environment; `$${` stands for a plain `${`. */

export type Environment = Readonly<Record<string, string | undefined>>;

export type Interpolated =
  | { readonly ok: true; readonly value: string; readonly names: readonly string[] }
  | { readonly ok: false; readonly expected: string };

const placeholder = /\$\$\{|\$\{([^}]*)(\}?)/g;
const reference = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** `names` are the variables that took part. As in a shell, a default also stands in for an empty variable. */
export function interpolate(text: string, environment: Environment): Interpolated {
  const names: string[] = [];
  const failures: string[] = [];
  const value = text.replace(placeholder, (whole, inner: string | undefined, end: string | undefined) => {
    if (inner === undefined) return '${';
    const match = end === '}' ? reference.exec(inner) : null;
    const name = match?.[1];
    if (name === undefined) {
      failures.push('a variable written ${NAME} or ${NAME:-default} (a plain ${ is written $${)');
      return whole;
    }
    names.push(name);
    const found = environment[name];
    const fallback = match?.[2];
    if (fallback !== undefined && (found === undefined || found === '')) return fallback;
    if (found === undefined) failures.push(`environment variable ${name} to be set`);
    return found ?? whole;
  });
  const [failure] = failures;
  return failure === undefined ? { ok: true, value, names } : { ok: false, expected: failure };
}
