import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { installPeer } from './install.js';

/** Whether this is that release already: `24` stands for all of its releases. */
export function runsOn(release: string): boolean {
  return `${process.versions.node}.`.startsWith(`${release}.`);
}

/**
 * Runs this program again, with the same arguments, on another release of Node, installed for it. Resolves with the exit code, 1 when a signal ended it.
 * @throws {Error} when that release cannot be had here.
 */
export async function onNode(release: string, args: readonly string[]): Promise<number> {
  const folder = await installPeer(`node-${release}`, { dependencies: { node: release } }, [
    ['install', '--no-audit', '--no-fund'],
  ]);
  const program = process.argv[1] ?? '';
  const child = spawn(join(folder, 'node_modules/node/bin/node'), [program, ...args], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
