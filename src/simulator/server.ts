/** One HTTP server for all doors: the API, the token endpoint, signed file URLs, the control API. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { namesLoopback } from '../operations/own-host.js';
import { readBody } from './http/body.js';
import { callApi, operationName } from './http/api.js';
import { exchange, type Outcome } from './http/exchange.js';
import { RateLimits } from './http/rate-limit.js';
import type { OperationTable } from './http/table.js';
import { encode } from './http/write.js';
import type { Answer } from './http/answer.js';
import { answerStorage } from './assets/storage.js';
import { answerControl, streamRecords } from './control/listener.js';
import type { controlRoutes } from './control/routes.js';
import type { Desk } from './desk/serve.js';
import { notFound, privateCodes, refuse } from './refusals.js';
import { answerTokenCall } from './tokens/endpoint.js';
import type { ApiClient } from './tokens/tokens.js';
import type { World } from './world.js';

/** Path of the API on eGain's own hosts [seed]. */
export const apiBase = '/conversation/conversationmgr/v3';

/** Both URL forms of contract 2: commercial and self-service tenants. */
const tokenPath = /^\/(?:global\/[^/]+\/oauth2\/v2\.0|system\/auth\/[^/]+\/oauth2)\/token$/;

/** A channel's icon alone may have 512,000 characters. */
const jsonLimit = 2 * 1024 * 1024;
/** A file of 10 MiB in base64. */
const controlLimit = 16 * 1024 * 1024;
/** 10 MiB and what multipart adds. */
const fileLimit = 10 * 1024 * 1024 + 64 * 1024;

export interface ServerParts {
  readonly world: World;
  readonly table: OperationTable;
  readonly clients: readonly ApiClient[];
  readonly control: ReturnType<typeof controlRoutes>;
  readonly desk: Desk;
  /** It listens on loopback only: desk and control are for callers who name it so. */
  readonly onlyLoopback: boolean;
  readonly closing: AbortSignal;
}

interface Door {
  readonly operation: string;
  readonly limit: number;
  readonly run: (raw: Buffer) => Outcome;
}

export function createSimulatorServer(parts: ServerParts): Server {
  const limits = new RateLimits(parts.world.clock, parts.world.switches);
  const server = createServer((request, response) => serve(parts, limits, request, response));
  // Longer than any client keeps an idle connection, so that the client is the one to close it.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  return server;
}

function serve(
  parts: ServerParts,
  limits: RateLimits,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { world, closing } = parts;
  const receivedAt = world.clock.iso();
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = mark === -1 ? '' : url.slice(mark + 1);
  response.on('error', () => undefined);
  const isControl = path === '/control' || path.startsWith('/control/');
  const isDesk = parts.desk.has(path);
  if ((isControl || isDesk) && parts.onlyLoopback && !namesLoopback(request.headers.host)) {
    send(response, { status: 421, body: { code: 421, message: 'Ask for it as 127.0.0.1 or localhost' } });
    return;
  }
  if (isDesk) {
    parts.desk.serve(request, response, path);
    return;
  }
  if (isControl) {
    serveControl(parts, request, response, path.slice('/control/'.length), query);
    return;
  }
  const door = doorFor(parts, limits, request, path, query);
  readBody(request, door.limit, (body) => {
    if (!body.ok && body.reason === 'gone') return;
    const raw = body.ok ? body.raw : Buffer.alloc(0);
    const tooLarge: Outcome = { answer: refuse(privateCodes.bodyTooLarge, `More than ${door.limit} bytes`) };
    const { operation } = door;
    exchange(
      world,
      { request, response, receivedAt, path, operation, raw },
      () => (body.ok ? door.run(raw) : tooLarge),
      closing,
    ).catch((error: unknown) => {
      world.logger.warn({ err: error, operation }, 'request failed inside the simulator');
      if (!response.headersSent) send(response, refuse('500-100', 'Failure inside the simulator'));
    });
  });
}

function doorFor(
  parts: ServerParts,
  limits: RateLimits,
  request: IncomingMessage,
  path: string,
  query: string,
): Door {
  const { world, table, clients } = parts;
  const { method = 'GET', headers } = request;
  if (path.startsWith(`${apiBase}/`)) {
    const inside = path.slice(apiBase.length + 1);
    return {
      operation: operationName(table, method, inside),
      limit: jsonLimit,
      run: (raw) => callApi(world, table, limits, { method, path: inside, query, headers, raw }),
    };
  }
  if (tokenPath.test(path)) {
    const { authorization, 'content-type': contentType } = headers;
    const wrongMethod: Outcome = {
      answer: {
        ...refuse(privateCodes.methodNotAllowed, 'Only POST is possible'),
        headers: { allow: 'POST' },
      },
    };
    return {
      operation: 'requestToken',
      limit: jsonLimit,
      run: (raw) => {
        if (method !== 'POST') return wrongMethod;
        const tellsExpiry = world.switches.current.tokenTellsExpiry;
        return answerTokenCall({ contentType, authorization, raw, tellsExpiry }, clients, world.tokens);
      },
    };
  }
  const use = /^\/core\/assetmgr\/v3\/assets\/(upload|download)$/.exec(path)?.[1];
  if (use === 'upload' || use === 'download') {
    const signature = new URLSearchParams(query).get('signature') ?? '';
    const contentType = headers['content-type'];
    return {
      operation: `${use}AssetContent`,
      limit: fileLimit,
      run: (raw) => ({ answer: answerStorage(world, { method, use, signature, contentType, raw }) }),
    };
  }
  const nothing: Outcome = { answer: notFound(path) };
  return { operation: 'unknown', limit: fileLimit, run: () => nothing };
}

function serveControl(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): void {
  const { method = 'GET' } = request;
  if (path === 'events' && method === 'GET') {
    streamRecords(parts.world.records, response, lastSeen(request, query));
    return;
  }
  readBody(request, controlLimit, (body) => {
    if (!body.ok) {
      if (body.reason === 'too-large')
        send(response, { status: 413, body: { code: 413, message: 'Too large' } });
      return;
    }
    const contentType = request.headers['content-type'];
    try {
      send(response, answerControl(parts.control, { method, path, query, contentType, raw: body.raw }));
    } catch (error) {
      parts.world.logger.warn({ err: error, path }, 'control call failed inside the simulator');
      send(response, { status: 500, body: { code: 500, message: 'Failure inside the simulator' } });
    }
  });
}

/** A browser that lost its stream names what it has; `?since=` is for everybody else. */
function lastSeen(request: IncomingMessage, query: string): number | undefined {
  const given = request.headers['last-event-id'] ?? new URLSearchParams(query).get('since');
  return typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : undefined;
}

function send(response: ServerResponse, answer: Answer): void {
  const { status, headers, bytes } = encode(answer);
  const length = Buffer.byteLength(bytes);
  response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': length }).end(bytes);
}
