import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { request, type Agent } from 'undici';
import { Egress, type ClientCertificate, type EgressSettings } from '../../../src/egress/egress.js';
import { AllowedHosts } from '../../../src/files/allowed-hosts.js';
import { GuardedFetch, type FetchFailure, type OpenedFile } from '../../../src/files/guarded-fetch.js';
import { certificateAuthority } from '../../support/certificates.js';
import {
  startConnectProxy,
  startTlsFront,
  type ConnectProxy,
  type TlsFront,
} from '../../support/connect-proxy.js';
import { startFileHost, type FileHost } from '../../support/file-host.js';

const authority = certificateAuthority('The company');
const own = authority.issue('bridge.example.com');
const stranger = certificateAuthority('Somebody else').issue('bridge.example.com');

let host: FileHost;
let far: TlsFront;
let guarded: TlsFront;
let proxy: ConnectProxy;
const pools: Agent[] = [];

beforeAll(async () => {
  host = await startFileHost();
  const { port } = new URL(host.url);
  const certificate = authority.issue('far', ['api.example.com', 'files.example.com']);
  far = await startTlsFront(certificate, Number(port));
  guarded = await startTlsFront(certificate, Number(port), authority);
  host.put('/hello', Buffer.from('hello'));
});
afterAll(async () => {
  await far.close();
  await guarded.close();
  await host.close();
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.destroy()));
  await proxy.close();
});

async function through(
  settings: Partial<EgressSettings> = {},
  to = far,
  name = 'api.example.com:443',
): Promise<Egress> {
  proxy = await startConnectProxy();
  proxy.leads(name, to.port);
  return new Egress({ proxy: proxy.url, noProxy: [], ca: authority.ca, ...settings });
}

/** What is at an address, or the words of why nothing is. */
async function get(egress: Egress, url: string, identity?: ClientCertificate): Promise<string> {
  const pool = egress.pool(1, 2000, identity);
  pools.push(pool);
  try {
    const answer = await request(url, { dispatcher: pool });
    return await answer.body.text();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `${'code' in error ? String(error.code) : ''} ${error.message}`;
  }
}

describe('the way out through a proxy', () => {
  test('leads to a name that only the proxy knows, checked by its certificate', async () => {
    const egress = await through();
    expect(await get(egress, 'https://api.example.com/hello')).toBe('hello');
    expect(proxy.asked).toEqual(['api.example.com:443']);
    const distrustful = new Egress({ proxy: proxy.url, noProxy: [] });
    expect(await get(distrustful, 'https://api.example.com/hello')).toMatch(
      /unable to verify|self-signed|local issuer/,
    );
  });

  test('one connection serves many requests', async () => {
    const egress = await through();
    const pool = egress.pool(1, 2000);
    pools.push(pool);
    for (let number = 0; number < 3; number += 1) {
      const answer = await request('https://api.example.com/hello', { dispatcher: pool });
      expect(await answer.body.text()).toBe('hello');
    }
    expect(proxy.asked).toHaveLength(1);
  });

  test('shows the proxy the user and password of its address', async () => {
    const egress = await through();
    const { port } = new URL(proxy.url);
    const named = new Egress({
      proxy: `http://us%40er:pass%3Aword@127.0.0.1:${port}`,
      noProxy: [],
      ca: authority.ca,
    });
    expect(await get(named, 'https://api.example.com/hello')).toBe('hello');
    expect(await get(egress, 'https://api.example.com/hello')).toBe('hello');
    const basic = `Basic ${Buffer.from('us@er:pass:word').toString('base64')}`;
    expect(proxy.authorizations).toEqual([basic, undefined]);
  });

  test('may itself be TLS, of the same authority', async () => {
    await through();
    await proxy.close();
    proxy = await startConnectProxy(authority.issue('proxy', ['127.0.0.1']));
    proxy.leads('api.example.com:443', far.port);
    const settings = { proxy: proxy.url, noProxy: [] };
    expect(await get(new Egress({ ...settings, ca: authority.ca }), 'https://api.example.com/hello')).toBe(
      'hello',
    );
    expect(await get(new Egress(settings), 'https://api.example.com/hello')).toMatch(/^PROXY_UNREACHABLE/);
  });

  test.each([403, 407, 502])('a proxy that answers %d is named, and nothing was sent', async (status) => {
    const egress = await through();
    proxy.answerWith(status);
    expect(await get(egress, 'https://api.example.com/hello')).toBe(
      `PROXY_REFUSED the proxy ${new URL(proxy.url).host} answered ${status} to CONNECT api.example.com:443`,
    );
  });

  test('a proxy that says nothing, or is not there, is not waited for for ever', async () => {
    const egress = await through();
    proxy.answerWith(0);
    expect(await get(egress, 'https://api.example.com/hello')).toMatch(/^PROXY_UNREACHABLE/);
    const { url } = proxy;
    await proxy.close();
    const gone = new Egress({ proxy: url, noProxy: [] });
    expect(await get(gone, 'https://api.example.com/hello')).toMatch(/^PROXY_UNREACHABLE/);
    proxy = await startConnectProxy();
  });

  test('is not taken to what is excepted, nor to this machine', async () => {
    const egress = await through({ noProxy: ['example.com'] });
    expect(await get(egress, 'https://api.example.com.invalid/hello')).toMatch(/^PROXY_REFUSED/);
    expect(await get(egress, 'https://api.example.com:1/hello')).not.toMatch(/PROXY/);
    expect(await get(egress, `${host.url}/hello`)).toBe('hello');
    expect(proxy.asked).toEqual(['api.example.com.invalid:443']);
  });
});

