import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Handler } from './handler.js';
import { Refusal, sendRefusal } from './reply.js';
import { pathOf, type PublicHandlers } from './routes.js';

/** The public port as an Express application: the reference for the direct way in, and every other route. */
export function createPublicApp(handlers: PublicHandlers): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(helmet());
  app.all('/egain/callback', mount(handlers.callback));
  if (handlers.token !== undefined) app.all('/egain/token', mount(handlers.token));
  app.all('/channels/:channel/webhook', mount(handlers.channel));
  app.use(notFound);
  app.use(lastResort);
  return app;
}

function mount(handler: Handler) {
  return (request: Request, response: Response): Promise<void> => {
    const { url } = request;
    const mark = url.indexOf('?');
    const channel = request.params['channel'];
    return handler(
      request,
      response,
      pathOf(url, request.path, mark, typeof channel === 'string' ? channel : ''),
    );
  };
}

export function notFound(_request: Request, response: Response): void {
  sendRefusal(response, new Refusal('not-found', 'there is nothing at this address'));
}

/** What Express itself refuses, such as an address with a broken escape; its words may repeat the caller's. */
export function lastResort(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  const caller = error instanceof URIError || (error as { status?: unknown }).status === 400;
  sendRefusal(
    response,
    caller
      ? new Refusal('malformed', 'address: expected valid escapes')
      : new Refusal('internal-error', 'the bridge failed to handle the request'),
  );
}
