import type { ServerResponse } from 'node:http';

/** Why a request was refused: the closed list behind the `code` of every error answer and of the refusal metric. */
export const refusals = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
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

  constructor(
    code: RefusalCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'Refusal';
    this.code = code;
    this.headers = headers;
  }

  get status(): number {
    return refusals[this.code];
  }
}

/** Not now; the sender repeats. */
export function unavailable(message: string, retryAfterSeconds = 1, cause?: unknown): Refusal {
  return new Refusal('unavailable', message, { 'retry-after': String(retryAfterSeconds) }, cause);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) return;
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  sendJson(
    response,
    refusal.status,
    JSON.stringify({ code: refusal.code, message: refusal.message }),
    refusal.headers,
  );
}
