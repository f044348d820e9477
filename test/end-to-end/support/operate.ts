import { expect } from '@jest/globals';
import { spawnBridge } from '../../support/spawn-process.js';

/** How a process ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** One operator's command as a process of its own, as an operator runs it. */
export async function operateOn(configFile: string, argv: readonly string[]): Promise<Ended> {
  const child = spawnBridge([...argv, '--config', configFile]);
  const { code } = await child.exited;
  return { stdout: child.stdout(), stderr: child.stderr(), code };
}

/** One that must succeed; gives what it printed. */
export async function operateWellOn(configFile: string, argv: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await operateOn(configFile, argv);
  expect([stderr, code]).toEqual(['', 0]);
  return stdout;
}
