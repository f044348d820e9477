/** The gateway in front of the operations: token, scope, headers, body. */
import type { IncomingHttpHeaders } from 'node:http';
import { privateCodes, refuse, unauthorized } from '../refusals.js';
import type { World } from '../world.js';
import type { Answer, Operation } from './answer.js';
import type { RateLimits } from './rate-limit.js';
import type { OperationTable } from './table.js';

export interface ApiRequest {
  readonly method: string;
  /** Under the API base, without leading slash. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
}

export interface ApiResult {
  readonly answer: Answer;
  readonly clientId?: string;
  /** The parsed body, for the request's record. */
  readonly body?: unknown;
}

const noQuery = new URLSearchParams();

/** Name of the operation a request is for, by which faults find it. */
export function operationName(table: OperationTable, method: string, path: string): string {
  const match = table.find(method, path);
  return match.ok ? match.operation.operationId : 'unknown';
}

export function callApi(
  world: World,
  table: OperationTable,
  limits: RateLimits,
  request: ApiRequest,
): ApiResult {
  const { headers } = request;
  const grant = world.tokens.grant(headers.authorization);
  if (grant === undefined) return { answer: unauthorized() };
  const { clientId } = grant;
  const limited = limits.take(clientId);
  if (limited.refusal !== undefined) return { answer: limited.refusal, clientId };
  const match = table.find(request.method, request.path);
  if (!match.ok) return { answer: match.answer, clientId };
  const { operation, id } = match;
  if (!operation.scopes.some((scope) => grant.scopes.has(scope)))
    return { answer: refuse('403-197', `The token lacks a scope for ${operation.operationId}`), clientId };
  const query = request.query === '' ? noQuery : new URLSearchParams(request.query);
  const problem = checkHeaders(world, operation, headers) ?? checkQuery(world, operation, query);
  if (problem !== undefined) return { answer: problem, clientId };
  const takesBody = operation.method === 'POST' || operation.method === 'PUT';
  const body = takesBody ? readJson(request) : { ok: true as const, value: undefined };
  if (!body.ok) return { answer: body.refusal, clientId };
  const answer = operation.handle({ id, query, headers, body: body.value, raw: request.raw });
  const told =
    limited.headers === undefined
      ? answer
      : { ...answer, headers: { ...limited.headers, ...answer.headers } };
  return { answer: told, clientId, body: body.value };
}

function checkHeaders(world: World, operation: Operation, headers: IncomingHttpHeaders): Answer | undefined {
  if (!world.switches.current.checkAcceptLanguage || operation.language !== true) return undefined;
  const language = headers['accept-language'];
  return language === undefined || /^[a-z]{2}-[a-z]{2}$/i.test(language)
    ? undefined
    : refuse('406-100', "The 'Accept-Language' header is not valid");
}

function checkQuery(world: World, operation: Operation, query: URLSearchParams): Answer | undefined {
  if (!world.switches.current.strictQuery) return undefined;
  for (const name of query.keys())
    if (operation.query?.includes(name) !== true)
      return refuse('400-101', `Query parameter is not supported: ${name}`);
  return undefined;
}

type Json = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Answer };

function readJson({ headers, raw }: ApiRequest): Json {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
    return {
      ok: false,
      refusal: refuse(privateCodes.wrongContentType, 'Content-Type must be application/json'),
    };
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    return { ok: true, value };
  } catch {
    return { ok: false, refusal: refuse(privateCodes.malformedJson, 'The body is not JSON') };
  }
}
