import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from '@swc/core';
import { compiledPath, compiledRoot, root } from './compiled-path.mjs';

const rooms = ['config', 'examples', 'scripts', 'src', 'test', 'webhooks', 'workers'];
const globals = pathToFileURL(join(import.meta.dirname, 'globals.mjs')).href;

/** Says where the sources lie that the modules name: a folder that was copied or moved has those of another place. */
const placeFile = join(compiledRoot, 'place');

/** Makes a plain module of every source that has changed, and removes those whose source is gone. */
export async function compile() {
  if ((await readFile(placeFile, 'utf8').catch(() => '')) !== root) {
    await rm(compiledRoot, { recursive: true, force: true });
    await mkdir(compiledRoot, { recursive: true });
    await put(placeFile, root);
  }
  const lists = await Promise.all(rooms.map((room) => filesIn(join(root, room))));
  const sources = lists.flat().filter((file) => /(?<!\.d)\.ts$|\.mjs$/.test(file));
  const own = await modifiedAt(fileURLToPath(import.meta.url));
  await Promise.all(sources.map((source) => compileOne(source, own)));
  const wanted = new Set([...sources.map(compiledPath), placeFile]);
  const there = (await filesIn(compiledRoot)).filter((file) => !wanted.has(file.replace(/\.map$/, '')));
  await Promise.all(there.map((file) => rm(file)));
}

async function compileOne(source, own) {
  const target = compiledPath(source);
  const [made, changed] = await Promise.all([modifiedAt(target), modifiedAt(source)]);
  if (made > Math.max(changed, own)) return;
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

async function modifiedAt(file) {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
