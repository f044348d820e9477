import type { ServerResponse } from 'node:http';

/** Why a request was refused: the closed list behind the `code` of every error answer and of the refusal metric. */
export const refusals = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'too-large': 413,
  'unsupported-type': 415,
  unprocessable: 422,
  'too-many-requests': 429,
  'internal-error': 500,
  unavailable: 503,
} as const;
export type RefusalCode = keyof typeof refusals;

/** An error answer: `message` names the field or setting and what was expected, and never repeats a caller's words. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly headers: Readonly<Record<string, string>>;
  /** Further fields of the answer, where a standard asks for them. */
  readonly fields: Readonly<Record<string, string>>;
  #answer: Answer | undefined;

  constructor(
    code: RefusalCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    options: { readonly cause?: unknown; readonly fields?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Refusal';
    this.code = code;
    this.headers = headers;
    this.fields = options.fields ?? {};
  }

  get status(): number {
    return refusals[this.code];
  }

  /** The answer, put together once: a refusal of many callers is one and the same. */
  get answer(): Answer {
    this.#answer ??= answerOf(JSON.stringify({ ...this.fields, code: this.code, message: this.message }), {
      ...this.headers,
    });
    return this.#answer;
  }
}

/** `head`: names and values in turn, the body's length among them. */
export interface Answer {
  readonly head: string[];
  readonly body: string;
}

/** Not now; the sender repeats. */
export function unavailable(message: string, retryAfterSeconds = 1, cause?: unknown): Refusal {
  return new Refusal('unavailable', message, { 'retry-after': String(retryAfterSeconds) }, { cause });
}

/** On every answer of ours, whichever way the request came in: it is for programs, nobody shows, frames or keeps it. */
export const protection = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

export function sendJson(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, answerOf(body, headers));
}

/** Unless no answer can be given: the caller may be gone, or answered already. */
export function send(response: ServerResponse, status: number, { head, body }: Answer): void {
  if (writeHead(response, status, head)) response.end(body);
}

/** @returns whether an answer can be given at all. */
export function writeHead(response: ServerResponse, status: number, head: string[]): boolean {
  if (response.headersSent || response.destroyed) return false;
  response.writeHead(status, head);
  return true;
}

function answerOf(body: string, headers: Readonly<Record<string, string>>): Answer {
  const all = { ...usual, ...headers, 'content-length': String(Buffer.byteLength(body)) };
  return { head: Object.entries(all).flat(), body };
}

const usual = { 'content-type': 'application/json; charset=utf-8', ...protection };

/** What eGain is answered: nothing but that its messages are kept. The same every time, so it is put together once. */
const kept = answerOf('{}', {});

export function sendKept(response: ServerResponse): void {
  send(response, 200, kept);
}
