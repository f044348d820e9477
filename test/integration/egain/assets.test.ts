import { createServer, type Server } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import type { AssetFile } from '../../../src/egain/assets.js';
import { createEgainClient, type EgainClient, type EgainClientOptions } from '../../../src/egain/client.js';
import { EgainError } from '../../../src/egain/errors.js';
import { listen } from './support/token-endpoint.js';

interface Stored {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

const content = Buffer.from('the bytes of a small file, ü included');
let server: Server;
let origin: string;
let agent: Agent;
let announced: unknown[];
let stored: Stored[];
let asked: string[];
let refusals: number[];
let served: Buffer;
let tellsLength: boolean;
const lengthOf = (bytes: Buffer): object => (tellsLength ? { 'content-length': bytes.length } : {});

/** eGain's API and its storage host in one: signed URLs are used once and then refused. */
beforeEach(async () => {
  announced = [];
  stored = [];
  asked = [];
  refusals = [];
  served = content;
  tellsLength = true;
  agent = new Agent();
  server = createServer((request, response) => {
    void buffer(request).then(
      (bytes) => {
        const path = (request.url ?? '').split('?')[0] ?? '';
        asked.push(`${request.method ?? ''} ${path}`);
        const json = (body: object): unknown =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        if (request.method === 'DELETE') response.writeHead(204).end();
        else if (path === '/v3/assets') {
          announced.push(JSON.parse(bytes.toString()));
          json({
            id: `as-${announced.length}`,
            contentUrl: `${origin}/upload?signature=secret-${announced.length}`,
          });
        } else if (path.startsWith('/v3/assets/')) {
          json({
            id: 'as-1',
            name: 'a.txt',
            contentType: 'text/plain',
            contentUrl: `${origin}/download?signature=s`,
          });
        } else if (refusals.length > 0) response.writeHead(refusals.shift() ?? 500).end('no');
        else if (path === '/upload') {
          stored.push({ method: request.method ?? '', headers: request.headers, bytes });
          response.writeHead(204).end();
        } else
          response
            .writeHead(200, { 'content-type': 'application/octet-stream', ...lengthOf(served) })
            .end(served);
      },
      () => undefined,
    );
  });
  origin = `http://127.0.0.1:${await listen(server)}`;
});
afterEach(async () => {
  await agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function client(options: Partial<EgainClientOptions> = {}): EgainClient {
  return createEgainClient({
    apiUrl: `${origin}/v3`,
    token: { get: () => Promise.resolve('t-1'), rejected: () => Promise.resolve(), close: () => undefined },
    dispatcher: agent,
    timeoutMs: 2000,
    ...options,
  });
}

const file = (change: Partial<AssetFile> = {}): AssetFile => ({
  channelType: 'custom.support',
  senderType: 'customer',
  name: 'a.txt',
  contentType: 'text/plain',
  size: content.length,
  open: () => Readable.from([content.subarray(0, 7), content.subarray(7)]),
  ...change,
});

async function failure(work: Promise<unknown>): Promise<EgainError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EgainError)) throw new Error('expected an EgainError', { cause: error });
  return error;
}

describe('uploading a file', () => {
  test('announces it and streams its bytes to the signed URL, without the token', async () => {
    expect(await client().assets.upload(file())).toMatchObject({ id: 'as-1' });
    expect(announced).toEqual([
      {
        channel: { type: 'custom.support' },
        sender: { type: 'customer' },
        name: 'a.txt',
        size: content.length,
      },
    ]);
    expect(stored[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'content-length': String(content.length) },
    });
    expect(stored[0]?.headers).not.toHaveProperty('authorization');
    expect(stored[0]?.bytes.equals(content)).toBe(true);
  });

  test('by PUT, or as a form, where the switch says so', async () => {
    await client({ uploadMode: 'put-raw' }).assets.upload(file());
    expect(stored[0]?.method).toBe('PUT');
    await client({ uploadMode: 'post-multipart' }).assets.upload(file());
    const [, boundary] = /boundary=(.+)$/.exec(String(stored[1]?.headers['content-type'])) ?? [];
    expect(stored[1]?.bytes.toString()).toBe(
      `--${boundary ?? ''}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n` +
        `Content-Type: text/plain\r\n\r\n${content.toString()}\r\n--${boundary ?? ''}--\r\n`,
    );
  });

  test.each([401, 403, 410])(
    'asks for a new URL once when the signed one answers %i, and opens the file again',
    async (status) => {
      refusals = [status];
      expect(await client().assets.upload(file())).toMatchObject({ id: 'as-2' });
      expect(stored[0]?.bytes.equals(content)).toBe(true);
      refusals = [status, status];
      expect(await failure(client().assets.upload(file()))).toMatchObject({ status });
      refusals = [status];
      expect(await failure(client({ refetchAssetUrl: false }).assets.upload(file()))).toMatchObject({
        status,
      });
    },
  );

  test('a file that has not the announced size is refused and not repeated', async () => {
    for (const size of [content.length + 1, content.length - 1]) {
      expect(await failure(client().assets.upload(file({ size })))).toMatchObject({
        kind: 'invalid-request',
        retryable: false,
      });
    }
    expect(stored).toEqual([]);
  });

  test('a source that breaks does not leave a half file behind', async () => {
    const broken = (): Readable =>
      Readable.from(
        (async function* () {
          yield content.subarray(0, 5);
          await Promise.resolve();
          throw new Error('disk gone');
        })(),
      );
    expect(await failure(client().assets.upload(file({ open: broken })))).toMatchObject({ retryable: true });
    expect(stored).toEqual([]);
  });

  test('the signature never shows in an error', async () => {
    refusals = [500];
    const error = await failure(client().assets.upload(file()));
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('secret-1');
  });
});

describe('downloading a file', () => {
  test('gives a stream with name, type and size', async () => {
    const got = await client().assets.download('as-1');
    expect(got).toMatchObject({ name: 'a.txt', contentType: 'text/plain', size: content.length });
    expect((await buffer(got.body)).equals(content)).toBe(true);
    expect(asked).toEqual(['GET /v3/assets/as-1', 'GET /download']);
  });

  test('asks for a new URL once when the signed one is over', async () => {
    refusals = [403];
    expect((await buffer((await client().assets.download('as-1')).body)).equals(content)).toBe(true);
    expect(asked).toHaveLength(4);
  });

  test('a file larger than allowed is refused', async () => {
    served = Buffer.alloc(5000);
    expect(await failure(client({ maxDownloadBytes: 4000 }).assets.download('as-1'))).toMatchObject({
      retryable: false,
    });
    tellsLength = false;
    const { body } = await client({ maxDownloadBytes: 4000 }).assets.download('as-1');
    await expect(buffer(body)).rejects.toThrow('4000');
  });

  test('may be given up at any time without harm', async () => {
    served = Buffer.alloc(3_000_000);
    const unread = await client().assets.download('as-1');
    unread.body.destroy();
    const halfRead = await client().assets.download('as-1');
    for await (const chunk of halfRead.body) {
      expect(chunk).toBeInstanceOf(Uint8Array);
      break;
    }
    expect((await buffer((await client().assets.download('as-1')).body)).length).toBe(3_000_000);
  });

  test('is deleted by id', async () => {
    await client().assets.delete('as/1');
    expect(asked).toEqual(['DELETE /v3/assets/as%2F1']);
  });
});
