import type { Readable } from 'node:stream';
import type { AttachmentPolicy } from '../messages/policy.js';
import { TooLargeError } from './counted.js';
import type { FileOpener } from './file-opener.js';
import { StoreError, type FileStore } from './file-store.js';
import { firstBytes } from './first-bytes.js';
import type { FetchFailure } from './guarded-fetch.js';
import { judge, tooLarge, type FileRefusal, type FineFile } from './judge.js';
import type { FileLocation } from './location.js';
import { tellingBytes } from './sniff.js';

export interface Inspected {
  readonly kind: 'fine';
  readonly verdict: FineFile;
  /** Where the bytes are from now on: in the store, if there is one. */
  readonly at: FileLocation;
  /** Bytes; undefined only where nobody counted. */
  readonly size: number | undefined;
  /** The file, opened, where it was not read to its end for counting or storing. To be read or destroyed. */
  readonly body: Readable | undefined;
}

export interface Inspection {
  readonly at: FileLocation;
  readonly name: string;
  readonly policy: AttachmentPolicy;
  readonly mostBytes: number;
  /** Reads a file of unknown size to its end, to know it. */
  readonly count: boolean;
  /** Where to keep it, and under which id. What keeps it from being kept is told to `failed`: then it stays where it is. */
  readonly store?:
    | { readonly files: FileStore; readonly id: string; readonly failed: (error: StoreError) => void }
    | undefined;
  readonly signal: AbortSignal;
}

/**
 * Opens a file, looks at what it is and how large, and refuses what the policy does not allow. One transfer of its
 * beginning, or of the whole where it is stored or counted; constant memory either way. Never throws for what a far end does.
 */
export function inspect(
  opener: Pick<FileOpener, 'open'>,
  inspection: Inspection,
): Promise<Inspected | FileRefusal | FetchFailure> {
  return look(opener, inspection, undefined);
}

/** `counted`: its size, by an earlier look. */
async function look(
  opener: Pick<FileOpener, 'open'>,
  inspection: Inspection,
  countedSize: number | undefined,
): Promise<Inspected | FileRefusal | FetchFailure> {
  const { at, name, policy, mostBytes, count, store, signal } = inspection;
  const most = Math.min(policy.maxSize ?? mostBytes, mostBytes);
  const file = await opener.open(at, { mostBytes: most, signal });
  if (!file.ok) return file.kind === 'too-large' ? tooLarge(policy, mostBytes) : file;
  try {
    const { head, whole } = await firstBytes(file.body, tellingBytes);
    const announced = file.size ?? countedSize;
    const verdict = await judge({ name, size: announced, head }, policy, mostBytes);
    if (verdict.kind === 'refused') {
      whole.destroy();
      file.body.destroy();
      return verdict;
    }
    if (store !== undefined && at.kind !== 'stored') {
      if (store.files.needsSize && announced === undefined) {
        return await look(opener, inspection, await lengthOf(whole));
      }
      const size = await store.files.save(store.id, whole, { size: announced, signal });
      if (size === announced || announced === undefined)
        return { kind: 'fine', verdict, at: { kind: 'stored', id: store.id }, size, body: undefined };
      await store.files.remove(store.id);
      return broken('the file broke off');
    }
    if (file.size !== undefined || !count) return { kind: 'fine', verdict, at, size: file.size, body: whole };
    return { kind: 'fine', verdict, at, size: await lengthOf(whole), body: undefined };
  } catch (error) {
    file.body.destroy();
    if (error instanceof StoreError && store !== undefined) {
      store.failed(error);
      return look(opener, { ...inspection, store: undefined }, countedSize);
    }
    if (error instanceof TooLargeError) return tooLarge(policy, mostBytes);
    return broken('the file broke off');
  }
}

/** Reads a file to its end, in bytes. */
async function lengthOf(body: Readable): Promise<number> {
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) bytes += chunk.length;
  return bytes;
}

function broken(detail: string): FetchFailure {
  return { ok: false, kind: 'unreachable', detail };
}
