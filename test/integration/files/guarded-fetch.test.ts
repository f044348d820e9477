import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { buildConnector } from 'undici';
import { AllowedHosts } from '../../../src/files/allowed-hosts.js';
import { GuardedFetch, type FetchFailure, type OpenedFile } from '../../../src/files/guarded-fetch.js';
import type { Connect, ResolvedAddress } from '../../../src/files/pinned-connection.js';
import { eventually } from '../../support/eventually.js';

const servers: Server[] = [];

/** A file host on loopback; gives its port. */
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(async (server) => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }),
  );
});

interface Options {
  readonly allow?: readonly string[];
  readonly resolve?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
  readonly timeoutMs?: number;
  readonly idleMs?: number;
}

/** Counts the connections that were begun: a refusal must come before the first. */
function guard(options: Options = {}) {
  const begun: string[] = [];
  const connect: Connect = (given) => {
    const real = buildConnector(given);
    return (asked, answer) => {
      begun.push(`${asked.hostname}:${asked.port}`);
      real(asked, answer);
    };
  };
  const fetch = new GuardedFetch({
    allowed: new AllowedHosts(options.allow ?? []),
    timeoutMs: options.timeoutMs ?? 10_000,
    idleMs: options.idleMs ?? 5000,
    connect,
    resolve: options.resolve ?? (() => Promise.reject(new Error('no name may be asked for'))),
  });
  return { fetch, begun };
}

async function read(file: OpenedFile | FetchFailure): Promise<string> {
  if (!file.ok) throw new Error(`not opened: ${file.kind} ${file.detail}`);
  const chunks: Buffer[] = [];
  for await (const chunk of file.body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

const limits = { mostBytes: 1000 };

describe('I9: files are fetched only from allowed addresses', () => {
  test.each([
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[fe80::1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
    'http://8.8.8.8/',
    'http://127.0.0.1/',
    'https://user:secret@8.8.8.8/',
    'ftp://8.8.8.8/',
    'file:///etc/passwd',
    'data:text/plain,hello',
    'not an address',
  ])('refuses %s before a connection is opened', async (address) => {
    const { fetch, begun } = guard();
    expect(await fetch.open(address, limits)).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(begun).toEqual([]);
  });

  test('refuses a name that resolves to an inner address, also when others of it are public', async () => {
    const { fetch, begun } = guard({
      resolve: () =>
        Promise.resolve([
          { address: '8.8.8.8', family: 4 },
          { address: '::ffff:169.254.169.254', family: 6 },
        ]),
    });
    expect(await fetch.open('https://files.example.com/a', limits)).toMatchObject({ kind: 'forbidden' });
    expect(begun).toEqual([]);
  });

  test('connects to the very address it checked, however often the name changes', async () => {
    const port = await serve((_request, response) => response.end('here'));
    const asked: string[] = [];
    const { fetch } = guard({
      allow: [`moving.example:${port}`],
      resolve: (hostname) => {
        asked.push(hostname);
        return Promise.resolve([
          { address: asked.length === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 },
        ]);
      },
    });
    expect(await read(await fetch.open(`http://moving.example:${port}/`, limits))).toBe('here');
    expect(asked).toEqual(['moving.example']);
  });

  test('allows plain http on this machine only to hosts an operator named, and nowhere else at all', async () => {
    const { fetch, begun } = guard({
      allow: ['inner.example'],
      resolve: () => Promise.resolve([{ address: '10.0.0.5', family: 4 }]),
    });
    expect(await fetch.open('http://inner.example/', limits)).toMatchObject({ kind: 'forbidden' });
    expect(begun).toEqual([]);
  });

  test('checks every redirect anew', async () => {
    const location = 'http://169.254.169.254/latest/meta-data/';
    const port = await serve((_request, response) => response.writeHead(302, { location }).end());
    const { fetch, begun } = guard({ allow: [`127.0.0.1:${port}`] });
    const answer = await fetch.open(`http://127.0.0.1:${port}/file`, limits);
    expect(answer).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(begun).toEqual([`127.0.0.1:${port}`]);
  });

  test('follows three redirects and no fourth', async () => {
    const port = await serve((request, response) => {
      const left = Number((request.url ?? '/').slice(1));
      if (left === 0) response.end('arrived');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    const { fetch } = guard({ allow: ['127.0.0.1'] });
    expect(await read(await fetch.open(`http://127.0.0.1:${port}/3`, limits))).toBe('arrived');
    expect(await fetch.open(`http://127.0.0.1:${port}/4`, limits)).toMatchObject({ kind: 'forbidden' });
  });
});

describe('what a file host may do to us', () => {
  test('a file that is announced as too large is not read', async () => {
    const port = await serve((_request, response) => response.end(Buffer.alloc(1001)));
    const { fetch } = guard({ allow: ['127.0.0.1'] });
    expect(await fetch.open(`http://127.0.0.1:${port}/`, limits)).toMatchObject({ kind: 'too-large' });
  });

  test('a file that is larger than anybody said is cut off while it comes', async () => {
    const port = await serve((_request, response) => {
      response.write(Buffer.alloc(600));
      setTimeout(() => response.end(Buffer.alloc(600)), 20);
    });
    const { fetch } = guard({ allow: ['127.0.0.1'] });
    await expect(read(await fetch.open(`http://127.0.0.1:${port}/`, limits))).rejects.toThrow('more than');
  });

  test('a download that never ends is broken off, and its connection with it', async () => {
    let gone = false;
    const port = await serve((_request, response) => {
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => {
        clearInterval(drip);
        gone = true;
      });
    });
    const { fetch } = guard({ allow: ['127.0.0.1'], timeoutMs: 300 });
    await expect(read(await fetch.open(`http://127.0.0.1:${port}/`, limits))).rejects.toThrow();
    await eventually(() => gone);
  });

  test('a host that says nothing is unreachable', async () => {
    const port = await serve(() => undefined);
    const { fetch } = guard({ allow: ['127.0.0.1'], idleMs: 200, timeoutMs: 500 });
    expect(await fetch.open(`http://127.0.0.1:${port}/`, limits)).toMatchObject({ kind: 'unreachable' });
  });

  test.each([
    [404, 'gone'],
    [403, 'gone'],
    [410, 'gone'],
    [204, 'gone'],
    [503, 'unreachable'],
    [429, 'unreachable'],
  ])('HTTP %i means %s', async (status, kind) => {
    const port = await serve((_request, response) => response.writeHead(status).end());
    const { fetch } = guard({ allow: ['127.0.0.1'] });
    expect(await fetch.open(`http://127.0.0.1:${port}/`, limits)).toMatchObject({ ok: false, kind, status });
  });

  test('whoever loses interest leaves no connection behind', async () => {
    let open = 0;
    const port = await serve((_request, response) => {
      open += 1;
      response.on('close', () => (open -= 1));
      response.writeHead(200, { 'content-length': '1000' }).write('x');
    });
    const { fetch } = guard({ allow: ['127.0.0.1'] });
    const file = await fetch.open(`http://127.0.0.1:${port}/`, limits);
    expect(open).toBe(1);
    if (file.ok) file.body.destroy();
    await eventually(() => open === 0);
  });
});
