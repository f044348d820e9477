import { pipeline, Transform, type Readable, type TransformCallback } from 'node:stream';
import { filePassed } from './spent-buffers.js';

/** A file that is larger than it may be: found out while it passes. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

export interface Counted {
  readonly body: Readable;
  /** Bytes that have passed so far. */
  readonly bytes: () => number;
}

/**
 * The same bytes, counted, of which no more than `mostBytes` pass. Destroying the result destroys the source, whose
 * failure is the result's. `onClose` is called once, however it ends.
 */
export function counted(source: Readable, mostBytes: number, onClose: () => void = () => undefined): Counted {
  let bytes = 0;
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      bytes += chunk.length;
      filePassed(chunk.length);
      if (bytes > mostBytes) done(new TooLargeError(`more than ${mostBytes} bytes`));
      else done(null, chunk);
    },
  });
  pipeline(source, body, () => onClose());
  // Whoever gives up before reading does not want to hear of it.
  body.on('error', () => undefined);
  return { body, bytes: () => bytes };
}
