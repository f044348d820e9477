import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { execPath } from 'node:process';
import { bundle, bundleFolder } from './bundle.mjs';
import { SetupError, run } from './run.mjs';

const project = 'tsconfig.build.json';
/** What decides over dist besides the sources. */
const settings = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.browser.json',
  project,
  'scripts/setup/bundle.mjs',
];
const stamp = '.setup/build';
/** The compiler's own memory of its last run: named in tsconfig.build.json. */
const compilerMemory = '.setup/types';
const compiler = 'node_modules/@typescript/native/bin/tsc';

/** Whether dist was made from exactly these sources. */
export async function buildIsCurrent() {
  const [made, wanted] = await Promise.all([readFile(stamp, 'utf8').catch(() => ''), fingerprint()]);
  return made === wanted && (await distIsThere());
}

/** Compiles, copies the files the sources load at run time, removes what has no source any more, and bundles the program. */
export async function build() {
  const made = await fingerprint();
  await rm(stamp, { force: true });
  // With its memory the compiler writes only what has changed, and would not notice that dist is gone.
  if (!(await distIsThere())) await rm(compilerMemory, { force: true });
  const files = await sources();
  await compile('-p', project);
  for (const page of files.filter(isBrowserProject)) {
    await compile('-p', dirname(page), '--noEmit', 'false', '--outDir', 'dist');
  }
  for (const file of files.filter((name) => !isTypeScript(name) && !isBrowserProject(name))) {
    await mkdir(dirname(join('dist', file)), { recursive: true });
    await copyFile(file, join('dist', file));
  }
  await removeStrays();
  await bundle();
  await mkdir('.setup', { recursive: true });
  await writeFile(stamp, made);
}

/** @param {string[]} args */
async function compile(...args) {
  const { ok, output } = await run(execPath, [compiler, ...args]);
  if (!ok) throw new SetupError(`the type check failed:\n${output}`);
}

/** Scripts of web pages lie in folders `browser`, each a project of its own: they know the DOM and nothing of Node. */
function isBrowserProject(file) {
  return file.startsWith('src') && basename(file) === 'tsconfig.json';
}

async function distIsThere() {
  return (await readdir('dist').catch(() => [])).length > 0;
}

async function fingerprint() {
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of [...(await sources()), ...settings]) {
    hash.update(`\0${file}\0`).update(await readFile(file));
  }
  return hash.digest('hex');
}

/** @returns {Promise<string[]>} every file that has a say in dist, in a fixed order */
async function sources() {
  const { include } = JSON.parse(await readFile(project, 'utf8'));
  // Programs of the tests may use what all tests share; the compiler follows their imports there.
  const rooms = [...include.map((entry) => (entry.endsWith('.ts') ? dirname(entry) : entry)), 'test/support'];
  const lists = await Promise.all(rooms.map((room) => filesIn(room)));
  return lists
    .flat()
    .filter((file) => !file.endsWith('.md'))
    .sort();
}

/** A file in dist whose source is gone would still be found by an import. */
async function removeStrays() {
  for (const file of await filesIn('dist')) {
    // Made anew each time, and its files have names of their own.
    if (file.startsWith(join(bundleFolder, sep))) continue;
    const copied = file.slice('dist/'.length);
    const compiled = copied.replace(/(\.d\.ts|\.js\.map|\.js)$/, '.ts');
    if (!existsSync(copied) && !existsSync(compiled)) await rm(file);
  }
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function isTypeScript(file) {
  return file.endsWith('.ts');
}
