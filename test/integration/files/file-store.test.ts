import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BucketStore, type BucketSettings } from '../../../src/files/bucket-store.js';
import { StoreError, type FileStore } from '../../../src/files/file-store.js';
import { FolderStore } from '../../../src/files/folder-store.js';
import { tryStore } from '../../../src/files/open-store.js';
import { eventually } from '../../support/eventually.js';
import { startObjectStore, type ObjectStore } from '../../support/object-store.js';

const prefix = 'bridge/';
const keepMs = 100_000;
let folder: string;
let server: ObjectStore;
beforeAll(async () => {
  server = await startObjectStore();
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-store-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.sweep(Date.now() + 10_000).catch(() => undefined)));
  await rm(folder, { recursive: true, force: true });
});

const opened: FileStore[] = [];

function bucketStore(changed: Partial<BucketSettings> = {}): BucketStore {
  const { accessKeyId, secretAccessKey, ...settings } = server.settings;
  return new BucketStore(
    { ...settings, prefix, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey }, ...changed },
    { keepMs, idleMs: 5000, connections: 10 },
  );
}

const id = 'abcdefghijklmnopqrstuv';
const [old, fresh] = ['old-old-old-old-old-old', 'new-new-new-new-new-new'];

const bytes = (content: string): Readable => Readable.from([Buffer.from(content)]);
const read = async (file: Promise<Readable | undefined>): Promise<string | undefined> => {
  const body = await file;
  return body === undefined ? undefined : text(body);
};

const kinds = {
  'a shared folder': {
    open: () => new FolderStore(folder),
    files: async () => {
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
    age: async (name: string, ms: number) => {
      const then = new Date(Date.now() - ms);
      await utimes(join(folder, name.slice(0, 2), name), then, then);
    },
  },
  'a bucket': {
    open: () => bucketStore(),
    files: async () => (await server.objects()).map((name) => name.slice(prefix.length)),
    age: (name: string, ms: number) => server.age(prefix + name, ms),
  },
};

describe.each(Object.entries(kinds))('I10: %s', (_name, kind) => {
  const open = (): FileStore => {
    const store = kind.open();
    opened.push(store);
    return store;
  };

  test('a file saved through one process is there for another, whole or by a range, until it is removed', async () => {
    const [one, other] = [open(), open()];
    expect(
      await one.save(id, Readable.from([Buffer.from('hello '), Buffer.from('world')]), { size: 11 }),
    ).toBe(11);
    expect(await other.find(id)).toBe(11);
    expect(await read(other.open(id))).toBe('hello world');
    expect(await read(other.open(id, { start: 6, end: 8 }))).toBe('wor');
    await other.remove(id);
    expect(await one.find(id)).toBeUndefined();
    expect(await one.open(id)).toBeUndefined();
    await one.remove(id);
  });

  test('a transfer that breaks off leaves nothing behind, and fails with what broke it', async () => {
    const store = open();
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        await sleep(20);
        throw new Error('gone');
      })(),
    );
    await expect(store.save(id, broken, { size: 100 })).rejects.toThrow('gone');
    expect(await store.find(id)).toBeUndefined();
    await eventually(async () => (await kind.files()).length === 0);
  });

  test('a transfer that is given up leaves nothing behind', async () => {
    const store = open();
    const given = new AbortController();
    const endless = Readable.from(
      (async function* () {
        for (;;) {
          yield Buffer.alloc(1000);
          await sleep(5);
        }
      })(),
    );
    const saving = store.save(id, endless, { size: 100_000_000, signal: given.signal });
    await sleep(50);
    given.abort();
    await expect(saving).rejects.toMatchObject({ name: 'AbortError' });
    expect(endless.destroyed).toBe(true);
    await eventually(async () => (await kind.files()).length === 0);
  });

  test('what nobody asked for in a long time is swept; what was looked at in time is kept', async () => {
    const store = open();
    const looked = 'used-used-used-used-used';
    for (const name of [old, fresh, looked]) await store.save(name, bytes(name), { size: name.length });
    await kind.age(old, 90_000);
    await kind.age(looked, 90_000);
    expect(await store.find(looked)).toBe(looked.length);
    expect(await store.sweep(Date.now() - 50_000)).toBe(1);
    expect((await kind.files()).sort()).toEqual([fresh, looked].sort());
    expect(await read(store.open(looked))).toBe(looked);
  });

  test.each(['../../etc/passwd', 'short', 'a/b/c/d/e/f/g/h/i/j/k', ''])('%j is no id', async (bad) => {
    await expect(open().find(bad)).rejects.toThrow('not the id');
  });

  test('is found usable by writing, reading and removing, and nothing of that stays', async () => {
    await tryStore(open());
    expect(await kind.files()).toEqual([]);
  });
});

describe('a bucket', () => {
  const file = (): Readable => bytes('hello');

  test('takes exactly as many bytes as were announced, or none', async () => {
    const store = bucketStore();
    for (const size of [4, 6]) {
      await expect(store.save(id, file(), { size })).rejects.toThrow('bytes');
      await eventually(async () => (await server.objects()).length === 0);
    }
    store.close();
  });

  test('removes nothing that is not its own', async () => {
    const [own, other] = [bucketStore(), bucketStore({ prefix: 'bridge-of-others/' })];
    await other.save(id, file(), { size: 5 });
    expect(await own.sweep(Date.now() + 10_000)).toBe(0);
    expect(await other.sweep(Date.now() + 10_000)).toBe(1);
    own.close();
    other.close();
  });

  const wrong = { accessKeyId: 'KEY-OF-NOBODY', secretAccessKey: 'the secret of nobody' };
  test.each([
    ['whose name is not known', { bucket: 'not-there' }, 'NoSuchBucket'],
    ['asked with a key nobody knows', { credentials: wrong }, 'InvalidAccessKeyId'],
  ])('%s says what is wrong, and holds nothing open', async (_what, changed, code) => {
    const store = bucketStore(changed);
    const failed = await tryStore(store).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(StoreError);
    expect(String(failed)).toBe(`StoreError: writing failed (${code})`);
    store.close();
  });

  test('asked with a wrong secret refuses every request', async () => {
    const { accessKeyId } = server.settings;
    const store = bucketStore({
      credentials: { accessKeyId, secretAccessKey: 'not the secret of this key' },
    });
    await expect(tryStore(store)).rejects.toThrow('writing failed (SignatureDoesNotMatch)');
    await expect(store.find(id)).rejects.toThrow(StoreError);
    store.close();
  });
});

describe('a folder', () => {
  test('leftovers of killed processes are swept', async () => {
    const store = new FolderStore(folder);
    await store.save(fresh, bytes('b'));
    const left = join(folder, 'ne', `${fresh}.0123456789ab.part`);
    await writeFile(left, 'half');
    const then = new Date(Date.now() - 100_000);
    await utimes(left, then, then);
    expect(await store.sweep(Date.now() - 50_000)).toBe(1);
  });

  test('that is gone says so, and lets the file go', async () => {
    const store = new FolderStore(join(folder, 'file'));
    await writeFile(join(folder, 'file'), '');
    const body = bytes('hello');
    await expect(store.save(id, body)).rejects.toThrow('the folder: ENOTDIR');
    expect(body.destroyed).toBe(true);
  });
});
