import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The setting that names the binary when it is not on PATH (or another one is wanted). */
export const redisServerVariable = 'EGAIN_BRIDGE_REDIS_SERVER';

/**
 * The path of a Redis server on this machine: what `EGAIN_BRIDGE_REDIS_SERVER` names, else `redis-server`, else
 * `valkey-server` on PATH; `undefined` when there is none. A variable that names nothing executable is not replaced by
 * PATH: whoever set it meant that one.
 */
export function findRedisServer(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = env[redisServerVariable];
  if (named !== undefined && named !== '') return isExecutable(named) ? named : undefined;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return ['redis-server', 'valkey-server']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
