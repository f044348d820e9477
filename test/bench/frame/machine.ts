import { execFile } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { findRedisServer } from '../../../src/operations/find-redis-server.js';
import { layout } from './pinning.js';

/** The facts without which a figure means nothing. Never a host name or an address. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly redis: string;
  /** Which core each part was bound to, or `none`. */
  readonly pinning: string;
}

export async function machineFacts(): Promise<Machine> {
  const binary = findRedisServer(process.env);
  const version = binary === undefined ? '' : (await promisify(execFile)(binary, ['--version'])).stdout;
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    redis: /^(\S+ )\S* ?v=(\S+)/.exec(version)?.slice(1).join('') ?? (version.trim() || 'no Redis'),
    pinning:
      layout === undefined ? 'none' : `server ${layout.server}, Redis ${layout.redis}, load ${layout.load}`,
  };
}
