import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import {
  createCallbackAuthenticator,
  type CallbackMethod,
} from '../../../src/egain/callback/authenticator.js';
import { signingKeys, type SigningSecret } from '../../../src/egain/callback/signing-keys.js';
import { createTokenIssuer } from '../../../src/egain/callback/token-issuer.js';
import type { CallbackVerdict } from '../../../src/egain/callback/verdict.js';

const start = Date.parse('2026-01-01T10:00:00Z');
const password = 'a-password-of-length-24!';
const key: SigningSecret = { kid: 'one', secret: 'signing-secret-number-one' };
const nextKey: SigningSecret = { kid: 'two', secret: 'signing-secret-number-two' };
const basicHeader = (name: string, secret: string): string =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
const basicMethod: CallbackMethod = { type: 'basic', username: 'egain', password };

function now(value: CallbackVerdict | Promise<CallbackVerdict>): CallbackVerdict {
  if (value instanceof Promise) throw new Error('expected an answer at once');
  return value;
}

describe('I9: Basic callback authentication', () => {
  const authenticate = createCallbackAuthenticator({ methods: [basicMethod] });

  test('lets the configured caller in, at once', () => {
    expect(now(authenticate({ authorization: basicHeader('egain', password) }))).toEqual({ ok: true });
    expect(
      now(authenticate({ authorization: basicHeader('egain', password).replace('Basic', 'basic ') })),
    ).toEqual({
      ok: true,
    });
  });

  test('says which scheme it wants', () => {
    expect(now(authenticate({}))).toEqual({
      ok: false,
      reason: 'missing',
      wwwAuthenticate: 'Basic realm="egain-callback", charset="UTF-8"',
    });
  });

  test.each([
    ['another password', basicHeader('egain', `${password}x`), 'wrong'],
    ['another user', basicHeader('egain2', password), 'wrong'],
    ['nothing in it', basicHeader('', ''), 'wrong'],
    ['no colon', `Basic ${Buffer.from('egain').toString('base64')}`, 'malformed'],
    ['no base64', 'Basic !!!', 'malformed'],
    ['no credentials', 'Basic', 'malformed'],
    ['another scheme', 'Digest abc', 'wrong'],
    ['a Bearer where none is accepted', 'Bearer abc', 'wrong'],
    ['an endless header', `Basic ${'A'.repeat(10_000)}`, 'malformed'],
  ])('%s is refused', (_what, authorization, reason) => {
    expect(now(authenticate({ authorization }))).toMatchObject({ ok: false, reason });
  });

  test('two passwords are accepted during a rotation, each with its own user only', () => {
    const both = createCallbackAuthenticator({
      methods: [basicMethod, { type: 'basic', username: 'egain-new', password: 'another-password-of-24!!' }],
    });
    expect(now(both({ authorization: basicHeader('egain', password) })).ok).toBe(true);
    expect(now(both({ authorization: basicHeader('egain-new', 'another-password-of-24!!') })).ok).toBe(true);
    expect(now(both({ authorization: basicHeader('egain-new', password) })).ok).toBe(false);
  });

  test('a password may hold colons and any letters', () => {
    const one = createCallbackAuthenticator({
      methods: [{ type: 'basic', username: 'egain', password: 'a:b:ç-Ω-長い-パスワード' }],
    });
    expect(now(one({ authorization: basicHeader('egain', 'a:b:ç-Ω-長い-パスワード') })).ok).toBe(true);
  });

  test('whatever else is sent never gets in and never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (header, name, secret) => {
        fc.pre(name !== 'egain' || secret !== password);
        expect(now(authenticate({ authorization: header })).ok).toBe(false);
        expect(now(authenticate({ authorization: basicHeader(name, secret) })).ok).toBe(false);
      }),
    );
  });

  test('name and password cannot lend each other letters', () => {
    const split = `egain${password.slice(0, 1)}`;
    expect(now(authenticate({ authorization: basicHeader(split, password.slice(1)) })).ok).toBe(false);
  });

  test('nobody is let in when nothing is configured', () => {
    expect(() => createCallbackAuthenticator({ methods: [] })).toThrow('at least one');
  });
});

