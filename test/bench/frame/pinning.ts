import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/** Core numbers for the process that is measured and for what it is measured with. */
interface Layout {
  readonly server: number;
  readonly redis: number;
  readonly load: number;
}

/**
 * The measured process has a core to itself, so that neither the load nor Redis is paid for by it; undefined where
 * cores cannot be assigned (no `taskset`, a single core). The scheduler's own choice makes rounds differ by a third.
 */
export const layout: Layout | undefined = choose();

function choose(): Layout | undefined {
  const cores = cpus().length;
  if (cores < 2 || !bind(process.pid, 1)) return undefined;
  return { server: 0, redis: cores > 2 ? 2 : 1, load: 1 };
}

/** Binds a process and all its threads; what it starts later inherits it. */
export function pin(pid: number, part: keyof Layout): void {
  if (layout !== undefined) bind(pid, layout[part]);
}

/** All cores for this process and what it starts from now on: where the whole is looked at, and no part of it alone. */
export function unpin(): void {
  if (layout !== undefined) bind(process.pid, `0-${cpus().length - 1}`);
}

function bind(pid: number, core: number | string): boolean {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
