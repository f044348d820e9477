import { run } from '../../../src/cli/program.js';

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs one command line and collects what it wrote and how it ended. */
export async function type(line: string, env: Record<string, string> = {}): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  let exitCode = 0;
  await run(line.split(' ').filter(Boolean), {
    env,
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  return { ...written, exitCode };
}
