import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { RawRequest, Verdict } from '../../../src/channels/adapter.js';
import { webhookConfigSchema } from '../../../src/channels/webhook/config.js';
import { signatureHeader } from '../../../src/channels/webhook/signature.js';
import { verify } from '../../../src/channels/webhook/verify.js';

const secret = (fill: string): string => `whsec_${Buffer.alloc(24, fill).toString('base64')}`;
const [current, former, foreign] = [secret('a'), secret('b'), secret('c')];
const config = webhookConfigSchema.parse({ url: 'https://chat.example.com/in', secrets: [current, former] });
const now = Date.parse('2026-01-01T10:00:00.000Z');
const seconds = now / 1000;
const text = '{"text":"caf\\u00e9 👋 "}\n';

function request(headers: Readonly<Record<string, string>>, body: Buffer | string = text): RawRequest {
  return {
    method: 'POST',
    path: '/channels/support/webhook',
    query: new URLSearchParams(),
    headers: new Map(Object.entries(headers)),
    body: Buffer.from(body),
  };
}

/** Signed by somebody else's code, as a channel would. */
function signed(by: string, at = seconds, body = text, id = 'msg_1'): Record<string, string> {
  const signature = new Webhook(by).sign(id, new Date(at * 1000), body);
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': signature };
}

const check = (headers: Readonly<Record<string, string>>, body?: Buffer | string): Verdict =>
  verify(request(headers, body), config, { now: () => now });
const reason = (verdict: Verdict): string =>
  verdict.ok ? 'believed' : `${verdict.status} ${verdict.reason}`;

describe('I9: the webhook channel believes only who knows a secret', () => {
  test("a stranger's signature is believed", () => {
    expect(check(signed(current))).toEqual({ ok: true });
  });
  test('during rotation either secret is believed', () => {
    expect(check(signed(former))).toEqual({ ok: true });
  });
  test('one good signature among several is enough, in any place', () => {
    const headers = signed(current);
    const good = headers['webhook-signature'] ?? '';
    const bad = signed(foreign)['webhook-signature'] ?? '';
    expect(check({ ...headers, 'webhook-signature': `v1a,xyz ${bad} ${good}` })).toEqual({ ok: true });
  });
  test('the signature covers the bytes as received, not what they mean', () => {
    const headers = signed(current);
    expect(reason(check(headers, text.trimEnd()))).toBe('401 wrong-signature');
    expect(reason(check(headers, text.replace('\\u00e9', 'é')))).toBe('401 wrong-signature');
    expect(reason(check(headers, `\ufeff${text}`))).toBe('401 wrong-signature');
  });
  test('bytes that are no text are signed like any other', () => {
    const body = Buffer.from([0xff, 0x00, 0xfe]);
    const signature = signatureHeader([current], 'msg_1', String(seconds), body);
    const headers = { ...signed(current), 'webhook-signature': signature };
    expect(check(headers, body)).toEqual({ ok: true });
    expect(reason(check(headers, Buffer.from([0xfe, 0x00, 0xfe])))).toBe('401 wrong-signature');
  });
  test('a changed id or time is refused', () => {
    expect(reason(check({ ...signed(current), 'webhook-id': 'msg_2' }))).toBe('401 wrong-signature');
    expect(reason(check({ ...signed(current), 'webhook-timestamp': String(seconds + 1) }))).toBe(
      '401 wrong-signature',
    );
  });
  test('a foreign secret is refused', () => {
    expect(reason(check(signed(foreign)))).toBe('401 wrong-signature');
  });

  test.each([
    [-301, '401 stale-timestamp'],
    [-300, 'believed'],
    [300, 'believed'],
    [301, '401 future-timestamp'],
  ])('a signature %i seconds from now: %s', (offset, outcome) => {
    expect(reason(check(signed(current, seconds + offset)))).toBe(outcome);
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'without %s nothing is believed',
    (name) => {
      const others = Object.fromEntries(Object.entries(signed(current)).filter(([key]) => key !== name));
      expect(reason(check(others))).toBe('401 missing-signature');
      expect(reason(check({ ...others, [name]: '' }))).toBe('401 missing-signature');
    },
  );

  test.each([
    ['webhook-timestamp', '2026-01-01T10:00:00Z'],
    ['webhook-timestamp', '-1'],
    ['webhook-timestamp', '1e9'],
    ['webhook-timestamp', ' 1767261600'],
    ['webhook-timestamp', `${seconds}, ${seconds}`],
    ['webhook-timestamp', '9'.repeat(400)],
    ['webhook-id', 'x'.repeat(256)],
    ['webhook-id', 'two words'],
    ['webhook-signature', 'v1'],
    ['webhook-signature', 'v1,'],
    ['webhook-signature', 'v1,short'],
    ['webhook-signature', `v2,${'A'.repeat(43)}=`],
    ['webhook-signature', `V1,${'A'.repeat(43)}=`],
    ['webhook-signature', `v1,${'A'.repeat(43)}=, v1,${'A'.repeat(43)}`],
    ['webhook-signature', ','.repeat(5000)],
  ])('a malformed %s is refused as such: %s', (name, value) => {
    expect(reason(check({ ...signed(current), [name]: value }))).toBe('401 malformed-signature');
  });
});

describe('what we sign is believed by a stranger', () => {
  test.each([current, former])('with either secret during rotation', (by) => {
    const at = String(Math.floor(Date.now() / 1000));
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': at,
      'webhook-signature': signatureHeader(config.secrets, 'msg_1', at, Buffer.from(text)),
    };
    expect(new Webhook(by).verify(text, headers)).toEqual({ text: 'café 👋 ' });
    expect(() => new Webhook(foreign).verify(text, headers)).toThrow();
  });
});

describe('settings of a webhook channel', () => {
  const read = (settings: object): boolean =>
    webhookConfigSchema.safeParse({ url: 'https://chat.example.com/in', secrets: [current], ...settings })
      .success;
  test.each([
    ['https://chat.example.com/bridge?tenant=1', true],
    ['http://127.0.0.1:4000/in', true],
    ['http://localhost/in', true],
    ['http://[::1]:4000/in', true],
    ['http://chat.example.com/in', false],
    ['http://127.0.0.1.evil.example/in', false],
    ['https://user:password@chat.example.com/in', false],
    ['ftp://chat.example.com', false],
    ['chat.example.com', false],
  ])('the address %s is taken: %s', (url, taken) => {
    expect(read({ url })).toBe(taken);
  });
  test.each([
    [`whsec_${Buffer.alloc(16, 'x').toString('base64')}`, true],
    [`whsec_${Buffer.alloc(15, 'x').toString('base64')}`, false],
    ['whsec_not base64 but long enough', false],
    [Buffer.alloc(32, 'x').toString('base64'), false],
    ['whsec_', false],
  ])('the secret %s is taken: %s', (value, taken) => {
    expect(read({ secrets: [value] })).toBe(taken);
  });
  test('a refused secret is not repeated in the problem', () => {
    const result = webhookConfigSchema.safeParse({ url: 'https://a.example', secrets: ['topsecret'] });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).not.toContain('topsecret');
  });
  test('no secret at all is refused', () => {
    expect(read({ secrets: [] })).toBe(false);
  });
});
