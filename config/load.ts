/** Reads a configuration: one file, its environment, the files it names. Every problem is found in one pass. */
import * as z from 'zod';
import { noDocument, readDocument, type ConfigDocument } from './document.js';
import { overlay, variableFor } from './environment.js';
import type { Environment } from './interpolate.js';
import { flatten, inPlainWords, valueAt, type FlatIssue } from './issues.js';
import { originOf, type Sources } from './origins.js';
import { folderOf, prepare, type Notes } from './prepare.js';
import { formatPath, type Path, type Problem } from './problems.js';
import { bridgeSchema, type AdapterSettings, type BridgeConfig } from './schema.js';
import { readText, whyUnreadable } from './reading.js';
import { egainAccessSchema, type EgainAccess } from './schema/egain.js';
import { egressSchema, type EgressSettings } from './schema/egress.js';
import { isRecord, shortestSecret } from './schema/fields.js';
import { below, open, settingsOf, type Schema } from './shape.js';
import { suggest } from './suggest.js';
import { warningsOf } from './warnings.js';

export { formatProblems, type Problem } from './problems.js';

export interface LoadOptions {
  /** Path of the YAML file. Without one, defaults and plain environment variables have to do. */
  readonly file?: string | undefined;
  readonly env: Environment;
  /** Contents as text; throws as `readFileSync` does, which is the default. */
  readonly readFile?: (path: string) => string;
  readonly adapters: readonly AdapterSettings[];
}

interface Refused {
  readonly ok: false;
  readonly problems: readonly Problem[];
}

export type Loaded =
  { readonly ok: true; readonly config: BridgeConfig; readonly warnings: readonly Problem[] } | Refused;

export function loadConfig({ adapters, ...options }: LoadOptions): Loaded {
  const read = readSettings(options, bridgeSchema(adapters), (raw) => raw);
  if (!read.ok) return read;
  const { settings: config, sources } = read;
  return { ok: true, config, warnings: warningsOf(config).map((each) => told(each, sources)) };
}

/** What calls to eGain need: its section, and the way there. */
export interface EgainAndEgress {
  readonly egain: EgainAccess;
  readonly egress: EgressSettings;
}

export type LoadedEgainAccess = ({ readonly ok: true } & EgainAndEgress) | Refused;

const accessSchema = z.strictObject({ egain: egainAccessSchema, egress: egressSchema });

/**
 * Only what calls to eGain's API need: `EGAIN_*` variables are enough for that, and whatever else stands in the file,
 * missing or wrong, is nobody's business here.
 */
export function loadEgainAccess(options: Omit<LoadOptions, 'adapters'>): LoadedEgainAccess {
  const read = readSettings(options, accessSchema, egainAccessIn);
  return read.ok ? { ok: true, ...read.settings } : read;
}

function egainAccessIn(raw: unknown): unknown {
  if (!isRecord(raw)) return raw;
  const { egain, egress } = raw;
  const way = egress === undefined ? {} : { egress };
  if (!isRecord(egain)) return { egain, ...way };
  return { egain: Object.fromEntries(Object.entries(egain).filter(([name]) => name !== 'callback')), ...way };
}

type Read<Settings> = { readonly ok: true; readonly settings: Settings; readonly sources: Sources } | Refused;

/** @param pick keeps of the whole document what the schema is about. */
function readSettings<Settings>(
  { file, env, readFile = readText }: Omit<LoadOptions, 'adapters'>,
  schema: z.ZodType<Settings>,
  pick: (raw: unknown) => unknown,
): Read<Settings> {
  const document = file === undefined ? noDocument() : openFile(file, readFile);
  if (document.problems.length > 0) return { ok: false, problems: document.problems };
  const { value: raw, variables } = overlay(document.value, env);
  const { value, ...notes } = prepare(pick(raw), schema, {
    env,
    folder: folderOf(file),
    readFile,
    verbatim: variables,
  });
  const sources: Sources = { file, document, variables, twins: notes.twins };

  const result = schema.safeParse(value, { error: inPlainWords });
  const issues = result.success ? [] : distinct(flatten(result.error.issues), notes.failed);
  const problems = [
    ...notes.findings.map((finding) => told(finding, sources)),
    ...issues.map((issue) => told({ ...issue, ...hintFor(issue, value, schema, notes) }, sources)),
    ...shortSecrets(notes, issues).map((path) => told({ path, expected: longEnough }, sources)),
  ];
  if (!result.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: result.data, sources };
}

function openFile(file: string, readFile: (path: string) => string): ConfigDocument {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const hint = whyUnreadable(error);
    return noDocument([{ path: '', expected: 'a configuration file that can be read', origin: file, hint }]);
  }
  return readDocument(text, file);
}

interface Telling {
  readonly path: Path;
  readonly expected: string;
  readonly hint?: string | undefined;
}

function told({ path, expected, hint }: Telling, sources: Sources): Problem {
  const problem = { path: formatPath(path), expected, origin: originOf(path, sources) };
  return hint === undefined ? problem : { ...problem, hint };
}

/** One issue per place, none where reading the value has already failed. */
function distinct(issues: readonly FlatIssue[], failed: ReadonlySet<string>): FlatIssue[] {
  const seen = new Set<string>();
  return issues.filter(({ path }) => {
    const where = formatPath(path);
    const isNews =
      !seen.has(where) && !path.some((_, index) => failed.has(formatPath(path.slice(0, index + 1))));
    seen.add(where);
    return isNews;
  });
}

function hintFor(issue: FlatIssue, value: unknown, schema: Schema, notes: Notes): { readonly hint?: string } {
  const where = formatPath(issue.path);
  if (issue.unknownKey !== undefined) {
    const meant = suggest(issue.unknownKey, settingsOf(schemasAt(schema, value, issue.path.slice(0, -1))));
    return meant === undefined ? {} : { hint: `did you mean ${meant}?` };
  }
  const names = notes.filled.get(where);
  if (names !== undefined) return { hint: `the value comes from environment variable ${names.join(', ')}` };
  if (issue.isRule === true || valueAt(value, issue.path) !== undefined) return {};
  const variable = variableFor(where);
  return {
    hint:
      variable === undefined
        ? 'it is not set'
        : `it is not set; environment variable ${variable} sets it too`,
  };
}

/** The schemas of the map at `path`, narrowed by what stands in it. */
function schemasAt(schema: Schema, value: unknown, path: Path): readonly Schema[] {
  let here = value;
  let schemas = open([schema], here);
  for (const key of path) {
    here = valueAt(here, [key]);
    schemas = open(below(schemas, key), here);
  }
  return schemas;
}

/** I9 also holds where a schema forgot to say so. */
function shortSecrets(notes: Notes, issues: readonly FlatIssue[]): Path[] {
  const named = new Set(issues.map(({ path }) => formatPath(path)));
  return [...notes.shortSecrets].filter(([where]) => !named.has(where)).map(([, path]) => path);
}

const longEnough = `at least ${shortestSecret} characters, because it is a secret`;
