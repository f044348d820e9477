import { readFile } from 'node:fs/promises';
import { execPath } from 'node:process';
import { SetupError, run } from './run.mjs';

/**
 * Whether node_modules holds what the lock file asks for. npm writes its own account of what it installed as the last
 * step of an installation, so a broken-off one counts as none. Optional packages may be missing: most of them are for
 * other platforms.
 */
export async function dependenciesAreCurrent() {
  const installed = await packagesOf('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  const wanted = (await packagesOf('package-lock.json')) ?? {};
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = installed[path];
    return there === undefined
      ? entry.optional === true || entry.extraneous === true
      : there.version === entry.version;
  });
}

export async function installDependencies() {
  // Under `npm run` this is the very npm that runs us; development packages are wanted whatever NODE_ENV says.
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const { ok, output } = npm === undefined ? await run('npm', args) : await run(execPath, [npm, ...args]);
  if (!ok) throw new SetupError(`npm ci failed:\n${withoutUsage(output)}`);
}

/** npm ends many of its errors with its whole manual page. */
function withoutUsage(output) {
  return output.replace(/\n[^\n]*Clean install a project[\s\S]*$/, '');
}

async function packagesOf(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
