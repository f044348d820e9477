import { Readable } from 'node:stream';

/** Reads a body to its end and fails as soon as it holds more than `maxBytes`. */
export async function readBounded(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`answer larger than ${maxBytes / 1024} KiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The same stream, but it fails as soon as it has given more than `maxBytes`. Destroying it destroys its source. */
export function boundedStream(source: Readable, maxBytes: number): Readable {
  const parts = async function* (): AsyncGenerator<Buffer> {
    let size = 0;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
      yield chunk;
    }
  };
  const bounded = Readable.from(parts(), { objectMode: false });
  // Whoever destroys the result before reading it must not leave the source open, nor hear of its abortion.
  source.on('error', () => undefined);
  bounded.once('close', () => source.destroy());
  return bounded;
}
