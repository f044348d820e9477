import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { AttachmentPolicy } from '../messages/policy.js';
import { counted, TooLargeError } from './counted.js';
import type { FileOpener } from './file-opener.js';
import type { FileStore } from './file-store.js';
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
  /** Where to keep it, and under which id. */
  readonly store?: { readonly files: FileStore; readonly id: string } | undefined;
  readonly signal: AbortSignal;
}

/**
 * Opens a file, looks at what it is and how large, and refuses what the policy does not allow. One transfer of its
 * beginning, or of the whole where it is stored or counted; constant memory either way. Never throws for what a far end does.
 */
export async function inspect(
  opener: Pick<FileOpener, 'open'>,
  inspection: Inspection,
): Promise<Inspected | FileRefusal | FetchFailure> {
  const { at, name, policy, mostBytes, count, store, signal } = inspection;
  const most = Math.min(policy.maxSize ?? mostBytes, mostBytes);
  const file = await opener.open(at, { mostBytes: most, signal });
  if (!file.ok) return file.kind === 'too-large' ? tooLarge(policy, mostBytes) : file;
  const passing = counted(file.body, most);
  try {
    const { head, whole } = await firstBytes(passing.body, tellingBytes);
    const verdict = await judge({ name, size: file.size, head }, policy, mostBytes);
    if (verdict.kind === 'refused') {
      whole.destroy();
      passing.body.destroy();
      return verdict;
    }
    if (store !== undefined && at.kind !== 'stored') {
      const size = await store.files.save(store.id, whole, signal);
      if (size === file.size || file.size === undefined)
        return { kind: 'fine', verdict, at: { kind: 'stored', id: store.id }, size, body: undefined };
      await store.files.remove(store.id);
      return broken('the file broke off');
    }
    if (file.size !== undefined || !count) return { kind: 'fine', verdict, at, size: file.size, body: whole };
    await finished(whole.resume(), { writable: false });
    return { kind: 'fine', verdict, at, size: passing.bytes(), body: undefined };
  } catch (error) {
    passing.body.destroy();
    if (error instanceof TooLargeError || passing.bytes() > most) return tooLarge(policy, mostBytes);
    return broken('the file broke off');
  }
}

function broken(detail: string): FetchFailure {
  return { ok: false, kind: 'unreachable', detail };
}
