import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

export interface PagePolicy {
  /** Origins that may show the page in a frame, besides its own. */
  readonly framedBy?: readonly string[];
  /** Origins whose pages it shows in frames of its own. */
  readonly frames?: readonly string[];
}

/** Pages that people run on their own machine: files of one folder, under a policy that lets nothing else in. */
export class PageFiles {
  readonly #folder: URL;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param folder with a slash at its end */
  constructor(folder: URL, policy: PagePolicy = {}) {
    this.#folder = folder;
    this.#headers = {
      'content-security-policy': contentPolicy(policy),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    };
  }

  /** @param name of a file in the folder itself. @returns whether there is such a file; else nothing was answered */
  async answer(name: string, response: ServerResponse): Promise<boolean> {
    const ending = /^[a-z][a-z0-9-]*\.(html|js|css|svg)$/.exec(name)?.[1];
    const contentType = ending === undefined ? undefined : contentTypes[ending];
    if (contentType === undefined) return false;
    const bytes = await readFile(new URL(name, this.#folder)).catch(() => undefined);
    if (bytes === undefined) return false;
    response
      .writeHead(200, { ...this.#headers, 'content-type': contentType, 'content-length': bytes.length })
      .end(bytes);
    return true;
  }
}

function contentPolicy({ framedBy = [], frames = [] }: PagePolicy): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    `frame-src ${frames.length === 0 ? "'none'" : frames.join(' ')}`,
    `frame-ancestors ${["'self'", ...framedBy].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
