/** What is wrong with a configuration, in words that name the setting and never its value. */

/** Where in the configuration: keys, and indexes of lists. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** `channels.support.secrets[0]`; empty for the file as a whole. */
  readonly path: string;
  /** What belongs there: completes "expected …". */
  readonly expected: string;
  /** `bridge.yaml line 12`, `environment variable PORT` or `default`. */
  readonly origin: string;
  readonly hint?: string;
}

export function formatPath(path: Path): string {
  return path.reduce<string>((start, part) => {
    if (typeof part === 'number') return `${start}[${part}]`;
    return start === '' ? part : `${start}.${part}`;
  }, '');
}

/** One line per problem. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems
    .map(({ path, expected, origin, hint }) => {
      const where = path === '' ? origin : `${path} (${origin})`;
      return `${where}: expected ${expected}${hint === undefined ? '' : `; ${hint}`}`;
    })
    .join('\n');
}
