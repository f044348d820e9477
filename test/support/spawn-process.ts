import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.js';

/** The repository's own folder, wherever the tests are run from. */
export const projectRoot = fileURLToPath(new URL(builtOrNot('../../'), import.meta.url));

/** This very file runs from the sources under jest, and one folder deeper from the build. */
function builtOrNot(root: string): string {
  return new URL(root, import.meta.url).pathname.endsWith('/dist/') ? `${root}../` : root;
}

export interface SpawnOptions {
  /** Added to a small base environment (PATH, HOME, TMPDIR and the run's mark), not to all of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process with its output kept, for tests that kill, freeze and restart what users run. */
export interface SpawnedProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Everything written so far. */
  stdout(): string;
  stderr(): string;
  /** The first whole line on either stream that matches, now or later; fails at once when the process ends without. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after the grace period; harmless when it has already ended. */
  stop(graceMs?: number): Promise<Exit>;
}

const inherited = [
  'PATH',
  'HOME',
  'TMPDIR',
  'EGAIN_BRIDGE_TEST_RUN',
  'EGAIN_BRIDGE_TEST_EXCHANGES',
  'EGAIN_BRIDGE_REDIS_SERVER',
];

/** See there: what a simulator in the child answers is looked at too. */
const watch = ['--import', new URL('contract-in-child.mjs', import.meta.url).href];

/** Starts `node` with these arguments. */
export function spawnProcess(args: readonly string[], options: SpawnOptions = {}): SpawnedProcess {
  const base = inherited.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const child = spawn(process.execPath, [...watch, ...args], {
    cwd: options.cwd ?? projectRoot,
    env: { ...Object.fromEntries(base), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString('utf8')));
  const exited = once(child, 'close').then((): Exit => ({ code: child.exitCode, signal: child.signalCode }));
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const { pid } = child;
  if (pid === undefined) throw new Error(`${process.execPath} could not be started`);

  return {
    pid,
    exited,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    async line(pattern, timeoutMs = 20_000) {
      const find = (): string | undefined => wholeLines(output).find((line) => pattern.test(line));
      const answer = await eventually(() => find() ?? (ended() ? 'ended' : undefined), {
        timeoutMs,
        what: `a line matching ${String(pattern)} in\n${output.stdout}${output.stderr}`,
      });
      if (answer !== 'ended') return answer;
      await exited;
      const last = find();
      if (last === undefined) throw new Error(`The process ended first:\n${output.stdout}${output.stderr}`);
      return last;
    },
    signal: (signal) => void child.kill(signal),
    stop: (graceMs = 10_000) => stop(child, exited, graceMs),
  };
}

/** The product as a user runs it: `egain-bridge <args>`, from the build. */
export function spawnBridge(args: readonly string[], options: SpawnOptions = {}): SpawnedProcess {
  return spawnProcess([`${projectRoot}dist/bin/egain-bridge.js`, ...args], options);
}

/** One of `test/programs`, by name, from the build: product code in a process of its own. */
export function spawnProgram(
  name: string,
  args: readonly string[] = [],
  options: SpawnOptions = {},
): SpawnedProcess {
  return spawnProcess([`${projectRoot}dist/test/programs/${name}.js`, ...args], options);
}

function wholeLines(output: { readonly stdout: string; readonly stderr: string }): string[] {
  return [output.stdout, output.stderr].flatMap((text) => text.split('\n').slice(0, -1));
}

async function stop(child: ChildProcess, exited: Promise<Exit>, graceMs: number): Promise<Exit> {
  // A stopped (SIGSTOP) process would sit on its SIGTERM for ever.
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  const exit = await exited;
  clearTimeout(timer);
  return exit;
}
