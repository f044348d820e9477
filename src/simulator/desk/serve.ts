/** The agent's desk: a page on the simulator's listener that uses its control API, as any other program may. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PageFiles } from '../../operations/page-files.js';

export interface Desk {
  /** Whether this path is the desk's to answer. */
  has(path: string): boolean;
  serve(request: IncomingMessage, response: ServerResponse, path: string): void;
}

const root = '/desk/';

/** @param framedBy origins whose pages may show it in a frame */
export function createDesk(framedBy: readonly string[] = []): Desk {
  const files = new PageFiles(new URL('browser/', import.meta.url), { framedBy });
  return {
    has: (path) => path === '/' || path === '/desk' || path.startsWith(root),
    serve: (request, response, path) => {
      request.resume();
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { allow: 'GET, HEAD' }).end();
        return;
      }
      if (!path.startsWith(root)) {
        response.writeHead(302, { location: root }).end();
        return;
      }
      const name = path === root ? 'desk.html' : path.slice(root.length);
      void files.answer(name, response).then((found) => {
        if (!found) response.writeHead(404).end();
      });
    },
  };
}
