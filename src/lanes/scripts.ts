import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisClient } from './connection.js';

const names = [
  'accept',
  'acknowledge',
  'backlog',
  'bind',
  'bury',
  'checkpoint',
  'end-conversation',
  'forget-journeys',
  'forget-lane',
  'gate',
  'hand-over',
  'hold',
  'journeys-of',
  'keep-offer',
  'open-conversation',
  'outbox-acknowledge',
  'outbox-append',
  'park',
  'release',
  'repair',
  'revive',
  'settle-offer',
  'take',
  'touch-conversation',
] as const;
export type ScriptName = (typeof names)[number];

const folder = new URL('./scripts/', import.meta.url);
const prelude = readFileSync(new URL('prelude.lua', folder), 'utf8');
const sources = new Map(
  names.map((name) => {
    const text = `${prelude}\n${readFileSync(new URL(`${name}.lua`, folder), 'utf8')}`;
    return [name, { text, sha: createHash('sha1').update(text).digest('hex') }] as const;
  }),
);

export type ScriptAnswer = string | number | null | ScriptAnswer[];

/** One round trip to the shard of `tag`, atomic. */
export type ScriptRunner = (
  name: ScriptName,
  tag: string,
  ...args: readonly (string | number)[]
) => Promise<ScriptAnswer>;

/** A script as Redis is given it, and the name Redis has for it. */
export function scriptSource(name: ScriptName): { readonly text: string; readonly sha: string } {
  const source = sources.get(name);
  if (source === undefined) throw new Error(`no script named ${name}`);
  return source;
}

/**
 * Runs one of the Lua scripts on the shard of `tag`; one round trip, atomic.
 * @throws whatever Redis or the connection answers; a script that threw wrote nothing that the caller may rely on.
 */
export async function runScript(
  client: RedisClient,
  name: ScriptName,
  tag: string,
  ...args: readonly (string | number)[]
): Promise<ScriptAnswer> {
  const source = scriptSource(name);
  const route = `${tag}:generation`;
  try {
    return (await client.evalsha(source.sha, 1, route, tag, ...args)) as ScriptAnswer;
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return (await client.eval(source.text, 1, route, tag, ...args)) as ScriptAnswer;
  }
}

/** Narrows a script's answer that is a list. @throws when it is not: the script and its caller have come apart. */
export function asList(answer: ScriptAnswer): ScriptAnswer[] {
  if (Array.isArray(answer)) return answer;
  throw new TypeError('a Redis script answered something else than a list');
}
