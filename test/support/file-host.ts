import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server of somebody's with files on it, and what was asked of it. */
export interface FileHost {
  readonly url: string;
  /** Paths in the order they were asked for. */
  readonly asked: string[];
  /** Connections open now. */
  readonly connections: () => Promise<number>;
  put(path: string, what: Buffer | Behaviour): string;
  close(): Promise<void>;
}

export async function startFileHost(): Promise<FileHost> {
  const files = new Map<string, Buffer | Behaviour>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(path);
    const what = files.get(path);
    if (what === undefined) response.writeHead(404).end();
    else if (typeof what === 'function') what(request, response);
    else response.writeHead(200, { 'content-length': what.length }).end(what);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      ),
    put: (path, what) => {
      files.set(path, what);
      return url + path;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
