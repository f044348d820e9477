import type { RequestObserver } from './handler.js';
import { createPublicApp } from './public-app.js';
import { listen, type Listening } from './listen.js';
import { matchHot, type PublicHandlers } from './routes.js';

/**
 * The public port. With `direct`, eGain's callback and the channels' webhooks are answered ahead of Express by the same
 * handlers that Express mounts; every other request goes through Express.
 */
export async function startPublicServer(
  handlers: PublicHandlers,
  observer: RequestObserver,
  options: {
    readonly host: string;
    readonly port: number;
    readonly direct: boolean;
    /** Longest a request may take to arrive: as long as a file may. */
    readonly requestTimeoutMs: number;
  },
): Promise<Listening> {
  const app = createPublicApp(handlers, observer);
  const { host, port, direct, requestTimeoutMs } = options;
  return listen(
    (request, response) => {
      const match = direct ? matchHot(request, handlers) : undefined;
      if (match === undefined) app(request, response);
      else void match.handler(request, response, match.path);
    },
    { host, port, setting: 'server.port', requestTimeoutMs },
  );
}
