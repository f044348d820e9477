import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

/** The program as it is run: few files instead of hundreds, since finding and linking those takes most of a start. */
export const bundleFolder = 'dist/bin';
const entries = { 'egain-bridge': 'src/cli/main.ts' };

/** Looks for files of its own package by itself, and is loaded by nobody but who opens the page. */
const external = [/^@bull-board\//];

/** Bundles the command line with everything it imports, each package in a file of its own; what is loaded late stays late. */
export async function bundle() {
  // Loaded here: before the packages are installed there is nothing to load it from.
  const { rolldown } = await import('rolldown');
  const bundled = await rolldown({
    input: entries,
    platform: 'node',
    external,
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    plugins: [ownPlace()],
  });
  await rm(bundleFolder, { recursive: true, force: true });
  const { output } = await bundled.write({
    dir: bundleFolder,
    format: 'esm',
    sourcemap: true,
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: { groups: [{ name: packageOf, test: /node_modules/, debugName: 'packages' }] },
  });
  await bundled.close();
  await Promise.all(output.filter(isForeign).map(withoutMap));
}

/** A source finds the files beside it where the build puts them, wherever its own text ends up. */
function ownPlace() {
  return {
    name: 'own-place',
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('import.meta.url')) return null;
      const built = join('dist', relative('.', id)).replace(/\.ts$/, '.js');
      const place = `new URL(${JSON.stringify(relative(bundleFolder, built))}, import.meta.url).href`;
      // On one line still, so that line numbers hold without a map of this step.
      return { code: code.replaceAll('import.meta.url', place), map: null };
    },
  };
}

/** @param {string} id a module's path */
function packageOf(id) {
  const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? 'packages';
  return name.replace('@', '').replace('/', '-');
}

/** Nobody steps through a package's own sources; their maps are large and cost time when an error is described. */
function isForeign({ type, moduleIds = [] }) {
  return type === 'chunk' && moduleIds.every((id) => relative(resolve('.'), id).includes('node_modules'));
}

async function withoutMap({ fileName }) {
  const file = join(bundleFolder, fileName);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
  await rm(`${file}.map`, { force: true });
}
