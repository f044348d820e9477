/**
 * The examples of eGain's Channel section as its readers copy them. A test runs them with the real curl; `--data` is
 * also had from them, by a shell in which `curl` only tells what it was given.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { z } from 'zod';

export type Example =
  'create-channel' | 'list-channels' | 'get-channel' | 'update-channel' | 'delete-channel';

const run = promisify(execFile);

export function example(name: Example): string {
  return readFileSync(new URL(`curl/${name}.sh`, import.meta.url), 'utf8');
}

/** The id in the examples; every tenant makes its own. */
export const exampleId = '7b6c5fff-036e-4a40-b68a-a67c592fc079';

export interface CurlAnswer {
  readonly status: number;
  readonly body: string;
}

/** Runs an example as it stands, but for host, token and id. */
export async function runWithCurl(
  name: Example,
  at: { readonly origin: string; readonly token: string; readonly id?: string },
): Promise<CurlAnswer> {
  const script = example(name)
    .replaceAll('https://api.egain.cloud', at.origin)
    .replaceAll('<YOUR_TOKEN_HERE>', at.token)
    .replaceAll(exampleId, at.id ?? exampleId);
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script]);
  const [head = '', ...body] = stdout.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), body: body.join('\r\n\r\n') };
}

/** The text after `-d`, exactly as curl would send it. */
export async function bodyOf(name: Example): Promise<string> {
  const tell = 'curl() { while [ $# -gt 0 ]; do if [ "$1" = -d ]; then printf %s "$2"; fi; shift; done; }';
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `${tell}\n${example(name)}`]);
  return stdout;
}

export const created = z.strictObject({ id: z.string().length(36) });
