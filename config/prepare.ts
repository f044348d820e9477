/**
 * From what stands in the file to what the schema checks: `${NAME}` filled in, `…File` twins read, paths made absolute.
 * Nothing stops at the first problem.
 */
import { dirname, isAbsolute, resolve } from 'node:path';
import * as z from 'zod';
import { interpolate, type Environment } from './interpolate.js';
import { formatPath, type Path } from './problems.js';
import { whyUnreadable } from './reading.js';
import { isRecord, shortestSecret } from './schema/fields.js';
import { baseOf, below, hasTwin, isMarked, isSecret, open, requiredMaps, type Schema } from './shape.js';

export interface Finding {
  readonly path: Path;
  readonly expected: string;
  readonly hint?: string;
}

/** What was noticed on the way, by path. */
export interface Notes {
  readonly findings: Finding[];
  /** Places without a value because reading it failed: what the schema says about them is no news. */
  readonly failed: Set<string>;
  /** Secrets that are too short, whatever their own schema says (I9). */
  readonly shortSecrets: Map<string, Path>;
  /** Place of a value to the place of the `…File` twin it came from. */
  readonly twins: Map<string, Path>;
  /** Place of a value to the variables that were filled in. */
  readonly filled: Map<string, readonly string[]>;
}

export interface Surroundings {
  readonly env: Environment;
  /** Relative paths start here. */
  readonly folder: string;
  /** Contents as text; throws as `readFileSync` does. */
  readonly readFile: (path: string) => string;
  /** Places whose text comes from a plain variable: taken as it is, `${` included. */
  readonly verbatim: ReadonlyMap<string, string>;
}

/** The folder that relative paths in `file` start at; the working directory without a file. */
export function folderOf(file: string | undefined): string {
  return file === undefined ? resolve('.') : resolve(dirname(file));
}

export function prepare(
  raw: unknown,
  schema: Schema,
  surroundings: Surroundings,
): Notes & { value: unknown } {
  const notes: Notes = {
    findings: [],
    failed: new Set(),
    shortSecrets: new Map(),
    twins: new Map(),
    filled: new Map(),
  };
  return { value: visit({ value: raw, fields: [schema], path: [], key: '' }, surroundings, notes), ...notes };
}

interface Place {
  readonly value: unknown;
  /** The schemas of this place; several in a union. */
  readonly fields: readonly Schema[];
  readonly path: Path;
  /** The setting's name; inside a list still the list's. */
  readonly key: string;
}

/** A setting without a value (`redis:` and nothing after it) counts as not given. */
function visit(place: Place, surroundings: Surroundings, notes: Notes): unknown {
  const { value, fields, path, key } = place;
  if (value === null) return undefined;
  if (typeof value === 'string') return visitText(value, place, surroundings, notes);
  const schemas = open(fields, value);
  if (Array.isArray(value)) {
    return value.map((entry: unknown, index) =>
      visit(
        { value: entry, fields: below(schemas, index), path: [...path, index], key },
        surroundings,
        notes,
      ),
    );
  }
  if (!isRecord(value)) return value;
  const missing = requiredMaps(schemas).filter((key) => (value[key] ?? undefined) === undefined);
  const complete = { ...value, ...Object.fromEntries(missing.map((key) => [key, {}])) };
  const entries = Object.entries(complete).map(([name, inner]): [string, unknown] => {
    const base = baseOf(name);
    const twinned = base === undefined ? [] : below(schemas, base).filter((field) => hasTwin(base, field));
    if (base === undefined || twinned.length === 0) {
      const next = { value: inner, fields: below(schemas, name), path: [...path, name], key: name };
      return [name, visit(next, surroundings, notes)];
    }
    const twin = { value: inner, fields: twinned, path: [...path, name], key: base };
    return [base, visitTwin(twin, value[base] ?? undefined, surroundings, notes)];
  });
  return Object.fromEntries(entries);
}

function visitText(text: string, place: Place, surroundings: Surroundings, notes: Notes): unknown {
  const { fields, path, key } = place;
  const where = formatPath(path);
  if (surroundings.verbatim.has(where)) {
    noteLength(text, fields, key, path, notes);
    return convert(text, fields);
  }
  const result = interpolate(text, surroundings.env);
  if (!result.ok) {
    notes.findings.push({ path, expected: result.expected });
    notes.failed.add(where);
    return undefined;
  }
  const { value, names } = result;
  noteLength(value, fields, key, path, notes);
  if (fields.some((field) => isMarked(field, 'path'))) return resolveFrom(surroundings.folder, value);
  if (names.length === 0) return value;
  notes.filled.set(where, names);
  return convert(value, fields);
}

/** The value a `…File` twin stands for: one content, or a list of them where the setting is a list. */
function visitTwin(twin: Place, given: unknown, surroundings: Surroundings, notes: Notes): unknown {
  const { path, key, fields } = twin;
  const name = String(path.at(-1));
  const base = [...path.slice(0, -1), key];
  if (given !== undefined) {
    notes.findings.push({ path, expected: `only one of ${key} and ${name}` });
    return given;
  }
  notes.twins.set(formatPath(base), path);
  const isList = open(fields, undefined).some((schema) => schema instanceof z.ZodArray);
  const named = visit({ ...twin, fields: [z.string()], key: name }, surroundings, notes);
  const files: readonly unknown[] = isList && Array.isArray(named) ? named : [named];
  const contents = files.map((file) => readTwin(file, path, surroundings, notes));
  if (contents.includes(undefined)) {
    notes.failed.add(formatPath(base));
    return undefined;
  }
  for (const [index, content] of contents.entries()) {
    noteLength(content, fields, key, isList ? [...base, index] : base, notes);
  }
  return isList ? contents : contents[0];
}

function readTwin(file: unknown, path: Path, surroundings: Surroundings, notes: Notes): string | undefined {
  if (file === undefined) return undefined;
  if (typeof file !== 'string') {
    notes.findings.push({ path, expected: 'the path of a file' });
    return undefined;
  }
  const place = resolveFrom(surroundings.folder, file);
  try {
    return surroundings.readFile(place).replace(/(?<![\r\n])[\r\n]+$/, '');
  } catch (error) {
    notes.findings.push({
      path,
      expected: 'a file that can be read',
      hint: `${place}: ${whyUnreadable(error)}`,
    });
    return undefined;
  }
}

function noteLength(
  value: string | undefined,
  fields: readonly Schema[],
  key: string,
  path: Path,
  notes: Notes,
): void {
  if (value === undefined || value.length >= shortestSecret) return;
  if (fields.some((field) => isSecret(key, field))) notes.shortSecrets.set(formatPath(path), path);
}

/** What comes from the environment is text; where the schema wants a number or a yes or no, it is read as one. */
function convert(text: string, fields: readonly Schema[]): unknown {
  const schemas = open(fields, undefined);
  if (schemas.some((schema) => schema instanceof z.ZodString)) return text;
  const isNumber = /^-?\d+(\.\d+)?$/.test(text) && schemas.some((schema) => schema instanceof z.ZodNumber);
  if (isNumber) return Number(text);
  const isBoolean =
    (text === 'true' || text === 'false') && schemas.some((schema) => schema instanceof z.ZodBoolean);
  return isBoolean ? text === 'true' : text;
}

function resolveFrom(folder: string, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path);
}
