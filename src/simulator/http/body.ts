/** Reading a request's body, up to a limit. */
import type { IncomingMessage } from 'node:http';

export type BodyResult =
  { readonly ok: true; readonly raw: Buffer } | { readonly ok: false; readonly reason: 'too-large' | 'gone' };

/** Calls `done` once. A body beyond `limit` bytes is not kept; the rest of it is read and thrown away. */
export function readBody(request: IncomingMessage, limit: number, done: (result: BodyResult) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
  });
  request.once('end', () => {
    if (size > limit) done({ ok: false, reason: 'too-large' });
    else
      done({
        ok: true,
        raw: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks),
      });
  });
  request.once('close', () => {
    if (!request.complete) done({ ok: false, reason: 'gone' });
  });
}