describe('I9: tokens of our own token endpoint', () => {
  let time = start;
  const clock = (): number => time;
  const authenticator = (keys: readonly SigningSecret[]) =>
    createCallbackAuthenticator({ methods: [{ type: 'token', keys }], now: clock });
  const issuer = (keys: readonly SigningSecret[], lifeSeconds?: number) =>
    createTokenIssuer({
      clients: [{ id: 'hub', secret: password }],
      keys,
      now: clock,
      ...(lifeSeconds === undefined ? {} : { lifeSeconds }),
    });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const formBody = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'hub',
    client_secret: password,
  }).toString();
  const issue = async (keys: readonly SigningSecret[], lifeSeconds?: number): Promise<string> => {
    time = start;
    return String((await issuer(keys, lifeSeconds)(form, formBody)).body['access_token']);
  };
  const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });

  test('are good at any process that has the key, until they expire', async () => {
    const token = await issue([key]);
    const elsewhere = authenticator([key]);
    expect(await elsewhere(bearer(token))).toEqual({ ok: true });
    expect(now(elsewhere(bearer(token)))).toEqual({ ok: true });
    time = start + 3_590_000;
    expect(now(elsewhere(bearer(token)))).toEqual({ ok: true });
    time = start + 3_606_000;
    expect(await elsewhere(bearer(token))).toMatchObject({ ok: false, reason: 'expired' });
  });

  test('never live longer than an hour', async () => {
    const token = await issue([key], 86_400);
    time = start + 3_606_000;
    expect(await authenticator([key])(bearer(token))).toMatchObject({ ok: false, reason: 'expired' });
  });

  test('survive a rotation of the signing key, and end with it', async () => {
    const token = await issue([key]);
    expect((await authenticator([nextKey, key])(bearer(token))).ok).toBe(true);
    expect(await authenticator([nextKey])(bearer(token))).toMatchObject({ ok: false, reason: 'wrong' });
  });

  test('two spaces after Bearer are forgiven', async () => {
    const token = await issue([key]);
    expect((await authenticator([key])({ authorization: `Bearer  ${token}` })).ok).toBe(true);
  });

  test.each([
    ['no signature', { alg: 'none' }],
    ['another algorithm', { alg: 'HS512' }],
  ])('%s is refused', async (_what, header) => {
    const [, payload] = (await issue([key])).split('.');
    const forged = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload ?? ''}.`;
    expect(await authenticator([key])(bearer(forged))).toMatchObject({ ok: false });
  });

  test.each([
    ['a changed payload', (token: string) => token.replace(/\.(.)/, '.X$1')],
    ['a changed signature', (token: string) => `${token.slice(0, -3)}AAA`],
    ['rubbish', () => 'abc'],
    ['dots', () => 'a.b.c'],
  ])('%s is refused', async (_what, change) => {
    const verdict = await authenticator([key])(bearer(change(await issue([key]))));
    expect(verdict).toMatchObject({ ok: false, wwwAuthenticate: expect.stringContaining('invalid_token') });
  });

  test.each([
    ['another audience', { aud: 'somewhere-else' }],
    ['another issuer', { iss: 'somebody-else' }],
    ['a life over an hour', { exp: start / 1000 + 7200, iat: start / 1000 - 4000 }],
    ['no time of issue', { iat: undefined }],
    ['no end', { exp: undefined }],
  ])('a token of our key with %s is refused', async (_what, change) => {
    time = start;
    const [signing] = signingKeys([key]);
    const claims = {
      iss: 'egain-channel-bridge',
      aud: 'egain-callback',
      iat: start / 1000,
      exp: start / 1000 + 600,
    };
    const sign = (payload: Record<string, unknown>): Promise<string> =>
      new SignJWT(JSON.parse(JSON.stringify(payload)) as Record<string, unknown>)
        .setProtectedHeader({ alg: 'HS256', kid: signing?.kid ?? '' })
        .sign(signing?.key ?? new Uint8Array());
    expect(await authenticator([key])(bearer(await sign(claims)))).toEqual({ ok: true });
    expect(await authenticator([key])(bearer(await sign({ ...claims, ...change })))).toMatchObject({
      ok: false,
    });
  });

  test('a short signing secret is refused at start', () => {
    expect(() => authenticator([{ kid: 'one', secret: 'short' }])).toThrow('16 characters');
  });

  describe('the token endpoint', () => {
    test('answers with the token under both names, not to be cached', async () => {
      const answer = await issuer([key])(form, formBody);
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'cache-control': 'no-store' },
        body: { token_type: 'Bearer', expires_in: 3600 },
      });
      expect(answer.body['accessToken']).toBe(answer.body['access_token']);
    });

    test.each([
      [
        'JSON',
        { 'content-type': 'application/json' },
        JSON.stringify({ clientId: 'hub', clientSecret: password }),
      ],
      [
        'JSON in OAuth words',
        { 'content-type': 'application/json; charset=utf-8' },
        JSON.stringify({ grant_type: 'client_credentials', client_id: 'hub', client_secret: password }),
      ],
      ['Basic', { ...form, authorization: basicHeader('hub', password) }, 'grant_type=client_credentials'],
      [
        'form-encoded Basic',
        { ...form, authorization: basicHeader('hub', password.replaceAll('-', '%2D')) },
        'grant_type=client_credentials',
      ],
    ])('takes credentials as %s', async (_what, headers, body) => {
      expect((await issuer([key])(headers, body)).status).toBe(200);
    });

    test.each([
      ['wrong secret', form, formBody.replace('hub', 'bub'), 401, 'invalid_client'],
      ['no credentials', form, 'grant_type=client_credentials', 401, 'invalid_client'],
      [
        'another grant',
        form,
        formBody.replace('client_credentials', 'password'),
        400,
        'unsupported_grant_type',
      ],
      ['no grant', form, 'client_id=hub', 400, 'invalid_request'],
      ['a parameter twice', form, `${formBody}&client_id=hub`, 400, 'invalid_request'],
      [
        'two ways at once',
        { ...form, authorization: basicHeader('hub', password) },
        formBody,
        400,
        'invalid_request',
      ],
      ['broken JSON', { 'content-type': 'application/json' }, '{', 400, 'invalid_request'],
      ['a JSON list', { 'content-type': 'application/json' }, '[]', 400, 'invalid_request'],
    ])('%s', async (_what, headers, body, status, error) => {
      const answer = await issuer([key])(headers, body);
      expect(answer).toMatchObject({ status, body: { error } });
      expect(answer.body).not.toHaveProperty('access_token');
    });
  });
});
