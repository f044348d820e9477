import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, constants, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const idForm = /^[\w-]{16,64}$/;
/** A file that was being written when its process died. */
const unfinished = /\.part$/;

/**
 * Files in a folder that all processes share. Names in it are ids of ours, never a customer's; a file appears there whole
 * or not at all.
 */
export class FileStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder. @throws when it cannot be written to. */
  async prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o750 });
    await access(this.#folder, constants.R_OK | constants.W_OK | constants.X_OK);
  }

  /** Its size in bytes; undefined when there is none of this id. Looking keeps it from being swept. */
  async find(id: string): Promise<number | undefined> {
    try {
      const path = this.#path(id);
      const { size } = await stat(path);
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Writes the whole stream. @returns its size in bytes. @throws what the stream fails with; then nothing is left of it. */
  async save(id: string, body: Readable, signal?: AbortSignal): Promise<number> {
    const path = this.#path(id);
    const partial = `${path}.${randomBytes(6).toString('hex')}.part`;
    await mkdir(join(this.#folder, id.slice(0, 2)), { recursive: true, mode: 0o750 });
    const file = createWriteStream(partial, { flags: 'wx', mode: 0o640 });
    try {
      await (signal === undefined ? pipeline(body, file) : pipeline(body, file, { signal }));
      await rename(partial, path);
      return file.bytesWritten;
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  open(id: string, range?: ByteRange): Readable {
    return createReadStream(this.#path(id), range);
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  /** Removes what nobody has written or looked at since `before` (ms since 1970). @returns how many files went. */
  async sweep(before: number): Promise<number> {
    let removed = 0;
    for (const folder of await readdir(this.#folder, { withFileTypes: true })) {
      if (!folder.isDirectory() || !/^[\w-]{2}$/.test(folder.name)) continue;
      const inside = join(this.#folder, folder.name);
      for (const name of await readdir(inside)) {
        if (!idForm.test(name.replace(/\.[0-9a-f]{12}\.part$/, '')) && !unfinished.test(name)) continue;
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

  #path(id: string): string {
    if (!idForm.test(id)) throw new RangeError('not the id of a stored file');
    return join(this.#folder, id.slice(0, 2), id);
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