describe('a certificate of our own', () => {
  test('is shown to eGain, whose gateway lets nobody else in', async () => {
    const egress = await through({}, guarded);
    expect(await get(egress, 'https://api.example.com/hello', own)).toBe('hello');
    expect(guarded.shown).toEqual(['bridge.example.com']);
    expect(await get(egress, 'https://api.example.com/hello')).not.toBe('hello');
    expect(await get(egress, 'https://api.example.com/hello', stranger)).not.toBe('hello');
  });

  test('is shown without a proxy too', async () => {
    proxy = await startConnectProxy();
    const egress = new Egress({ noProxy: [], ca: authority.ca });
    const certificate = authority.issue('far', ['127.0.0.1']);
    const direct = await startTlsFront(certificate, Number(new URL(host.url).port), authority);
    try {
      expect(await get(egress, `https://127.0.0.1:${direct.port}/hello`, own)).toBe('hello');
      expect(await get(egress, `https://127.0.0.1:${direct.port}/hello`)).not.toBe('hello');
    } finally {
      await direct.close();
    }
  });
});

describe('I9: files from outside, behind a proxy', () => {
  const read = async (file: OpenedFile | FetchFailure): Promise<string> => {
    if (!file.ok) return `${file.kind}: ${file.detail}`;
    const chunks: Buffer[] = [];
    for await (const chunk of file.body) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  };
  const guard = (
    egress: Egress,
    addresses: Readonly<Record<string, string>>,
    allow: readonly string[] = [],
  ) =>
    new GuardedFetch({
      allowed: new AllowedHosts(allow),
      timeoutMs: 5000,
      idleMs: 2000,
      connect: egress.connector,
      isProxied: (url) => egress.isProxied(url),
      resolve: (name) => {
        const address = addresses[name];
        return address === undefined
          ? Promise.reject(new Error('unknown'))
          : Promise.resolve([{ address, family: 4 }]);
      },
    });
  const open = async (fetch: GuardedFetch, url: string): Promise<string> =>
    read(await fetch.open(url, { mostBytes: 1000 }));

  test('the proxy is asked for the very address that was checked, not for a name it might resolve otherwise', async () => {
    const egress = await through({}, far, '93.184.215.14:443');
    const fetch = guard(egress, { 'files.example.com': '93.184.215.14' });
    expect(await open(fetch, 'https://files.example.com/hello')).toBe('hello');
    expect(proxy.asked).toEqual(['93.184.215.14:443']);
  });

  test.each(['10.0.0.7', '169.254.169.254', '192.168.1.1', '127.0.0.1', '100.64.0.1'])(
    'a name that leads to %s is refused before the proxy hears of it',
    async (address) => {
      const egress = await through();
      expect(await open(guard(egress, { 'files.example.com': address }), 'https://files.example.com/a')).toBe(
        'forbidden: an address that is not public',
      );
      expect(await open(guard(egress, {}), `https://${address}/a`)).toBe(
        'forbidden: an address that is not public',
      );
      expect(proxy.asked).toEqual([]);
    },
  );

  test('a redirect to the inside is refused as well', async () => {
    host.put('/away', (_request, response) =>
      response.writeHead(302, { location: 'https://169.254.169.254/latest' }).end(),
    );
    const egress = await through({}, far, '93.184.215.14:443');
    const fetch = guard(egress, { 'files.example.com': '93.184.215.14' });
    expect(await open(fetch, 'https://files.example.com/away')).toBe(
      'forbidden: an address that is not public',
    );
    expect(proxy.asked).toEqual(['93.184.215.14:443']);
  });

  test('a host an operator vouches for is the proxy’s to find: no name of it has to be known here', async () => {
    const egress = await through({}, far, 'files.example.com:443');
    const fetch = guard(egress, {}, ['files.example.com']);
    expect(await open(fetch, 'https://files.example.com/hello')).toBe('hello');
    expect(proxy.asked).toEqual(['files.example.com:443']);
    expect(await open(fetch, 'https://other.example.com/hello')).toMatch(/^unreachable/);
    expect(await open(fetch, 'http://files.example.com/hello')).toMatch(/^(forbidden|unreachable)/);
    expect(proxy.asked).toHaveLength(1);
  });

  test('a certificate of another name is refused, whatever the address', async () => {
    const egress = await through({}, far, '93.184.215.14:443');
    const fetch = guard(egress, { 'other.example.com': '93.184.215.14' });
    expect(await open(fetch, 'https://other.example.com/hello')).toBe(
      'unreachable: ERR_TLS_CERT_ALTNAME_INVALID',
    );
  });
});
