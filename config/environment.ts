/** The settings that a plain environment variable may give; it wins over the file. */
import type { Environment } from './interpolate.js';
import { formatPath, type Path } from './problems.js';
import { isRecord } from './schema/fields.js';
import { twinOf } from './shape.js';

/** Variable name to the setting it gives. */
export const plainVariables: ReadonlyMap<string, Path> = new Map<string, Path>([
  ['PUBLIC_URL', ['publicUrl']],
  ['PORT', ['server', 'port']],
  ['MANAGEMENT_PORT', ['server', 'managementPort']],
  ['REDIS_URL', ['redis', 'url']],
  ['EGAIN_API_URL', ['egain', 'apiUrl']],
  ['EGAIN_TOKEN_URL', ['egain', 'token', 'url']],
  ['EGAIN_CLIENT_ID', ['egain', 'token', 'clientId']],
  ['EGAIN_CLIENT_SECRET', ['egain', 'token', 'clientSecret']],
  ['EGAIN_SCOPE', ['egain', 'token', 'scope']],
  ['LOG_LEVEL', ['logging', 'level']],
  ['HTTPS_PROXY', ['egress', 'proxy']],
  ['NO_PROXY', ['egress', 'noProxy']],
  // As curl has it, the small letters win.
  ['https_proxy', ['egress', 'proxy']],
  ['no_proxy', ['egress', 'noProxy']],
]);

export function variableFor(path: string): string | undefined {
  return [...plainVariables].find(([, setting]) => formatPath(setting) === path)?.[0];
}

export interface Overlaid {
  readonly value: unknown;
  /** Path to the variable its value came from. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Puts the plain variables into the file's values. An empty variable counts as not set, as compose files write it. */
export function overlay(value: unknown, environment: Environment): Overlaid {
  const variables = new Map<string, string>();
  let result: unknown = value ?? {};
  for (const [name, path] of plainVariables) {
    const given = environment[name];
    if (given === undefined || given === '') continue;
    result = withValue(result, path, given);
    variables.set(formatPath(path), name);
  }
  return { value: result, variables };
}

/** A value that is no map is left as it is: the schema will say so. A `…File` twin of the setting gives way. */
function withValue(container: unknown, [key, ...rest]: Path, value: string): unknown {
  if (key === undefined) return value;
  if (container !== undefined && container !== null && !isRecord(container)) return container;
  const entries = new Map<string, unknown>(Object.entries(container ?? {}));
  const name = String(key);
  if (rest.length === 0) entries.delete(twinOf(name));
  entries.set(name, withValue(entries.get(name), rest, value));
  return Object.fromEntries(entries);
}
