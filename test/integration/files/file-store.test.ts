import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FileStore } from '../../../src/files/file-store.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const id = 'abcdefghijklmnopqrstuv';

async function text(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Every file below the folder. */
async function files(): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe('I10: the shared folder', () => {
  test('a file saved through one process is there for another, whole or by a range', async () => {
    const [one, other] = [new FileStore(folder), new FileStore(folder)];
    await one.prepare();
    expect(await one.save(id, Readable.from([Buffer.from('hello '), Buffer.from('world')]))).toBe(11);
    expect(await other.find(id)).toBe(11);
    expect(await text(other.open(id))).toBe('hello world');
    expect(await text(other.open(id, { start: 6, end: 8 }))).toBe('wor');
  });

  test('a transfer that breaks off leaves nothing behind', async () => {
    const store = new FileStore(folder);
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        await Promise.resolve();
        throw new Error('gone');
      })(),
    );
    await expect(store.save(id, broken)).rejects.toThrow('gone');
    expect(await store.find(id)).toBeUndefined();
    expect(await files()).toEqual([]);
  });

  test('what nobody asked for in a long time is swept, and leftovers of killed processes with it', async () => {
    const store = new FileStore(folder);
    const [old, fresh] = ['old-old-old-old-old-old', 'new-new-new-new-new-new'];
    await store.save(old, Readable.from([Buffer.from('a')]));
    await store.save(fresh, Readable.from([Buffer.from('b')]));
    const longAgo = new Date(Date.now() - 100_000);
    await utimes(join(folder, 'ol', old), longAgo, longAgo);
    expect(await store.sweep(Date.now() - 50_000)).toBe(1);
    expect(await files()).toEqual([fresh]);
  });

  test.each(['../../etc/passwd', 'short', 'a/b/c/d/e/f/g/h/i/j/k', ''])('%j is no id', async (bad) => {
    await expect(new FileStore(folder).find(bad)).rejects.toThrow('not the id');
  });
});
