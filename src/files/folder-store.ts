import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { causeCode } from './cause-code.js';
import {
  isStoredId,
  storedId,
  StoreError,
  type ByteRange,
  type FileStore,
  type Saving,
} from './file-store.js';

/** A file that was being written when its process died. */
const unfinished = /\.part$/;

/** Files in a folder that all processes share. */
export class FolderStore implements FileStore {
  readonly needsSize = false;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async find(id: string): Promise<number | undefined> {
    const path = this.#path(id);
    try {
      const { size } = await stat(path);
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw failed(error);
    }
  }

  async save(id: string, body: Readable, { signal }: Saving = {}): Promise<number> {
    const path = this.#path(id);
    const partial = `${path}.${randomBytes(6).toString('hex')}.part`;
    await mkdir(join(this.#folder, id.slice(0, 2)), { recursive: true, mode: 0o750 }).catch(
      (error: unknown) => {
        body.destroy();
        throw failed(error);
      },
    );
    const file = createWriteStream(partial, { flags: 'wx', mode: 0o640 });
    // A failure of one end is handed to the other: whose it was is told by who speaks first.
    let own: boolean | undefined;
    file.once('error', () => (own ??= true));
    body.once('error', () => (own ??= false));
    try {
      await (signal === undefined ? pipeline(body, file) : pipeline(body, file, { signal }));
      await rename(partial, path).catch((error: unknown) => {
        own = true;
        throw error;
      });
      return file.bytesWritten;
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      throw own === true && signal?.aborted !== true ? failed(error) : error;
    }
  }

  async open(id: string, range?: ByteRange): Promise<Readable | undefined> {
    try {
      const file = await open(this.#path(id));
      return file.createReadStream(range);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw failed(error);
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  async sweep(before: number): Promise<number> {
    let removed = 0;
    for (const folder of await readdir(this.#folder, { withFileTypes: true })) {
      if (!folder.isDirectory() || !/^[\w-]{2}$/.test(folder.name)) continue;
      const inside = join(this.#folder, folder.name);
      for (const name of await readdir(inside)) {
        if (!isStoredId(name.replace(/\.[0-9a-f]{12}\.part$/, '')) && !unfinished.test(name)) continue;
        const path = join(inside, name);
        // Another process may sweep at the same time.
        const found = await stat(path).catch(() => undefined);
        if (found === undefined || found.mtimeMs >= before) continue;
        await rm(path, { force: true });
        removed += 1;
      }
    }
    return removed;
  }

  close(): void {
    // A folder holds nothing open.
  }

  #path(id: string): string {
    return join(this.#folder, storedId(id).slice(0, 2), id);
  }
}

function failed(cause: unknown): StoreError {
  return new StoreError(`the folder: ${causeCode(cause)}`, { cause });
}

function isMissing(error: unknown): boolean {
  return causeCode(error) === 'ENOENT';
}
