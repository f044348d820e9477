import { readFileSync } from 'node:fs';

/** Where the kernel says how long a process wanted to run and could not (Linux); elsewhere nothing is known. */
function waitedMs(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return undefined;
  }
}

const everyMs = 100;

/** The number under which the test's own process is watched: both far ends live in it. */
export const farEnds = -1;

/**
 * Watches how much CPU time the bridge processes were denied. On a crowded machine a process may get to its own
 * time-out before it gets to an answer; that is nobody's fault, but it has to be proven like everything else.
 */
export class StarvationWatch {
  readonly #pids: () => readonly (number | undefined)[];
  /** Per process: when, and how long it had waited since the moment before. */
  readonly #waits: { readonly process: number; readonly at: number; readonly ms: number }[] = [];
  readonly #last = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;

  /** `pids`: of each process by its number, as they are now. */
  constructor(pids: () => readonly (number | undefined)[]) {
    this.#pids = pids;
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** How long a process wanted to run and could not between two moments, in milliseconds. */
  deniedMs(number: number, from: number, to: number): number {
    return this.#waits
      .filter((wait) => wait.process === number && wait.at >= from && wait.at <= to + everyMs)
      .reduce((sum, { ms }) => sum + ms, 0);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const at = Date.now();
    [process.pid, ...this.#pids()].forEach((pid, index) => {
      const total = pid === undefined ? undefined : waitedMs(pid);
      if (pid === undefined || total === undefined) return;
      const ms = total - (this.#last.get(pid) ?? total);
      this.#last.set(pid, total);
      if (ms > 1) this.#waits.push({ process: index + farEnds, at, ms });
    });
  }
}
