/** A simulated tenant and a command line that knows it by EGAIN_* variables only. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/cli/program.js';
import { client, scopes } from '../simulator/support.js';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../src/simulator/index.js';

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface Desk {
  readonly simulator: Simulator;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Runs `egain-bridge <args>`; `stdin` is what is piped in. */
  type(args: readonly string[], input?: { stdin?: string; env?: Record<string, string> }): Promise<Ended>;
  /** Runs a command that must succeed, and reads what it printed as JSON. */
  json(args: readonly string[], stdin?: string): Promise<unknown>;
  /** Writes a file into the desk's folder. @returns its path */
  file(name: string, content: string | Uint8Array): Promise<string>;
  close(): Promise<void>;
}

export async function startDesk(options: Partial<SimulatorOptions> = {}): Promise<Desk> {
  const simulator = await startSimulator({
    clients: [client, { ...client, id: 'reader', scopes: [scopes.read] }],
    ...options,
  });
  const folder = await mkdtemp(join(tmpdir(), 'egain-bridge-desk-'));
  const env = {
    EGAIN_API_URL: simulator.url,
    EGAIN_TOKEN_URL: simulator.tokenUrl,
    EGAIN_CLIENT_ID: client.id,
    EGAIN_CLIENT_SECRET: client.secret,
  };
  const type: Desk['type'] = async (args, { stdin = '', env: more = {} } = {}) => {
    const written = { stdout: '', stderr: '' };
    let exitCode = 0;
    await run(args, {
      env: { ...env, ...more },
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      stdin: piped(stdin),
      setExitCode: (code) => (exitCode = code),
    });
    return { ...written, exitCode };
  };
  return {
    simulator,
    env,
    folder,
    type,
    json: async (args, stdin = '') => {
      const { stdout, stderr, exitCode } = await type([...args, '--json'], { stdin });
      if (exitCode !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as unknown;
    },
    file: async (name, content) => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    close: async () => {
      await simulator.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** In two pieces, as a pipe may deliver it. */
async function* piped(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  const half = Math.floor(bytes.length / 2);
  yield await Promise.resolve(bytes.subarray(0, half));
  yield bytes.subarray(half);
}
