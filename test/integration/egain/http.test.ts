import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent, Pool } from 'undici';
import { createEgainClient, type EgainClient } from '../../../src/egain/client.js';
import { EgainError } from '../../../src/egain/errors.js';
import type { EgainTransportOptions } from '../../../src/egain/http.js';
import { conversationIdOf } from '../../../src/egain/send-messages.js';
import type { TokenSource } from '../../../src/egain/token/token-source.js';
import type { SendMessagesBody } from '../../../src/egain/types.js';
import { freePort } from './support/redis-server.js';
import { listen, readAll } from './support/token-endpoint.js';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const body: SendMessagesBody = {
  messages: {
    message: [
      {
        messageId: 'm-1',
        type: { value: 'text' },
        content: { text: 'Olá ✓' },
        sender: { type: 'customer' },
        conversation: { id: '3c1a1a52-9f0e-4f0b-8b1c-64d3f2c5d901' },
      },
    ],
  },
};
const accepted = JSON.stringify({
  messages: { message: [{ id: 'h-1', messageId: 'm-1', conversation: { id: 'c-9' }, extra: 1 }] },
  more: true,
});

let server: Server;
let tcp: TcpServer | undefined;
let port: number;
let seen: Seen[];
let rejected: string[];
let tokens: string[];
let agent: Agent;
let handle: (request: Seen, response: ServerResponse) => void;

const token: TokenSource = {
  get: () => Promise.resolve(tokens[0] ?? 'none'),
  rejected: (value) => {
    rejected.push(value);
    if (tokens.length > 1) tokens.shift();
    return Promise.resolve();
  },
  close: () => undefined,
};

beforeEach(async () => {
  seen = [];
  rejected = [];
  tokens = ['t-1'];
  agent = new Agent({ connections: 4 });
  handle = (_request, response) => response.writeHead(202).end(accepted);
  server = createServer((request, response) => {
    void readAll(request).then((text) => {
      const one = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: text,
      };
      seen.push(one);
      handle(one, response);
    });
  });
  port = await listen(server);
});
afterEach(async () => {
  await agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  tcp?.close();
  tcp = undefined;
});

function client(options: Partial<EgainTransportOptions> = {}): EgainClient {
  return createEgainClient({
    apiUrl: `http://127.0.0.1:${port}/conversation/conversationmgr/v3/`,
    token,
    dispatcher: agent,
    timeoutMs: 2000,
    ...options,
  });
}

async function failure(work: Promise<unknown>): Promise<EgainError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EgainError)) throw new Error('expected an EgainError', { cause: error });
  return error;
}

/** A peer that talks TCP but not HTTP: does what it is told with every connection. */
async function rawPeer(serve: (socket: Socket) => void): Promise<string> {
  const peer = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  tcp = peer;
  await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
  const address = peer.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/v3`;
}

describe('sending messages', () => {
  test('posts the body with the token and gives the conversation of the answer', async () => {
    const answer = await client({ acceptLanguage: 'en-US' }).sendMessages(body);
    expect(conversationIdOf(answer)).toBe('c-9');
    expect(answer).toMatchObject(JSON.parse(accepted) as object);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/conversation/conversationmgr/v3/conversations/messages',
      headers: {
        authorization: 'Bearer t-1',
        'content-type': 'application/json',
        accept: 'application/json',
        'accept-language': 'en-US',
      },
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(body);
  });

  test.each(['{}', '{"messages":7}', '{"messages":{"message":"x"}}', '', '[]'])(
    'a 202 of another shape (%s) still counts as accepted',
    async (text) => {
      handle = (_request, response) => response.writeHead(202).end(text);
      expect(await client().sendMessages(body)).toMatchObject({ messages: { message: [] } });
    },
  );

  test('works over a Pool as well', async () => {
    const pool = new Pool(`http://127.0.0.1:${port}`);
    await client({ dispatcher: pool }).sendMessages(body);
    await pool.destroy();
    expect(seen).toHaveLength(1);
  });

  test('carries two hundred at once over four connections', async () => {
    const one = client();
    await Promise.all(Array.from({ length: 200 }, () => one.sendMessages(body)));
    expect(seen).toHaveLength(200);
  });

  test('gives the error object of a refusal', async () => {
    handle = (_request, response) =>
      response
        .writeHead(429, { 'x-ratelimit-reset': new Date(Date.now() + 60_000).toISOString() })
        .end('{"code":"429-001","developerMessage":"Too many requests."}');
    const error = await failure(client().sendMessages(body));
    expect(error).toMatchObject({ kind: 'answer', status: 429, code: '429-001', retryable: true });
    expect(error.retryAfterMs).toBeGreaterThan(30_000);
  });

  test("a proxy's page with status 200 is not taken for an answer", async () => {
    handle = (_request, response) => response.writeHead(200).end('<html>Sign in</html>');
    expect(await failure(client().sendMessages(body))).toMatchObject({ kind: 'not-egain', status: 200 });
  });

  test('does not follow a redirect', async () => {
    handle = (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    expect(await failure(client().sendMessages(body))).toMatchObject({ kind: 'not-egain', status: 302 });
  });
});

