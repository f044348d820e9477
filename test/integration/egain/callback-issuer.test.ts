import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { createCallbackAuthenticator } from '../../../src/egain/callback/authenticator.js';
import { listen } from './support/token-endpoint.js';

let server: Server;
let jwksUrl: string;
let asked: number;
let status: number;
let privateKey: CryptoKey;

beforeEach(async () => {
  asked = 0;
  status = 200;
  const pair = await generateKeyPair('RS256', { extractable: true });
  ({ privateKey } = pair);
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
  });
  jwksUrl = `http://127.0.0.1:${await listen(server)}/keys`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const authenticator = () =>
  createCallbackAuthenticator({
    methods: [{ type: 'issuer', issuer: 'https://login.example.com', audience: 'bridge', jwksUrl }],
  });
const sign = (claims: { iss?: string; aud?: string; exp?: string; kid?: string } = {}): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg: 'RS256', kid: claims.kid ?? 'k1' })
    .setIssuer(claims.iss ?? 'https://login.example.com')
    .setAudience(claims.aud ?? 'bridge')
    .setIssuedAt()
    .setExpirationTime(claims.exp ?? '10m')
    .sign(privateKey);
const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });

describe('I9: tokens of a named issuer', () => {
  test('are checked against its published keys, which are fetched once', async () => {
    const check = authenticator();
    expect(await check(bearer(await sign()))).toEqual({ ok: true });
    expect(await check(bearer(await sign({ exp: '20m' })))).toEqual({ ok: true });
    expect(asked).toBe(1);
  });

  test.each([
    ['another issuer', { iss: 'https://evil.example.com' }, 'wrong'],
    ['another audience', { aud: 'somebody' }, 'wrong'],
    ['an end in the past', { exp: '-1m' }, 'expired'],
  ])('%s is refused', async (_what, claims, reason) => {
    expect(await authenticator()(bearer(await sign(claims)))).toMatchObject({ ok: false, reason });
  });

  test('a flood of unknown key names does not reach the issuer', async () => {
    const check = authenticator();
    for (let n = 0; n < 20; n += 1) {
      expect(await check(bearer(await sign({ kid: `made-up-${n}` })))).toMatchObject({ reason: 'wrong' });
    }
    expect(asked).toBe(1);
  });

  test('an issuer that fails is not the fault of the caller, and not asked for every call', async () => {
    status = 503;
    const check = authenticator();
    for (let n = 0; n < 10; n += 1) {
      expect(await check(bearer(await sign()))).toMatchObject({ ok: false, reason: 'unavailable' });
    }
    expect(asked).toBe(1);
  });

  test.each(['HS256', 'none'])('the algorithm %s cannot be configured', (algorithm) => {
    expect(() =>
      createCallbackAuthenticator({
        methods: [{ type: 'issuer', issuer: 'x', audience: 'y', jwksUrl, algorithms: [algorithm] }],
      }),
    ).toThrow(algorithm);
  });
});
