import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';

export interface MultipartForm {
  readonly contentType: string;
  /** Of the whole form, in bytes. */
  readonly size: number;
  readonly body: Readable;
}

/** One file as a form with the field `file` [assumed], streamed: its size is known before its bytes are. */
export function multipart(file: {
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly body: Readable;
}): MultipartForm {
  const boundary = `bridge-${randomBytes(16).toString('hex')}`;
  const name = file.name.replace(/[\r\n"]/g, (letter) => encodeURIComponent(letter));
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n` +
      `Content-Type: ${file.contentType.replace(/[\r\n]/g, '')}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const parts = async function* (): AsyncGenerator<Buffer> {
    yield head;
    for await (const chunk of file.body as AsyncIterable<Buffer>) yield chunk;
    yield tail;
  };
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    size: head.length + file.size + tail.length,
    body: Readable.from(parts(), { objectMode: false }),
  };
}
