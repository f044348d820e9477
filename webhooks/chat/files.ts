import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ChatAbout } from './entry.js';
import { Refusal } from '../reply.js';

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** What other sites' pages load, wherever they are; everything else is for the chat's own page. */
const forEverybody = 'widget.js';

interface PageFile {
  readonly bytes: Buffer;
  readonly etag: string;
}

export interface PageFacts {
  readonly channel: string;
  readonly about: ChatAbout;
  /** Sites that may have the page in a frame. */
  readonly origins: readonly string[];
}

/** The page, its scripts and its looks, as they come with the bridge: nothing in them but the page depends on a channel. */
export class ChatFiles {
  readonly #folder: URL;
  readonly #files = new Map<string, PageFile | undefined>();
  readonly #template: string;

  /** @param folder with a slash at its end. @throws when the page is not there. */
  constructor(folder: URL) {
    this.#folder = folder;
    this.#template = readFileSync(new URL('page.html', folder), 'utf8');
  }

  /** @throws {Refusal} 404 */
  answerFile(name: string, request: IncomingMessage, response: ServerResponse): void {
    const file = this.#find(name);
    if (file === undefined) throw new Refusal('not-found', 'address: there is nothing here');
    const type = contentTypes[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    answer(request, response, file, {
      'content-type': type,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': name === forEverybody ? 'cross-origin' : 'same-origin',
      ...(name === forEverybody && { 'access-control-allow-origin': '*' }),
    });
  }

  answerPage(facts: PageFacts, request: IncomingMessage, response: ServerResponse): void {
    const { channel, about, origins } = facts;
    const values: Readonly<Record<string, string>> = {
      base: channel,
      title: about.title,
      greeting: about.greeting ?? '',
      origins: JSON.stringify(origins),
    };
    const html = this.#template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escaped(values[name] ?? ''));
    const bytes = Buffer.from(html);
    answer(request, response, fileOf(bytes), {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy(origins),
      'referrer-policy': 'no-referrer',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    });
  }

  /** Files are read once; those of the widget lie in a folder of their own. */
  #find(name: string): PageFile | undefined {
    if (!/^[a-z][a-z-]*\.(?:js|css|svg)$/.test(name)) return undefined;
    if (!this.#files.has(name))
      this.#files.set(name, this.#read(name === forEverybody ? `widget/${name}` : name));
    return this.#files.get(name);
  }

  #read(path: string): PageFile | undefined {
    try {
      return fileOf(readFileSync(new URL(path, this.#folder)));
    } catch {
      return undefined;
    }
  }
}

function fileOf(bytes: Buffer): PageFile {
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
}

/** Asked again every time, answered in full only when it changed: a new release is in use at once. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, etag }: PageFile,
  headers: Readonly<Record<string, string>>,
): void {
  request.resume();
  const all = {
    ...headers,
    etag,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, all).end();
    return;
  }
  response.writeHead(200, { ...all, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** Nothing runs, is shown or is asked but what comes from the bridge itself, and only the channel's sites may frame it. */
function pagePolicy(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    `frame-ancestors ${["'self'", ...origins].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
