import { createServer, type IncomingMessage, type Server } from 'node:http';

export interface TokenCall {
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly delayMs?: number;
}

export interface RunningTokenEndpoint {
  readonly url: string;
  readonly calls: TokenCall[];
  /** Decides the answers from now on; `n` counts from 1. */
  answer(how: (n: number) => Answer): void;
  stop(): Promise<void>;
}

export const issued = (token: string, extra: object = { expires_in: 3600 }): Answer => ({
  body: JSON.stringify({ access_token: token, token_type: 'Bearer', ...extra }),
});

/** A real OAuth token endpoint on loopback that counts who asked. */
export async function startTokenEndpoint(): Promise<RunningTokenEndpoint> {
  const calls: TokenCall[] = [];
  let how = (n: number): Answer => issued(`token-${n}`);
  const server = createServer((request, response) => {
    void readAll(request).then(async (text) => {
      calls.push({ authorization: request.headers.authorization, form: new URLSearchParams(text) });
      const answer = how(calls.length);
      if (answer.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
      response
        .writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
        .end(answer.body);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/oauth2/v2.0/token`,
    calls,
    answer: (next) => {
      how = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
