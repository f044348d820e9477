import { Transform, type TransformCallback } from 'node:stream';

/** The same bytes; fails when they are not exactly `size`. */
export function exactSize(size: number): Transform {
  let left = size;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      left -= chunk.length;
      if (left < 0) done(new SizeError(`more than the ${size} bytes announced`));
      else done(null, chunk);
    },
    flush(done: TransformCallback) {
      done(left === 0 ? null : new SizeError(`${left} of ${size} bytes did not come`));
    },
  });
}

/** Not as many bytes as were announced. */
export class SizeError extends Error {
  override readonly name = 'SizeError';
}
