import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Handler, RequestObserver } from './handler.js';
import { refuse } from './refuse.js';
import { Refusal } from './reply.js';
import { matchChat, pathOf, type PublicHandlers } from './routes.js';

/** The public port as an Express application: the reference for the direct way in, and every other route. */
export function createPublicApp(handlers: PublicHandlers, observer: RequestObserver): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Ahead of helmet: a chat is shown and embedded, so its answers carry their own, narrower protection.
  app.use((request, response, next) => {
    const match = matchChat(request.url, handlers);
    if (match === undefined) next();
    else void match.handler(request, response, match.path);
  });
  app.use(helmet());
  app.all('/egain/callback', mount(handlers.callback));
  if (handlers.token !== undefined) app.all('/egain/token', mount(handlers.token));
  app.all('/channels/:channel/webhook', mount(handlers.channel));
  if (handlers.uploads !== undefined) app.all('/channels/:channel/assets', mount(handlers.uploads));
  if (handlers.assets !== undefined) app.all('/assets/:token', mount(handlers.assets));
  app.use(notFound(observer));
  app.use(lastResort(observer));
  return app;
}

function mount(handler: Handler) {
  return (request: Request, response: Response): Promise<void> => {
    const { url } = request;
    const mark = url.indexOf('?');
    const variable = request.params['channel'] ?? request.params['token'];
    return handler(
      request,
      response,
      pathOf(url, request.path, mark, typeof variable === 'string' ? variable : ''),
    );
  };
}

/** Counts what was refused outside of any route. */
type Count = Pick<RequestObserver, 'refused'>;

export function notFound(observer: Count) {
  return (request: Request, response: Response): void => {
    observer.refused('other', 'not-found', undefined);
    refuse(request, response, new Refusal('not-found', 'address: there is nothing here'));
  };
}

/** What a page refused, or Express itself, such as an address with a broken escape; its words may repeat the caller's. */
export function lastResort(observer: Count): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const refusal = refusalOf(error);
    observer.refused('other', refusal.code, refusal.cause);
    refuse(request, response, refusal);
  };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return isCallersFault(error)
    ? new Refusal('malformed', 'address: expected valid escapes')
    : new Refusal('internal-error', 'the bridge failed to handle the request', {}, { cause: error });
}

function isCallersFault(error: unknown): boolean {
  if (error instanceof URIError) return true;
  return typeof error === 'object' && error !== null && 'status' in error && error.status === 400;
}
