import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What is installed for a comparison only lives here, away from the product's own packages. */
const cache = resolve('.setup/peers');

/**
 * Installs other people's programs into a folder of their own, once; a broken-off installation is begun again.
 * `steps` are further npm commands. @throws {Error} when they cannot be had here.
 */
export async function installPeer(
  name: string,
  manifest: { readonly dependencies: Readonly<Record<string, string>>; readonly overrides?: object },
  steps: readonly (readonly string[])[],
): Promise<string> {
  const folder = join(cache, name);
  const wanted = JSON.stringify({ private: true, ...manifest, steps });
  const stamp = join(folder, 'installed');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return folder;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }));
  for (const step of steps) {
    process.stderr.write(`${name}: npm ${step.join(' ')} …\n`);
    await execute('npm', [...step], { cwd: folder, maxBuffer: 64 * 2 ** 20 });
  }
  await writeFile(stamp, wanted);
  return folder;
}
