import { Transform, type TransformCallback } from 'node:stream';
import type { ByteRange } from './file-store.js';

/**
 * What a `Range` header asks for of a file of `size` bytes (undefined = not known). `whole`: no range, several, or one
 * that cannot be told without the size; `none`: it lies outside of the file.
 */
export function readRange(
  header: string | undefined,
  size: number | undefined,
): ByteRange | 'whole' | 'none' {
  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(header ?? '');
  if (match === null) return 'whole';
  const [, from = '', to = ''] = match;
  if (from === '') {
    if (to === '' || size === undefined) return 'whole';
    return Number(to) === 0 ? 'none' : { start: Math.max(0, size - Number(to)), end: size - 1 };
  }
  const start = Number(from);
  const last = size === undefined ? Number.POSITIVE_INFINITY : size - 1;
  const end = to === '' ? last : Math.min(Number(to), last);
  if (size !== undefined && start >= size) return 'none';
  // Turned round, it is no range at all (RFC 9110, 14.1.1).
  return end < start ? 'whole' : { start, end };
}

/** Lets only the bytes of a range pass: for a far end that gave the whole file although a part was asked for. */
export function onlyRange({ start, end }: ByteRange): Transform {
  let at = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const from = Math.max(0, start - at);
      const to = Math.min(chunk.length, end + 1 - at);
      at += chunk.length;
      if (to > from) this.push(chunk.subarray(from, to));
      if (at > end) this.push(null);
      done();
    },
  });
}
