import type { IncomingMessage } from 'node:http';
import { Refusal } from './reply.js';

const closing = { connection: 'close' };

function tooLarge(limit: number): Refusal {
  return new Refusal('too-large', `the body may have at most ${limit} bytes`, closing);
}

/**
 * Reads a JSON request's raw bytes (signatures need them raw).
 * @param limit in bytes. @throws {Refusal} 413 past the limit, 415 for another type or a compressed body.
 */
export async function readRawBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const { headers } = request;
  const encoding = headers['content-encoding'];
  // Compression would let a small request grow without bound; nobody who calls us needs it.
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Refusal('unsupported-type', 'content-encoding: the body must not be compressed', closing);
  }
  const type = headers['content-type'] ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new Refusal('unsupported-type', 'content-type: expected application/json', closing);
  }
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners('data').resume();
        reject(tooLarge(limit));
        return;
      }
      chunks.push(chunk);
    });
    request.once('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    request.once('error', reject);
    request.once('close', () => reject(new Refusal('malformed', 'the body ended early', closing)));
  });
}

/** Deeper than any message either side documents, shallow enough for everybody who walks through it. */
const deepest = 64;

/** @throws {Refusal} 400 when the bytes are not JSON in UTF-8, or nested too deeply. */
export function parseJson(body: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new Refusal('malformed', 'body: expected JSON in UTF-8', {}, error);
  }
  if (isDeeperThan(value, deepest)) {
    throw new Refusal('malformed', `body: expected at most ${deepest} levels of nesting`);
  }
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const child of Object.values(item))
        if (typeof child === 'object' && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}
