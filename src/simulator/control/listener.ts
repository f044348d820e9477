/** The HTTP side of the control API. Changing calls need JSON, so that no web page can make a browser send one. */
import { z } from 'zod';
import type { ServerResponse } from 'node:http';
import type { Answer } from '../http/answer.js';
import type { Records, SimulatorRecord } from '../records.js';
import type { controlRoutes } from './routes.js';

export interface ControlRequest {
  readonly method: string;
  /** After `/control`, without leading slash. */
  readonly path: string;
  readonly query: string;
  readonly contentType: string | undefined;
  readonly raw: Buffer;
}

type Routes = ReturnType<typeof controlRoutes>;

function error(status: number, message: string): Answer {
  return { status, body: { code: status, message } };
}

/** The value of `{id}` when the path fits the template, '' when there is none in it, undefined when it does not fit. */
function fits(template: string, path: string): string | undefined {
  const [wanted, given] = [template.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  let id = '';
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part === '{id}') id = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return id;
}

export function answerControl(routes: Routes, request: ControlRequest): Answer {
  const { method, path, raw } = request;
  if (path === '' && method === 'GET')
    return {
      status: 200,
      body: routes.map((route) => `${route.method} /control/${route.path}: ${route.does}`),
    };
  const found = routes.flatMap((route) => {
    const id = fits(route.path, path);
    return id === undefined ? [] : [{ route, id }];
  });
  if (found.length === 0) return error(404, `No such control: /control/${path}`);
  const chosen = found.find(({ route }) => route.method === method);
  if (chosen === undefined) return error(405, `${method} is not possible here`);
  if (method !== 'GET' && method !== 'DELETE' && !/^application\/json\b/i.test(request.contentType ?? ''))
    return error(415, 'Content-Type must be application/json');
  try {
    const body: unknown = raw.length === 0 ? undefined : JSON.parse(raw.toString('utf8'));
    return chosen.route.handle({ id: chosen.id, query: new URLSearchParams(request.query), body });
  } catch (cause) {
    if (cause instanceof z.ZodError) return error(400, z.prettifyError(cause));
    if (cause instanceof SyntaxError) return error(400, 'The body is not JSON');
    throw cause;
  }
}

/**
 * Server-sent events: every record as it is made.
 * @param since sequence number of the last one the reader has; those after it come first
 */
export function streamRecords(records: Records, response: ServerResponse, since?: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': records follow\n\n');
  const tell = (record: SimulatorRecord): void => {
    response.write(`id: ${record.sequence}\nevent: ${record.kind}\ndata: ${JSON.stringify(record)}\n\n`);
  };
  if (since !== undefined) for (const record of records.since(since)) tell(record);
  const stop = records.subscribe(tell);
  response.once('close', stop);
}
