import type { ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { onlyRange, readRange } from '../../src/files/byte-range.js';
import type { FileOpener } from '../../src/files/file-opener.js';
import type { ByteRange } from '../../src/files/file-store.js';
import type { FetchFailure, OpenedFile } from '../../src/files/guarded-fetch.js';
import { linkSchema, type FileLink } from '../../src/files/location.js';
import type { Handler } from '../handler.js';
import { protection, Refusal, unavailable } from '../reply.js';

export interface AssetLinkParts {
  readonly records: { get(token: string): Promise<unknown> };
  readonly opener: Pick<FileOpener, 'open'>;
  /** Files on their way out at the same time. */
  readonly concurrency: number;
  /** Bytes of a file that went out, also where it broke off. */
  readonly carried?: (bytes: number) => void;
}

/** The only types a browser may show in place; they hold no script, and are never guessed (`nosniff`). */
const inline: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** `GET /assets/{token}`: the bytes behind a link of ours, streamed through by whichever process is asked. */
export function assetLink(parts: AssetLinkParts): Handler {
  const { records, opener, concurrency, carried } = parts;
  let underWay = 0;
  return async (request, response, path) => {
    const { method } = request;
    if (method !== 'GET' && method !== 'HEAD')
      throw new Refusal('method-not-allowed', 'method: expected GET', { allow: 'GET, HEAD' });
    if (!/^[\w-]{22,64}$/.test(path.parameter)) throw unknownLink();
    const link = await findLink(records, path.parameter);
    // Without anything to compare a part with, only the whole is sure to be of one piece.
    const asked = request.headers['if-range'] === undefined ? request.headers.range : undefined;
    const range = readRange(asked, link.size);
    if (range === 'none') {
      response
        .writeHead(416, {
          ...protection,
          'content-range': `bytes */${link.size ?? '*'}`,
          'content-length': 0,
        })
        .end();
      return;
    }
    if (underWay >= concurrency) throw unavailable('too many files at once');
    underWay += 1;
    try {
      await give(opener, link, range === 'whole' ? undefined : range, response, method === 'HEAD', carried);
    } finally {
      underWay -= 1;
    }
  };
}

async function findLink(records: AssetLinkParts['records'], token: string): Promise<FileLink> {
  const record = await records.get(token).catch((error: unknown) => {
    throw unavailable('Redis does not answer', 1, error);
  });
  const read = linkSchema.safeParse(record);
  if (!read.success) throw unknownLink();
  return read.data;
}

async function give(
  opener: AssetLinkParts['opener'],
  link: FileLink,
  range: ByteRange | undefined,
  response: ServerResponse,
  headOnly: boolean,
  carried: AssetLinkParts['carried'],
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  const file = await opener.open(link.at, {
    mostBytes: link.mostBytes,
    signal: left.signal,
    ...(range === undefined ? {} : { range }),
  });
  if (!file.ok) throw failureOf(file);
  const part = range === undefined ? undefined : partOf(file, range, link.size);
  const length = part === undefined ? file.size : part.length;
  response.writeHead(part === undefined ? 200 : 206, {
    ...headersOf(link),
    ...(length === undefined ? {} : { 'content-length': length }),
    ...(part === undefined ? {} : { 'content-range': part.contentRange }),
  });
  if (headOnly) {
    file.body.destroy();
    response.end();
    return;
  }
  const cut = range !== undefined && part !== undefined && file.status === 200 ? [onlyRange(range)] : [];
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  // The head is out: what fails from here on can only be told by breaking off.
  await pipeline([file.body, ...cut, count, response]).catch(() => response.destroy());
  carried?.(bytes);
  file.body.destroy();
}

interface Part {
  readonly contentRange: string;
  readonly length: number | undefined;
}

/** Undefined when the file's end is not known: then the whole is as good an answer (RFC 9110, 14.2). */
function partOf(file: OpenedFile, range: ByteRange, known: number | undefined): Part | undefined {
  if (file.status === 206 && file.contentRange !== undefined)
    return { contentRange: file.contentRange, length: file.size };
  const size = known ?? (file.status === 200 ? file.size : undefined);
  if (file.status === 206 && size === undefined) {
    file.body.destroy();
    throw unavailable('the file’s host does not say which part it gave');
  }
  if (size === undefined) return undefined;
  const end = Math.min(range.end, size - 1);
  return { contentRange: `bytes ${range.start}-${end}/${size}`, length: end - range.start + 1 };
}

function headersOf({ name, contentType }: FileLink): Readonly<Record<string, string>> {
  const shown = inline.has(contentType) ? 'inline' : 'attachment';
  const plain = name.replace(/[^\w.() -]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  );
  return {
    ...protection,
    'accept-ranges': 'bytes',
    'content-disposition': `${shown}; filename="${plain}"; filename*=UTF-8''${encoded}`,
    'content-security-policy': "sandbox; default-src 'none'",
    'content-type': contentType,
    // A page of the channel's may show the picture; it learns nothing by it.
    'cross-origin-resource-policy': 'cross-origin',
    'referrer-policy': 'no-referrer',
  };
}

function failureOf({ kind, detail }: FetchFailure): Refusal {
  if (kind === 'unreachable') return unavailable('the file cannot be had now', 5, detail);
  return new Refusal('not-found', 'address: the file is not there any more', {}, { cause: detail });
}

function unknownLink(): Refusal {
  return new Refusal('not-found', 'address: there is nothing here, or not any more');
}
