import type { Readable } from 'node:stream';

/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Saving {
  /** Bytes that will come. */
  readonly size?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where files lie between the two sides, for all processes alike. Names in it are ids of ours, never a customer's; a file
 * appears there whole or not at all. What the store itself fails with is a `StoreError`.
 */
export interface FileStore {
  /** Whether `save` must be told the size. */
  readonly needsSize: boolean;
  /** Its size in bytes; undefined when there is none of this id. Looking keeps it from being swept. */
  find(id: string): Promise<number | undefined>;
  /**
   * Takes the whole stream. @returns its size in bytes. @throws what the stream fails with, or `StoreError`; then nothing
   * is left of it.
   */
  save(id: string, body: Readable, saving?: Saving): Promise<number>;
  /** Undefined when there is none of this id. */
  open(id: string, range?: ByteRange): Promise<Readable | undefined>;
  remove(id: string): Promise<void>;
  /** Removes what nobody has written or looked at since `before` (ms since 1970). @returns how many files went. */
  sweep(before: number): Promise<number>;
  close(): void;
}

/** The store failed, not the file. The message holds no name and no address. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

const idForm = /^[\w-]{16,64}$/;

export function isStoredId(id: string): boolean {
  return idForm.test(id);
}

/** @throws {RangeError} for what could lead elsewhere. */
export function storedId(id: string): string {
  if (!isStoredId(id)) throw new RangeError('not the id of a stored file');
  return id;
}
