import { once } from 'node:events';
import { createServer, request as send, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PassedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Stands in front of a server, passes everything on and keeps what was asked. */
export interface PassingProxy {
  readonly url: string;
  readonly passed: readonly PassedRequest[];
  close(): Promise<void>;
}

/** `added` goes with every request, in place of a header of the same name. */
export async function startPassingProxy(
  target: string,
  added: () => Readonly<Record<string, string>> = () => ({}),
): Promise<PassingProxy> {
  const passed: PassedRequest[] = [];
  const { origin } = new URL(target);
  const server = createServer((near, answer) => {
    const path = near.url ?? '/';
    passed.push({ path, headers: near.headers });
    const far = send(
      new URL(path, origin),
      { method: near.method ?? 'GET', headers: { ...near.headers, ...added() }, agent: false },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    far.on('error', () => answer.destroy());
    near.pipe(far);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
