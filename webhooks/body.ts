import type { IncomingMessage } from 'node:http';
import type { Arrivals } from './arrivals.js';
import { Refusal, unavailable } from './reply.js';

/** Senders are programs on good connections; one that needs longer for a body of ours holds a place for nothing. */
const bodyMs = 10_000;

/** What a route takes. `types` matches the content type; `limit` in bytes. */
export interface BodyRules {
  readonly limit: number;
  readonly types: RegExp;
  /** The content types in words, for the refusal. */
  readonly expected: string;
  readonly arrivals: Arrivals;
  /** How long a body may take to arrive, in milliseconds. */
  readonly withinMs?: number;
}

const json = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads a JSON request's raw bytes (signatures need them raw).
 * @param limit in bytes. @throws {Refusal} as `readBody`.
 */
export function readRawBody(request: IncomingMessage, limit: number, arrivals: Arrivals): Promise<Buffer> {
  return readBody(request, { limit, types: json, expected: 'application/json', arrivals });
}

/**
 * @throws {Refusal} 413 past the limit, 415 for another type or a compressed body, 408 when it does not arrive in time, 400
 * when the caller leaves before its end, 503 when there is no memory for it.
 */
export async function readBody(request: IncomingMessage, rules: BodyRules): Promise<Buffer> {
  const { headers } = request;
  const encoding = headers['content-encoding'];
  // Compression would let a small request grow without bound; nobody who calls us needs it.
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Refusal('unsupported-type', 'content-encoding: expected none');
  }
  if (!rules.types.test(headers['content-type'] ?? '')) {
    throw new Refusal('unsupported-type', `content-type: expected ${rules.expected}`);
  }
  if (Number(headers['content-length'] ?? 0) > rules.limit) throw tooLarge(rules.limit);
  // Whoever left while we were looking at its headers will send no further event.
  if (request.destroyed) throw cutShort();
  return collect(request, rules);
}

function collect(request: IncomingMessage, rules: BodyRules): Promise<Buffer> {
  const { limit, arrivals, withinMs = bodyMs } = rules;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let held = 0;
    const keep = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) {
        stop(() => tooLarge(limit));
        return;
      }
      const room = arrivals.take(chunk.length);
      if (room === 0) {
        stop(() => unavailable('too many bodies at once'));
        return;
      }
      held += room;
      chunks.push(chunk);
    };
    const done = (): void => {
      clearTimeout(timer);
      arrivals.give(held);
      held = 0;
    };
    const stop = (why: () => Refusal): void => {
      if (request.readableEnded) return;
      done();
      request.off('data', keep);
      chunks.length = 0;
      reject(why());
    };
    const leave = (): void => stop(cutShort);
    const late = (): void =>
      stop(() => new Refusal('request-timeout', `body: expected all of it within ${withinMs / 1000} s`));
    const timer = request.complete ? undefined : setTimeout(late, withinMs);
    request
      .on('data', keep)
      .on('end', () => {
        done();
        const [only] = chunks;
        resolve(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks));
      })
      .on('error', leave)
      .on('close', leave);
  });
}

function tooLarge(limit: number): Refusal {
  return new Refusal('too-large', `body: expected at most ${limit} bytes`);
}

function cutShort(): Refusal {
  return new Refusal('malformed', 'body: expected all of it, the connection ended before');
}

/** @throws {Refusal} 400 when the bytes are not UTF-8. */
export function readText(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw notJson();
  }
}

/** @throws {Refusal} 400 when the text is not JSON, or nested too deeply. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notJson();
  }
  return shallow(value);
}

/** Deeper than any message either side documents, shallow enough for everybody who walks through it. */
const deepest = 64;

/** @throws {Refusal} 400 when the value is nested too deeply. */
export function shallow<T>(value: T): T {
  if (isDeeperThan(value, deepest)) {
    throw new Refusal('malformed', `body: expected at most ${deepest} levels of nesting`);
  }
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Without a cause: its message would quote the caller. */
function notJson(): Refusal {
  return new Refusal('malformed', 'body: expected JSON in UTF-8');
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels < 0) return true;
  if (Array.isArray(value)) return value.some((child) => isDeeperThan(child, levels - 1));
  for (const name in value) {
    if (isDeeperThan((value as Record<string, unknown>)[name], levels - 1)) return true;
  }
  return false;
}
