/** Where a setting's value came from, for messages: a line of the file, a variable, or nowhere. */
import type { ConfigDocument } from './document.js';
import { formatPath, type Path } from './problems.js';

export interface Sources {
  /** How the file is called in messages; undefined without one. */
  readonly file: string | undefined;
  readonly document: ConfigDocument;
  /** Path to the plain variable its value came from. */
  readonly variables: ReadonlyMap<string, string>;
  /** Path to the `…File` twin its value came from. */
  readonly twins: ReadonlyMap<string, Path>;
}

/** The origin of `path`, or of the nearest part around it that was given at all. */
export function originOf(path: Path, { file, document, variables, twins }: Sources): string {
  const variable = variables.get(formatPath(path));
  if (variable !== undefined) return `environment variable ${variable}`;
  if (file === undefined) return 'default';
  const line = document.lineOf(inFile(path, twins));
  return line === undefined ? file : `${file} line ${line}`;
}

function inFile(path: Path, twins: ReadonlyMap<string, Path>): Path {
  for (let length = path.length; length > 0; length -= 1) {
    const twin = twins.get(formatPath(path.slice(0, length)));
    if (twin !== undefined) return twin;
  }
  return path;
}
