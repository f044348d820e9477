import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { BucketLimits, BucketSettings } from './bucket-store.js';
import { causeCode } from './cause-code.js';
import { StoreError, type FileStore } from './file-store.js';
import { FolderStore } from './folder-store.js';

/**
 * The store that is set: a folder's path, or a bucket. What talks to buckets is loaded only for one. The folder is made
 * if need be. @throws {StoreError}
 */
export async function openStore(settings: string | BucketSettings, limits: BucketLimits): Promise<FileStore> {
  if (typeof settings === 'string') {
    await mkdir(settings, { recursive: true, mode: 0o750 }).catch((cause: unknown) => {
      throw new StoreError(`the folder: ${causeCode(cause)}`, { cause });
    });
    return new FolderStore(settings);
  }
  // Which version of it goes with which Node is settled by the lock file: nothing an operator has to hear about.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { BucketStore } = await import('./bucket-store.js');
  return new BucketStore(settings, limits);
}

/** Writes, looks for, reads and removes a small file. @throws {StoreError} naming the first of them that failed. */
export async function tryStore(store: FileStore): Promise<void> {
  const id = `probe-${randomBytes(16).toString('hex')}`;
  const content = randomBytes(64);
  const step = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      const cause = error instanceof StoreError ? error.cause : error;
      throw new StoreError(`${what} failed (${causeCode(cause)})`, { cause });
    }
  };
  await step('writing', store.save(id, Readable.from([content]), { size: content.length }));
  const size = await step('looking', store.find(id));
  const found = await step('reading', store.open(id));
  const read = found === undefined ? undefined : await step('reading', buffer(found));
  await step('removing', store.remove(id));
  if (size !== content.length || read?.equals(content) !== true)
    throw new StoreError('what was written does not come back');
}
