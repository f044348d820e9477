import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';

const versions = z.record(z.string(), z.string()).default({});
const manifest = z
  .object({ dependencies: versions, devDependencies: versions, optionalDependencies: versions })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));
const entry = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  /** Only development or something optional asks for it. */
  devOptional: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});
const lock = z
  .object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), entry) })
  .parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
const asked = Object.entries({
  ...manifest.dependencies,
  ...manifest.devDependencies,
  ...manifest.optionalDependencies,
});

describe('what is installed', () => {
  test('is the exact version that was chosen', () => {
    for (const [name, wanted] of asked) {
      expect([name, wanted]).toEqual([
        name,
        expect.stringMatching(/^(npm:(@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+$/),
      ]);
      const exact = wanted.replace(/^npm:.*@/, '');
      expect([name, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, exact]);
    }
  });

  test('stands in the lock file, with the checksum of everything that production runs', () => {
    expect(packages.filter(([, { version }]) => version === undefined)).toEqual([]);
    const unchecked = packages.filter(
      ([, { dev, optional, devOptional, integrity }]) =>
        dev !== true && optional !== true && devOptional !== true && integrity === undefined,
    );
    expect(unchecked.map(([path]) => path)).toEqual([]);
    for (const [path, { integrity }] of packages)
      if (integrity !== undefined)
        expect([path, integrity]).toEqual([path, expect.stringMatching(/^sha512-/)]);
  });

  test('comes from nowhere but a registry, over https', () => {
    for (const [path, { resolved }] of packages)
      expect([path, resolved ?? 'https://']).toEqual([path, expect.stringMatching(/^https:\/\//)]);
  });

  test('runs no script of its own when it is installed, nor needs one', () => {
    const scripted = packages
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path);
    // Tools for development with ready-made binaries, and a faster path of msgpackr's that it does without.
    const unneeded = [
      'node_modules/@parcel/watcher',
      'node_modules/@swc/core',
      'node_modules/msgpackr-extract',
      'node_modules/unrs-resolver',
      'node_modules/fsevents',
    ];
    expect(
      scripted.filter(
        (path) => !unneeded.some((known) => path.endsWith(known.replace('node_modules/', '/'))),
      ),
    ).toEqual([]);
    expect(readFileSync('scripts/setup.mjs', 'utf8') + readFileSync('Dockerfile', 'utf8')).toContain(
      '--ignore-scripts',
    );
  });
});

describe('the software bill of materials', () => {
  const bill = z
    .object({
      bomFormat: z.literal('CycloneDX'),
      specVersion: z.string(),
      metadata: z.object({ component: z.object({ name: z.string(), version: z.string() }) }),
      components: z.array(z.object({ name: z.string(), version: z.string(), purl: z.string() })),
    })
    .parse(
      JSON.parse(
        execFileSync(process.execPath, ['scripts/sbom.mjs'], {
          encoding: 'utf8',
          maxBuffer: 64 * 1024 * 1024,
        }),
      ),
    );

  test('names what production runs, in the versions of the lock file, and nothing that only development does', () => {
    expect(bill.metadata.component).toMatchObject({ name: 'egain-channel-bridge' });
    const named = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
    for (const name of Object.keys(manifest.dependencies))
      expect(named).toContain(`${name}@${lock.packages[`node_modules/${name}`]?.version ?? ''}`);
    // Also what development asks for as well.
    for (const [path, { dev, optional, devOptional, version = '' }] of packages)
      if (dev !== true && optional !== true && devOptional !== true)
        expect(named).toContain(`${path.replace(/^.*node_modules\//, '')}@${version}`);
    expect(named.size).toBeGreaterThan(50);
    const locked = new Set(
      packages.map(([path, { version = '' }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`),
    );
    expect([...named].filter((one) => !locked.has(one))).toEqual([]);
    expect(bill.components.filter(({ name }) => name === 'jest' || name === 'eslint')).toEqual([]);
  });

  test('tells nobody where it was made', () => {
    expect(JSON.stringify(bill)).not.toContain(process.cwd());
  });
});
