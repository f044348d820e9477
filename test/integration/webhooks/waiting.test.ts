import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { guarded, type RequestObserver } from '../../../webhooks/handler.js';
import { readBody } from '../../../webhooks/body.js';
import { listen, type Listening } from '../../../webhooks/listen.js';
import { sendJson } from '../../../webhooks/reply.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { fromEgain, jsonType, useWeb, waysIn } from './support/web.js';
import { bytesOf, openWire } from './support/wire.js';

describe('a body that takes its time', () => {
  const refused: string[] = [];
  const observer: RequestObserver = {
    refused: (caller, code) => void refused.push(`${caller} ${code}`),
    accepted: () => undefined,
  };
  let listening: Listening;
  beforeAll(async () => {
    const handler = guarded('channel', observer, async (request, response) => {
      const rules = { limit: 1000, types: /json/, expected: 'json', withinMs: 150 };
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
});

// The configuration names it before anything runs.
const issuerPort = await freePort();

describe.each(waysIn)('a caller who leaves while its token is looked at, $way', ({ direct }) => {
  let asked = 0;
  let answer: (() => void) | undefined;
  const issuer: Server = createServer((_request, response) => {
    asked += 1;
    answer = () => void response.end('{"keys":[]}');
  });
  beforeAll(() => new Promise<void>((resolve) => issuer.listen(issuerPort, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => issuer.close(resolve)));
  afterEach(() => answer?.());

  const web = useWeb({
    direct,
    server: { maxInFlight: 1 },
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

  test('gives its place back', async () => {
    const header = Buffer.from('{"alg":"RS256","kid":"k1"}').toString('base64url');
    const token = `${header}.${Buffer.from('{}').toString('base64url')}.AAAA`;
    const wire = await openWire(web().port);
    const headers = [jsonType, ['authorization', `Bearer ${token}`], ['content-length', '50']] as const;
    wire.write(bytesOf({ path: '/egain/callback', headers, body: '{' }));
    await eventually(() => asked === 1);
    const well = () =>
      web().send({ path: '/egain/callback', headers: fromEgain, body: '{"messages":{"message":[]}}' });
    expect((await well()).status).toBe(503);
    wire.destroy();
    answer?.();
    await eventually(async () => (await well()).status === 200);
  });
});
