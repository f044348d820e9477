import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface LoopbackServer {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** How the requests from now on are answered; not answering at all is a way, too. */
  answer(with_: (response: ServerResponse, request: SeenRequest) => void): void;
  close(): Promise<void>;
}

/** A real HTTP server on a free loopback port that keeps what it was sent. Answers 200 until told otherwise. */
export async function startLoopbackServer(): Promise<LoopbackServer> {
  const seen: SeenRequest[] = [];
  let answerWith: (response: ServerResponse, request: SeenRequest) => void = (response) => {
    response.writeHead(200).end();
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const arrived = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
      seen.push(arrived);
      answerWith(response, arrived);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    answer: (with_) => {
      answerWith = with_;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