describe('I8: an answer 401', () => {
  const refuse = (response: ServerResponse): unknown =>
    response.writeHead(401).end('{"code":"401-104","developerMessage":"no"}');

  test('renews once and repeats once', async () => {
    tokens = ['old', 'new'];
    handle = (request, response) =>
      request.headers.authorization === 'Bearer new'
        ? response.writeHead(202).end(accepted)
        : refuse(response);
    await client().sendMessages(body);
    expect(rejected).toEqual(['old']);
    expect(seen.map((one) => one.headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    expect(seen[1]?.body).toBe(seen[0]?.body);
  });

  test('a second 401 is given to the caller', async () => {
    tokens = ['old', 'new', 'newer'];
    handle = (_request, response) => refuse(response);
    const error = await failure(client().sendMessages(body));
    expect(error).toMatchObject({ kind: 'answer', status: 401, code: '401-104', retryable: true });
    expect(seen).toHaveLength(2);
  });

  test('is not repeated with the same token', async () => {
    handle = (_request, response) => refuse(response);
    expect(await failure(client().sendMessages(body))).toMatchObject({ status: 401 });
    expect(seen).toHaveLength(1);
  });

  test.each([400, 403, 404, 500, 503])('%i is never repeated here', async (status) => {
    handle = (_request, response) => response.writeHead(status).end();
    expect(await failure(client().sendMessages(body))).toMatchObject({ status });
    expect(seen).toHaveLength(1);
    expect(rejected).toEqual([]);
  });
});

describe('certainly not sent', () => {
  test('connection refused', async () => {
    const error = await failure(
      client({ apiUrl: `http://127.0.0.1:${await freePort()}/v3` }).sendMessages(body),
    );
    expect(error).toMatchObject({ kind: 'network-unsent', retryable: true });
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('no such host', async () => {
    const error = await failure(client({ apiUrl: 'https://no-such-host.invalid/v3' }).sendMessages(body));
    expect(error.kind).toBe('network-unsent');
  });

  test('time ran out while waiting for a free connection, and it does not leave later', async () => {
    let release: (() => void) | undefined;
    handle = (request, response) => {
      if (request.headers['x-first'] === undefined && seen.length === 1) {
        release = () => response.writeHead(202).end(accepted);
      } else response.writeHead(202).end(accepted);
    };
    const single = new Agent({ connections: 1 });
    const first = client({ dispatcher: single, timeoutMs: 5000 }).sendMessages(body);
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const waiting = await failure(client({ dispatcher: single, timeoutMs: 100 }).sendMessages(body));
    expect(waiting.kind).toBe('network-unsent');
    release?.();
    await first;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toHaveLength(1);
    await client({ dispatcher: single }).sendMessages(body);
    expect(seen).toHaveLength(2);
    await single.destroy();
  });

  test('given up by the caller before it began', async () => {
    const error = await failure(client().sendMessages(body, { signal: AbortSignal.abort() }));
    expect(error.kind).toBe('network-unsent');
    expect(seen).toHaveLength(0);
  });
});

describe('written, and nobody knows', () => {
  test('no answer in time', async () => {
    handle = () => undefined;
    const error = await failure(client({ timeoutMs: 150 }).sendMessages(body));
    expect(error).toMatchObject({ kind: 'network-uncertain', status: undefined, retryable: true });
  });

  test('an answer that trickles forever ends with the same time limit', async () => {
    handle = (_request, response) => {
      response.writeHead(202);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    };
    expect((await failure(client({ timeoutMs: 200 }).sendMessages(body))).kind).toBe('network-uncertain');
  });

  test('reset after the request was written', async () => {
    const apiUrl = await rawPeer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect((await failure(client({ apiUrl }).sendMessages(body))).kind).toBe('network-uncertain');
  });

  test('an accepting answer whose body breaks off', async () => {
    const apiUrl = await rawPeer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\n{"mess')),
    );
    expect(await failure(client({ apiUrl }).sendMessages(body))).toMatchObject({
      kind: 'network-uncertain',
      status: 202,
    });
  });

  test('something that is not HTTP', async () => {
    const apiUrl = await rawPeer((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
    expect((await failure(client({ apiUrl }).sendMessages(body))).kind).toBe('network-uncertain');
  });

  test('an answer larger than allowed', async () => {
    handle = (_request, response) => response.writeHead(202).end('x'.repeat(5000));
    expect((await failure(client({ maxAnswerBytes: 1000 }).sendMessages(body))).kind).toBe(
      'network-uncertain',
    );
  });

  test('given up by the caller after it was written', async () => {
    const gone = new AbortController();
    handle = () => gone.abort();
    expect((await failure(client().sendMessages(body, { signal: gone.signal }))).kind).toBe(
      'network-uncertain',
    );
  });

  test('but a refusal whose body breaks off is a refusal, with its code', async () => {
    const apiUrl = await rawPeer((socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 200\r\n\r\n{"code":"400-630","deve'),
      ),
    );
    expect(await failure(client({ apiUrl }).sendMessages(body))).toMatchObject({
      kind: 'answer',
      status: 400,
      code: '400-630',
    });
  });
});

test('refuses an address that would show the token on the network', () => {
  expect(() => client({ apiUrl: 'http://api.example.com/v3' })).toThrow('https');
  expect(() => client({ apiUrl: 'http://simulator:8080/v3', allowHttp: true })).not.toThrow();
});
