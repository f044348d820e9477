import { SignJWT } from 'jose';
import { describe, expect, test } from '@jest/globals';
import { signingKeys } from '../../../src/egain/callback/signing-keys.js';
import { messageTypeValues } from '../../../src/egain/types.js';
import {
  basic,
  expectProtected,
  expectRefused,
  fromEgain,
  jsonType,
  marker,
  passwords,
  tokenClient,
  tokenKey,
  useWeb,
  waysIn,
  type Headers,
  type Refused,
} from './support/web.js';

const path = '/egain/callback';
const text = (id: string, more: object = {}): object => ({
  id,
  type: { value: 'text' },
  content: { html: 'x' },
  sender: { type: 'egain_agent', participant: { name: 'Sam' } },
  conversation: { id: 'c-1' },
  ...more,
});
const batch = (...message: unknown[]): string => JSON.stringify({ messages: { message } });

const malformed = (names: RegExp): Refused => ({ status: 400, code: 'malformed', caller: 'egain', names });
const unbelieved = (reason: string): Refused => ({
  status: 401,
  code: 'unauthenticated',
  caller: 'egain',
  names: new RegExp(`^authorization: ${reason}$`),
});

/** What a customer-role application can receive: all types but those only a customer may send (contract, 13). */
const onlyFromCustomers = [
  'customer.active',
  'customer.inactive',
  'authentication.success',
  'authentication.failure',
  'delete.soft',
  'delete.permanent',
  'undo',
];
const receivable = messageTypeValues.filter((type) => !onlyFromCustomers.includes(type));

