import { once } from 'node:events';
import { Readable } from 'node:stream';

export interface Opening {
  /** At most as many bytes as asked for; fewer when the file has no more. */
  readonly head: Buffer;
  /** The whole file, these bytes included. */
  readonly whole: Readable;
}

/** Looks at the beginning of a stream without taking it away. @throws what the stream fails with. */
export async function firstBytes(source: Readable, most: number): Promise<Opening> {
  const chunks: Buffer[] = [];
  let size = 0;
  let ended = source.readableEnded;
  let failure: Error | undefined;
  source.once('end', () => {
    ended = true;
  });
  source.once('error', (error) => {
    failure = error;
  });
  while (size < most && !ended) {
    const chunk = source.read() as Buffer | null;
    if (chunk !== null) {
      chunks.push(chunk);
      size += chunk.length;
      continue;
    }
    if (source.destroyed) throw failure ?? new Error('the stream was closed before its end');
    await awakened(source);
  }
  if (failure !== undefined) throw failure;
  const bytes = Buffer.concat(chunks);
  // What has come to its end takes nothing back.
  if (ended)
    return { head: bytes.subarray(0, most), whole: Readable.from(bytes.length === 0 ? [] : [bytes]) };
  if (bytes.length > 0) source.unshift(bytes);
  return { head: bytes.subarray(0, most), whole: source };
}

/** Whichever comes first; the listeners of the others go with it. */
async function awakened(source: Readable): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  try {
    await Promise.race(
      ['readable', 'end', 'close'].map((event) => once(source, event, { signal }).catch(() => undefined)),
    );
  } finally {
    over.abort();
  }
}
