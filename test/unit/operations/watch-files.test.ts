import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchFiles } from '../../../src/operations/watch-files.js';
import { eventually } from '../../support/eventually.js';

let dir: string;
let end: (() => void) | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'egain-bridge-watch-'));
});
afterEach(async () => {
  end?.();
  await rm(dir, { recursive: true, force: true });
});

/** Counts what is told of one file, looked at in quick succession; resolves when it has been looked at. */
async function watched(file: string): Promise<{ changes: number; looks: number }> {
  const told = { changes: 0, looks: 0 };
  const files = (): string[] => {
    told.looks += 1;
    return [file];
  };
  end = watchFiles(files, 10, () => {
    told.changes += 1;
  });
  await looks(told, 2);
  return told;
}

const looks = (told: { looks: number }, more: number): Promise<unknown> => {
  const until = told.looks + more;
  return eventually(() => told.looks >= until);
};

describe('files that are watched', () => {
  test('a change is told once, and no change not at all', async () => {
    const file = join(dir, 'bridge.yaml');
    await writeFile(file, 'one');
    const told = await watched(file);
    await looks(told, 5);
    expect(told.changes).toBe(0);
    await writeFile(file, 'three');
    await eventually(() => told.changes > 0);
    await looks(told, 5);
    expect(told.changes).toBe(1);
  });

  test('a secret that Kubernetes mounts: the folder behind it is another one at once', async () => {
    for (const version of ['..one', '..two']) {
      await mkdir(join(dir, version));
      await writeFile(join(dir, version, 'secret'), version);
    }
    await symlink('..one', join(dir, '..data'));
    await symlink('..data/secret', join(dir, 'secret'));
    const told = await watched(join(dir, 'secret'));
    await symlink('..two', join(dir, '..data_tmp'));
    await rename(join(dir, '..data_tmp'), join(dir, '..data'));
    await eventually(() => told.changes === 1);
  });

  test('one that disappears and comes again is told of', async () => {
    const file = join(dir, 'bridge.yaml');
    await writeFile(file, 'one');
    const told = await watched(file);
    await rm(file);
    await eventually(() => told.changes === 1);
    await writeFile(file, 'one');
    await eventually(() => told.changes === 2);
  });
});