describe.each(waysIn)('eGain’s callback, $way', ({ direct }) => {
  const web = useWeb({ direct });
  const post = (body: string | Buffer, headers: Headers = fromEgain) => web().send({ path, headers, body });
  const postAs = (authorization: string, body = batch()) =>
    post(body, [jsonType, ['authorization', authorization]]);

  test.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /^body: /],
    ['no JSON', `{"messages": ${marker}`, /^body: /],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /^body: /],
    ['UTF-16', Buffer.from(batch(), 'utf16le'), /^body: /],
    ['a million open lists', '['.repeat(1_000_000), /^body: /],
    [
      'lists in lists in lists',
      `{"messages":{"message":[${'['.repeat(9999)}${']'.repeat(9999)}]}}`,
      /^body: .*64/,
    ],
    ['a list', '[]', /^body: /],
    ['null', 'null', /^body: /],
    ['a word', `"${marker}"`, /^body: /],
    ['no messages', '{}', /^messages: /],
    ['messages that are a list', `{"messages":["${marker}"]}`, /^messages: /],
    ['no list of messages', '{"messages":{}}', /^messages\.message: /],
    ['a word for a list', `{"messages":{"message":"${marker}"}}`, /^messages\.message: /],
    ['1001 messages', batch(...Array.from({ length: 1001 }, () => 0)), /^messages\.message: .*1000/],
  ])('%s in the body is refused by name', async (_what, body, names) => {
    await expectRefused(web(), () => post(body), malformed(names));
  });

  test.each<[string, string | undefined, string]>([
    ['no Authorization', undefined, 'missing'],
    ['an empty one', ' ', 'missing'],
    ['a wrong password', basic(`${marker}-password`), 'wrong'],
    ['a wrong user', basic(passwords[0], marker), 'wrong'],
    ['a password with a tail', basic(`${passwords[0]} `), 'wrong'],
    ['no colon', `Basic ${Buffer.from(marker).toString('base64')}`, 'malformed'],
    ['no base64', 'Basic {}', 'malformed'],
    ['another scheme', `Digest ${marker}`, 'wrong'],
    ['a bearer token that is none', `Bearer ${marker}`, 'malformed'],
    ['a header of 10,000 characters', `Bearer ${'x'.repeat(10_000)}`, 'malformed'],
  ])('I9: %s is not believed, and told what would be', async (_what, authorization, reason) => {
    const headers: Headers =
      authorization === undefined ? [jsonType] : [jsonType, ['authorization', authorization]];
    const answer = await expectRefused(web(), () => post(batch(text(marker)), headers), unbelieved(reason));
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="[^"]+".*, Bearer realm="/);
  });

  test('of two Authorization headers only the first one counts', async () => {
    const two = (first: string, second: string): Headers => [
      jsonType,
      ['authorization', first],
      ['authorization', second],
    ];
    expect((await post(batch(), two(basic(passwords[0]), 'Basic x'))).status).toBe(200);
    expect((await post(batch(), two('Basic eDp5', basic(passwords[0])))).status).toBe(401);
  });

  test('either password of a rotation is believed', async () => {
    for (const password of passwords) {
      const answer = await postAs(basic(password));
      expect([answer.status, answer.body]).toEqual([200, '{}']);
      expectProtected(answer);
    }
  });

  describe('with tokens of the bridge’s own', () => {
    const [signing] = signingKeys([tokenKey]);
    if (signing === undefined) throw new Error('no key');
    const forge = (claims: {
      aud?: string;
      iss?: string;
      exp?: number;
      alg?: string;
      kid?: string;
      key?: Uint8Array;
    }) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT()
        .setProtectedHeader({ alg: claims.alg ?? 'HS256', kid: claims.kid ?? signing.kid })
        .setIssuer(claims.iss ?? 'egain-channel-bridge')
        .setAudience(claims.aud ?? 'egain-callback')
        .setIssuedAt(now - 100)
        .setExpirationTime(now + (claims.exp ?? 100))
        .sign(claims.key ?? signing.key);
    };

    test('a token from /egain/token opens the callback, again and again', async () => {
      const credentials = `grant_type=client_credentials&client_id=${tokenClient.id}&client_secret=${tokenClient.secret}`;
      const issued = await web().send({
        path: '/egain/token',
        headers: [['content-type', 'application/x-www-form-urlencoded']],
        body: credentials,
      });
      const { access_token: token } = JSON.parse(issued.body) as { access_token: string };
      for (let use = 0; use < 3; use += 1) expect((await postAs(`Bearer ${token}`)).status).toBe(200);
      const [head, claims] = token.split('.');
      const bare = Buffer.from('{"alg":"none"}').toString('base64url');
      const named = Buffer.from(`{"alg":"none","kid":"${signing.kid}"}`).toString('base64url');
      for (const forged of [`${head}.${claims}.`, `${bare}.${claims}.`, `${named}.${claims}.`]) {
        expect([forged, (await postAs(`Bearer ${forged}`)).status]).toEqual([forged, 401]);
      }
      expect(web().log.text()).not.toContain(token);
    });

    test.each<[string, Parameters<typeof forge>[0], string]>([
      ['expired', { exp: -60 }, 'expired'],
      ['for another audience', { aud: 'somebody' }, 'wrong'],
      ['of another issuer', { iss: 'somebody' }, 'wrong'],
      ['by a key nobody knows', { kid: 'k9' }, 'wrong'],
      ['signed with another secret', { key: new Uint8Array(32) }, 'wrong'],
      ['of another algorithm', { alg: 'HS512', key: new Uint8Array(64) }, 'wrong'],
    ])('I9: one that is %s is not believed', async (_what, claims, reason) => {
      const token = await forge(claims);
      const answer = await expectRefused(web(), () => postAs(`Bearer ${token}`), unbelieved(reason));
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    });
  });

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
    '%s is not a way to post',
    async (method) => {
      const answer = await web().send({ method, path, headers: fromEgain });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
      expectProtected(answer);
    },
  );

  test('an empty batch is a batch', async () => {
    const before = await web().keys();
    const answer = await post(batch());
    expect([answer.status, answer.body]).toEqual([200, '{}']);
    expect(await web().keys()).toEqual(before);
  });

  test('1000 messages in one request are kept, each once', async () => {
    const thousand = Array.from({ length: 1000 }, (_, n) =>
      text(`bulk-${n}`, { conversation: { id: `bulk-${n % 7}` } }),
    );
    const before = (await web().keys()).length;
    expect((await post(batch(...thousand))).status).toBe(200);
    const after = (await web().keys()).length;
    // A duplicate mark and a journey each, and the lanes with their states and jobs.
    expect(after - before).toBeGreaterThanOrEqual(2000);
    expect((await post(batch(...thousand))).status).toBe(200);
    expect((await web().keys()).length).toBe(after);
  });

  test('all 23 types a customer’s application can receive are kept as they came, strange ones too', async () => {
    expect(receivable).toHaveLength(23);
    const client = web().redis.client();
    for (const type of [...receivable, 'reaction.from.the.future', '__proto__']) {
      const message = text(`type-${type}`, {
        type: { value: type, nuance: 1 },
        conversation: { id: `types-${type}`, mood: 'good' },
        surprise: { deep: [1] },
      });
      const before = await web().keys();
      expect([type, (await post(batch(message))).status]).toEqual([type, 200]);
      const lane = (await web().keys()).find((key) => key.includes(':l:') && !before.includes(key)) ?? '';
      const kept = await client.lindex(lane, 0);
      expect(kept).toContain(JSON.stringify({ value: type, nuance: 1 }));
      expect(kept).toContain('"surprise":{"deep":[1]}');
      expect(kept).toContain('"mood":"good"');
    }
  });

  test('words that are special to JavaScript are only words', async () => {
    const odd =
      '{"messages":{"message":[{"id":"odd","type":{"value":"text"},"__proto__":{"polluted":1},"conversation":{"id":"__proto__","constructor":{"prototype":{"polluted":1}}}}]},"__proto__":{"polluted":1}}';
    expect((await post(odd)).status).toBe(200);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('no text that came in was ever written to the log', () => {
    expect(web().log.text()).not.toContain(marker);
  });
});
