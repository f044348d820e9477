import { request as httpRequest } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { basic, useWeb } from './support/web.js';

const [password, nextPassword, token] = [
  'operators-password',
  'operators-next-password',
  'token-of-the-reports',
];
const management = {
  allowedHosts: ['Ops.example.com'],
  auth: {
    users: [
      { username: 'dana', passwords: [password, nextPassword], permissions: ['change'] },
      { username: 'guest', passwords: ['password-of-a-guest'] },
    ],
    tokens: [{ name: 'reports', tokens: [token], permissions: ['change'] }],
  },
};
const json = { 'content-type': 'application/json' };
const dana = { authorization: basic(password, 'dana') };

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
}

/** `fetch` lets nobody choose a Host or an Origin. */
function ask(port: number, { path = '/nothing', method = 'GET', headers = {}, from }: Asked) {
  return new Promise<{
    status: number;
    code: string;
    message: string;
    headers: NodeJS.Dict<string | string[]>;
  }>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers, agent: false };
    httpRequest(from === undefined ? options : { ...options, localAddress: from }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => {
        const body = method === 'HEAD' || text === '' ? {} : (JSON.parse(text) as Record<string, string>);
        resolve({
          status: response.statusCode ?? 0,
          code: body['code'] ?? '',
          message: body['message'] ?? '',
          headers: response.headers,
        });
      });
    })
      .on('error', reject)
      .end();
  });
}

/** Behind the guard there is no such page: 404 says that it was passed. */
const passed = { status: 404, code: 'not-found' };

describe('I9: the management port lets operators in', () => {
  const web = useWeb({ direct: true, management });
  const managed = (asked: Asked) => ask(web().managementPort, asked);

  test.each([
    ['a user', dana],
    ['a user whose password is being replaced', { authorization: basic(nextPassword, 'dana') }],
    ['a program', { authorization: `Bearer ${token}` }],
    ['a program that writes the scheme small', { authorization: `bearer ${token}` }],
  ])('%s', async (_, headers) => {
    expect(await managed({ headers })).toMatchObject(passed);
    expect(await managed({ headers: { ...headers, ...json }, method: 'POST' })).toMatchObject(passed);
    expect(await managed({ headers: { ...headers, ...json }, method: 'DELETE' })).toMatchObject(passed);
  });

  test('probes and Prometheus need not say who they are, whatever name they ask by', async () => {
    for (const path of ['/livez', '/readyz'])
      expect(await managed({ path, headers: { host: 'bridge.svc.cluster.local' } })).toMatchObject({
        status: 200,
      });
  });

  test.each([
    ['nothing', {}],
    ['another password', { authorization: basic('operators-passwore', 'dana') }],
    ['another user’s password', { authorization: basic('password-of-a-guest', 'dana') }],
    ['a password as a token', { authorization: `Bearer ${password}` }],
    ['a token as a password', { authorization: basic(token, '') }],
    ['a token as a program’s password', { authorization: basic(token, 'reports') }],
    ['half a token', { authorization: `Bearer ${token.slice(0, 10)}` }],
    ['no credentials', { authorization: 'Basic' }],
    ['another scheme', { authorization: `Digest ${token}` }],
    ['a very long header', { authorization: `Bearer ${'x'.repeat(9000)}` }],
  ])('%s proves nobody', async (what, headers) => {
    const from = `127.0.1.${what.length}`;
    for (const path of ['/nothing', '/api/messages', '/queues', '/docs', '/openapi.json'])
      expect(await managed({ path, headers, from })).toMatchObject({
        status: 401,
        code: 'unauthenticated',
        message: expect.stringContaining('management.auth'),
        headers: { 'www-authenticate': expect.stringMatching(/^Basic realm=.*, Bearer realm=/) },
      });
  });

  test('who may only look changes nothing', async () => {
    const headers = { authorization: basic('password-of-a-guest', 'guest'), ...json };
    expect(await managed({ headers })).toMatchObject(passed);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect(await managed({ headers, method })).toMatchObject({
        status: 403,
        message: 'permissions: change is needed, see management.auth',
      });
  });

  test('an address that failed ten times in a minute has to wait, even with the right password', async () => {
    const from = '127.0.2.1';
    for (let n = 0; n < 10; n += 1) {
      const headers = { authorization: basic(`guessed-password-${n}`, 'dana') };
      expect(await managed({ headers, from })).toMatchObject({ status: 401 });
    }
    expect(await managed({ headers: dana, from })).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
    });
    expect(await managed({ path: '/livez', from })).toMatchObject({ status: 200 });
    expect(await managed({ headers: dana, from: '127.0.2.2' })).toMatchObject(passed);
    expect((await web().refused()).get('management unauthenticated')).toBeGreaterThanOrEqual(10);
    expect((await web().refused()).get('management too-many-requests')).toBe(1);
  });
});

describe('a page of somebody else’s in an operator’s browser', () => {
  const web = useWeb({ direct: true, management });
  const managed = (asked: Asked) => ask(web().managementPort, asked);

  test.each([
    'evil.example',
    'evil.example:9090',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'ops.example.com.evil.example',
  ])('asks by the name %s that was made to point here (DNS rebinding), and is refused', async (host) => {
    for (const method of ['GET', 'POST'])
      expect(await managed({ method, headers: { ...dana, ...json, host } })).toMatchObject({
        status: 403,
        message: expect.stringContaining('management.allowedHosts'),
      });
  });

  test.each(['a b', '[::1', 'x@127.0.0.1', 'x/127.0.0.1'])('asks by no name (%j)', async (host) => {
    expect(await managed({ headers: { ...dana, host } })).toMatchObject({ status: 400, code: 'malformed' });
  });

  test.each([
    '127.0.0.1:1',
    '[::1]:9090',
    '10.1.2.3',
    'localhost',
    'LOCALHOST:9090',
    'ops.example.com',
    'OPS.example.com.:443',
  ])('but %s is a name of ours', async (host) => {
    expect(await managed({ headers: { ...dana, host } })).toMatchObject(passed);
  });

  const host = '127.0.0.1:9090';
  test.each([
    ['another site’s page', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    [
      'a page of another port of this machine',
      { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' },
    ],
    ['a page without an origin', { origin: 'null' }],
    ['an origin that only begins like ours', { origin: 'http://127.0.0.1:9090.evil.example' }],
    ['a browser that tells only the site', { 'sec-fetch-site': 'cross-site' }],
    ['a picture’s address', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ])('%s can neither change nor ask', async (_, headers) => {
    for (const method of ['POST', 'GET'])
      expect(await managed({ method, headers: { ...dana, ...json, host, ...headers } })).toMatchObject({
        status: 403,
        message: 'origin: expected a page of this very address',
      });
  });

  test('a form of another site’s cannot send JSON', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain; application/json',
      '',
    ])
      expect(await managed({ method: 'POST', headers: { ...dana, 'content-type': type } })).toMatchObject({
        status: 415,
        message: 'content-type: expected application/json',
      });
  });

  test('a link to our pages works, and our own pages do all they may', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await managed({ headers: { ...dana, ...link } })).toMatchObject(passed);
    expect(await managed({ method: 'POST', headers: { ...dana, ...json, ...link } })).toMatchObject({
      status: 403,
    });
    for (const origin of ['http://127.0.0.1:9090', 'https://127.0.0.1:9090'])
      expect(
        await managed({
          method: 'POST',
          headers: { ...dana, ...json, host, origin, 'sec-fetch-site': 'same-origin' },
        }),
      ).toMatchObject(passed);
  });
});
