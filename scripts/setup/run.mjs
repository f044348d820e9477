import { spawn } from 'node:child_process';

/** A failure the reader can mend: the message is all they need, no stack. */
export class SetupError extends Error {}

const kept = 8_000;

/**
 * Runs a program quietly; its output is shown only when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env] added to this process's own
 * @returns {Promise<{ ok: boolean, output: string }>} `output` is the end of both streams
 */
export function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => (output = (output + chunk.toString('utf8')).slice(-kept));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output: output.trimEnd() }));
  });
}
