import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from '@swc/core';
import { compiledPath, compiledRoot, root } from './compiled-path.mjs';

const rooms = ['config', 'examples', 'scripts', 'src', 'test', 'webhooks', 'workers'];
const globals = pathToFileURL(join(import.meta.dirname, 'globals.mjs')).href;

/**
 * Says what made the modules, and where the sources lie that they name: they are of no use to another version of this file, nor in
 * a folder that was copied or moved.
 */
const madeBy = join(compiledRoot, 'made-by');

/** Makes a plain module of every source that has changed, and removes those whose source is gone. */
export async function compile() {
  const own = `${root} ${await modifiedAt(fileURLToPath(import.meta.url))}`;
  if ((await readFile(madeBy, 'utf8').catch(() => '')) !== own) {
    await rm(compiledRoot, { recursive: true, force: true });
    await mkdir(compiledRoot, { recursive: true });
    await put(madeBy, own);
  }
  const lists = await Promise.all(rooms.map((room) => filesIn(join(root, room))));
  const sources = lists.flat().filter((file) => /(?<!\.d)\.ts$|\.mjs$/.test(file));
  await Promise.all(sources.map(compileOne));
  const wanted = new Set([...sources.map(compiledPath), madeBy]);
  const strays = (await filesIn(compiledRoot)).filter(
    (file) => !isDraft(file) && !wanted.has(file.replace(/\.map$/, '')),
  );
  await Promise.all(strays.map((file) => rm(file, { force: true })));
}

/** A module is as old as its source, to the millisecond: also a source that an older one took the place of has changed. */
async function compileOne(source) {
  const target = compiledPath(source);
  const [made, changed] = await Promise.all([modifiedAt(target), modifiedAt(source)]);
  if (made === changed) return;
  const { code, map } = await transform(await readFile(source, 'utf8'), {
    filename: source,
    sourceFileName: source,
    sourceMaps: true,
    swcrc: false,
    configFile: false,
    module: { type: 'es6' },
    jsc: { target: 'es2023', parser: { syntax: 'typescript' }, transform: { verbatimModuleSyntax: true } },
  });
  await mkdir(dirname(target), { recursive: true });
  await put(`${target}.map`, map);
  await put(target, `${inPlaceOf(source, code)}\n//# sourceMappingURL=${basename(target)}.map\n`);
  await utimes(target, changed / 1000, changed / 1000);
}

/** A module finds the files beside its source, and the test functions that Jest would give it. */
function inPlaceOf(source, code) {
  return code
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(source).href))
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(source)))
    .replaceAll(/(['"])@jest\/globals\1/g, JSON.stringify(globals));
}

/** Two runs may begin at once: nobody reads half a file. */
export async function put(file, text) {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, file);
}

const isDraft = (file) => /\.\d+$/.test(file);

async function modifiedAt(file) {
  return Math.round((await stat(file).catch(() => undefined))?.mtimeMs ?? 0);
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
