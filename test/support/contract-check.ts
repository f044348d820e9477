/** What was seen on the wire, held against the description of the API. */
import { z } from 'zod';
import { described, problemsOf, problemsOfAnswer, problemsOfRequest } from './api-description.js';

export type Observation =
  | { readonly by: 'simulator'; readonly exchange: unknown }
  | { readonly by: 'child'; readonly line: string }
  | { readonly by: 'client'; readonly message: unknown };

/** How the client announces itself. */
const ours = 'egain-channel-bridge';

const exchangeSchema = z.object({
  operation: z.string(),
  method: z.string(),
  url: z.string(),
  headers: z.looseObject({ 'user-agent': z.string().optional() }),
  raw: z.instanceof(Uint8Array),
  answer: z
    .object({ status: z.int(), body: z.unknown().optional(), bytes: z.unknown().optional() })
    .optional(),
});

/** As `contract-in-child.mjs` writes it. */
const lineSchema = exchangeSchema.extend({ raw: z.string().transform((raw) => Buffer.from(raw, 'base64')) });

const requestSchema = z.object({
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.union([z.array(z.unknown()), z.string()]).nullish(),
    body: z.unknown().optional(),
  }),
});

/** Refusals of the gateway before any operation: eGain's pages list them nowhere, an error object they are all the same. */
const gatewayStatuses: ReadonlySet<number> = new Set([404, 405, 406, 409, 413, 415, 500]);

/** One line for each thing that is not as described; the same thing is told once. */
export function mismatchesOf(observations: readonly Observation[]): string[] {
  const found = observations.flatMap((seen) => {
    switch (seen.by) {
      case 'simulator':
        return inExchange(exchangeSchema.parse(seen.exchange));
      case 'child':
        return inExchange(lineSchema.parse(JSON.parse(seen.line)));
      case 'client':
        return inRequest(requestSchema.parse(seen.message).request);
    }
  });
  return [...new Set(found)];
}

function inExchange({
  operation,
  method,
  url,
  headers,
  raw,
  answer,
}: z.infer<typeof exchangeSchema>): string[] {
  const asked =
    headers['user-agent'] === ours ? inClientRequest(method, url, Buffer.from(raw).toString('utf8')) : [];
  if (answer === undefined) return asked;
  return [
    ...asked,
    ...answerProblems(operation, answer).map((why) => `${operation} answered ${answer.status}: ${why}`),
  ];
}

function answerProblems(
  operation: string,
  { status, body, bytes }: { status: number; body?: unknown; bytes?: unknown },
) {
  const answered = bytes === undefined ? body : undefined;
  const problems = problemsOfAnswer(operation, status, answered);
  const isUnlisted = problems.some((problem) => problem.includes('not described'));
  return isUnlisted && gatewayStatuses.has(status) ? problemsOf('Error', body) : problems;
}

function inRequest({ method, path, headers, body }: z.infer<typeof requestSchema>['request']): string[] {
  const isOurs = Array.isArray(headers) ? headers.includes(ours) : (headers ?? '').includes(ours);
  const text =
    typeof body === 'string' ? body : body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : '';
  return isOurs ? inClientRequest(method, path, text) : [];
}

const templates = described.map(({ operationId, method, path }) => ({
  operationId,
  method,
  pattern: new RegExp(`${path.replace('{id}', '[^/]+')}$`),
}));

/** The description's operation for a call, wherever the API's base address is. */
export function operationOf(method: string, url: string): string | undefined {
  const path = url.split('?')[0] ?? '';
  return templates.find((row) => row.method === method && row.pattern.test(path))?.operationId;
}

function inClientRequest(method: string, url: string, text: string): string[] {
  const operation = operationOf(method, url);
  if (operation === undefined) return [];
  const problems =
    method === 'GET' || method === 'DELETE'
      ? text === ''
        ? []
        : ['a body where none is described']
      : problemsOfRequest(operation, JSON.parse(text));
  return problems.map((why) => `the client's ${operation}: ${why}`);
}
