/**
 * Looks at a built image: node scripts/image/look.mjs <root of its file tree> <output of buildah inspect>
 * Fails when something is in it that should not be, or its settings are not those of the Dockerfile.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { imageSettings } from './settings.mjs';

const [root = '', inspected = ''] = argv.slice(2);
const { config } = imageSettings(inspected);

assert.equal(config.User, '1000:1000', 'USER');
assert.deepEqual(config.Entrypoint.slice(0, 3), ['tini', '--', 'node'], 'ENTRYPOINT');
assert.ok(config.Healthcheck.Test.join(' ').includes('/livez'), 'HEALTHCHECK');
for (const label of ['title', 'description', 'licenses', 'version', 'revision', 'created'])
  assert.ok(config.Labels[`org.opencontainers.image.${label}`], `label ${label}`);

const unwanted = [
  'usr/local/lib/node_modules/npm',
  'usr/local/bin/npm',
  'usr/bin/gcc',
  'usr/bin/make',
  'usr/bin/python3',
  'usr/bin/git',
  'app/test',
  'app/src',
  'app/dist/test',
  ...['typescript', '@typescript', 'jest', '@swc', 'rolldown', 'eslint', 'prettier', 'playwright-core'].map(
    (name) => `app/node_modules/${name}`,
  ),
];
assert.deepEqual(
  unwanted.filter((path) => existsSync(join(root, path))),
  [],
  'things that do not belong into the image',
);

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const development = Object.entries(lock.packages)
  .filter(
    ([path, entry]) =>
      path !== '' && entry.dev === true && existsSync(join(root, 'app', path, 'package.json')),
  )
  .map(([path]) => path);
assert.deepEqual(development, [], 'development packages in the image');

const sizes = Object.fromEntries(
  ['.', 'app/node_modules', 'app/dist', 'usr/local/bin/node'].map((path) => [
    path,
    megabytes(join(root, path)),
  ]),
);
console.log(
  `image: file tree ${sizes['.']} MB (node ${sizes['usr/local/bin/node']}, packages ${sizes['app/node_modules']}, dist ${sizes['app/dist']}, ` +
    `the distribution ${(sizes['.'] - sizes['usr/local/bin/node'] - sizes['app/node_modules'] - sizes['app/dist']).toFixed(1)})`,
);

/** @param {string} path */
function megabytes(path) {
  const [kilobytes] = execFileSync('du', ['-skx', path], { encoding: 'utf8' }).split('\t');
  return Math.round(Number(kilobytes) / 102.4) / 10;
}
