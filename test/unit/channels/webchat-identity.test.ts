import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { customerOfIdentity } from '../../../src/channels/webchat/identity.js';

const secrets = ['secret-of-the-site-0123456789-abcdef', 'older-secret-of-the-site-0123456789-'];
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const config = { secrets, identityKeys: [pem] };
const now = Date.parse('2026-01-01T10:00:00Z');
const seconds = now / 1000;

const jwt = (claims: Record<string, unknown> = {}, alg = 'HS256') =>
  new SignJWT({ sub: 'u-42', aud: 'chat', exp: seconds + 300, ...claims }).setProtectedHeader({ alg });
const bySecret = (claims?: Record<string, unknown>, secret = secrets[0]) =>
  jwt(claims).sign(Buffer.from(secret ?? ''));
const who = (token: string) => customerOfIdentity(token, 'chat', config, now);

describe('I9: a customer that a site vouches for', () => {
  test('is who the site says, with any of its secrets or its key', async () => {
    const claims = {
      name: 'Dana',
      email: 'dana@example.com',
      email_verified: true,
      phone_number: '15550100123',
      locale: 'pt-BR',
      attributes: { tier: 'gold' },
    };
    expect(await who(await bySecret(claims))).toEqual({
      id: 'u-42',
      name: 'Dana',
      email: 'dana@example.com',
      phone: '15550100123',
      language: 'pt-BR',
      verified: ['email'],
      attributes: { tier: 'gold' },
    });
    expect(await who(await bySecret({}, secrets[1]))).toEqual({ id: 'u-42' });
    expect(await who(await jwt({}, 'ES256').sign(pair.privateKey))).toEqual({ id: 'u-42' });
  });

  test.each([
    ['another channel’s', { aud: 'other' }],
    ['one that has ended', { exp: seconds - 61 }],
    ['one that lasts for days', { exp: seconds + 86_400 }],
    ['one without an end', { exp: undefined }],
    ['one without a customer', { sub: undefined }],
    ['one for a customer that only the bridge can have made', { sub: 'anon-1' }],
    ['one with control characters', { sub: 'u\n42' }],
    [
      'one with too many attributes',
      { attributes: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, ''])) },
    ],
  ])('%s is refused', async (_what, claims) => {
    expect(await who(await bySecret(claims))).toBeUndefined();
  });

  test('a stranger’s, an unsigned one and one signed with the public key as a secret are refused', async () => {
    expect(await who(await bySecret({}, 'x'.repeat(40)))).toBeUndefined();
    const unsigned = new UnsecuredJWT({ sub: 'u-42', aud: 'chat', exp: seconds + 300 }).encode();
    expect(await who(unsigned)).toBeUndefined();
    expect(await who(await bySecret({}, pem))).toBeUndefined();
    for (const broken of ['', 'a.b.c', '..', 'é']) expect(await who(broken)).toBeUndefined();
  });
});
