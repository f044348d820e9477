import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { guarded, type RequestObserver } from '../../../webhooks/handler.js';
import { Arrivals } from '../../../webhooks/arrivals.js';
import { readBody } from '../../../webhooks/body.js';
import { listen, type Listening } from '../../../webhooks/listen.js';
import { sendJson } from '../../../webhooks/reply.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { fromEgain, jsonType, signed, useWeb, waysIn } from './support/web.js';
import { bytesOf, chunk, openWire } from './support/wire.js';

describe('a body that takes its time', () => {
  const refused: string[] = [];
  const observer: RequestObserver = {
    refused: (caller, code) => void refused.push(`${caller} ${code}`),
    accepted: () => undefined,
    answered: () => undefined,
  };
  const arrivals = new Arrivals(20_000);
  let listening: Listening;
  beforeAll(async () => {
    const handler = guarded('channel', observer, async (request, response) => {
      const rules = { limit: 1000, types: /json/, expected: 'json', withinMs: 150, arrivals };
      const body = await readBody(request, rules);
      sendJson(response, 200, JSON.stringify({ size: body.length }));
    });
    const path = { pathname: '/', query: new URLSearchParams(), parameter: '' };
    listening = await listen((request, response) => void handler(request, response, path), {
      host: '127.0.0.1',
      port: 0,
      setting: 'server.port',
    });
  });
  afterAll(() => listening.close());

  test('is waited for within reason', async () => {
    const wire = await openWire(listening.port);
    wire.write(bytesOf({ path: '/', headers: [jsonType, ['content-length', '4']], body: 'ab' }));
    await new Promise((resolve) => setTimeout(resolve, 30));
    wire.write('cd');
    expect(await wire.answer()).toMatchObject({ status: 200, body: '{"size":4}' });
    wire.destroy();
  });

  test('is given up when it trickles on and on, and the connection ends', async () => {
    const wire = await openWire(listening.port);
    wire.write(bytesOf({ path: '/', headers: [jsonType, ['content-length', '900']], body: 'a' }));
    const trickle = setInterval(() => wire.write('b'), 20);
    try {
      const answer = await wire.answer();
      expect([answer.status, JSON.parse(answer.body)]).toEqual([
        408,
        { code: 'request-timeout', message: 'body: expected all of it within 0.15 s' },
      ]);
      expect(answer.headers.get('connection')).toBe('close');
      await wire.closed;
    } finally {
      clearInterval(trickle);
    }
    expect(refused).toContain('channel request-timeout');
  });

  test('costs what it costs: crumbs are counted with what it takes to keep them, and given back', async () => {
    for (let round = 0; round < 3; round += 1) {
      const wire = await openWire(listening.port);
      wire.write(bytesOf({ path: '/', headers: [jsonType, ['transfer-encoding', 'chunked']] }));
      // 900 bytes are well below the limit of 1000; in as many chunks they take 230,000 to keep.
      wire.write(Buffer.concat(Array.from({ length: 900 }, () => chunk('x'))));
      const answer = await wire.answer();
      expect([answer.status, JSON.parse(answer.body)]).toEqual([
        503,
        { code: 'unavailable', message: 'too many bodies at once' },
      ]);
      expect(answer.headers.get('retry-after')).toBe('1');
      wire.destroy();
      const whole = await openWire(listening.port);
      whole.write(bytesOf({ path: '/', headers: [jsonType], body: 'x'.repeat(1000) }));
      expect(await whole.answer()).toMatchObject({ status: 200, body: '{"size":1000}' });
      whole.destroy();
    }
  });
});

describe.each(waysIn)('senders who do not go on, $way', ({ direct }) => {
  const web = useWeb({ direct, server: { maxInFlight: 1 } });

  test('I7: take no place from others, on either route', async () => {
    const body = '{"id":"m-1","type":"text","customer":{"id":"u-1"},"text":"x"}';
    const half = {
      path: '/channels/support/webhook',
      headers: [...signed(body), ['content-length', '999']] as const,
      body,
    };
    const halfBatch = {
      path: '/egain/callback',
      headers: [...fromEgain, ['content-length', '999']] as const,
      body,
    };
    const slow = await Promise.all(Array.from({ length: 20 }, () => openWire(web().port)));
    slow.forEach((wire, n) => wire.write(bytesOf(n % 2 === 0 ? half : halfBatch)));
    for (let n = 0; n < 5; n += 1) {
      expect((await web().send({ path: half.path, headers: signed(body), body })).status).toBe(202);
      const batch = { path: halfBatch.path, headers: fromEgain, body: '{"messages":{"message":[]}}' };
      expect((await web().send(batch)).status).toBe(200);
    }
    for (const wire of slow) wire.destroy();
  });
});

// The configuration names it before anything runs.
const issuerPort = await freePort();

describe.each(waysIn)('a caller who leaves while its token is looked at, $way', ({ direct }) => {
  let asked = 0;
  let key: CryptoKey;
  let published = '';
  let answer: (() => void) | undefined;
  const issuer: Server = createServer((_request, response) => {
    asked += 1;
    answer = () => void response.end(published);
  });
  beforeAll(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    key = pair.privateKey;
    published = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' }] });
  });
  beforeAll(() => new Promise<void>((resolve) => issuer.listen(issuerPort, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => issuer.close(resolve)));
  afterEach(() => answer?.());

  const web = useWeb({
    direct,
    egain: {
      callback: {
        authentication: [
          { type: 'basic', username: 'egain', password: 'callback-password-1' },
          {
            type: 'bearer',
            issuer: 'https://login.example.com',
            jwksUrl: `http://127.0.0.1:${issuerPort}/keys`,
            audience: 'bridge',
          },
        ],
      },
    },
  });

  test('is counted and forgotten', async () => {
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer('https://login.example.com')
      .setAudience('bridge')
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(key);
    const before = (await web().refused()).get('egain malformed') ?? 0;
    const wire = await openWire(web().port);
    const headers = [jsonType, ['authorization', `Bearer ${token}`], ['content-length', '50']] as const;
    wire.write(bytesOf({ path: '/egain/callback', headers, body: '{' }));
    await eventually(() => asked === 1);
    wire.destroy();
    answer?.();
    await eventually(async () => (await web().refused()).get('egain malformed') === before + 1);
  });
});
