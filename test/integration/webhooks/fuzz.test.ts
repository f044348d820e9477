import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { refusals } from '../../../webhooks/reply.js';
import { fromEgain, jsonType, marker, signed, useWeb, type Headers, type Web } from './support/web.js';
import type { Shape } from './support/wire.js';
import { anyText } from '../../support/any-text.js';

/** What the documentation says may be answered; 500 is not in it for anybody's input. */
const documented = new Set<number>([200, 201, 202, ...Object.values(refusals)]);
documented.delete(refusals['internal-error']);
/** What Node's own parser answers before any of our code runs. */
const beforeUs = new Set([400, 408, 413, 431, 505]);
/** Far more than any of it takes, far less than what hangs. */
const mostMs = 5000;

const nasty = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'length',
  '\u0000',
  '\ud800',
  '$where',
  '../../etc/passwd',
  '<script>',
  '${jndi:x}',
  '{0}',
  '%zz',
  '\u202e',
);
const words = fc.oneof(nasty, anyText({ maxLength: 40 }), fc.string({ maxLength: 40 }));
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    words,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(words, tie('any'), { maxKeys: 4 }),
  ),
})).any;

/** A good thing with some of its parts replaced by anything, at any depth. */
function spoilt(good: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(good))
    return fc.oneof(fc.tuple(...good.map(spoilt)), fc.array(fc.oneof(...good.map(spoilt))), value);
  if (typeof good !== 'object' || good === null)
    return fc.oneof({ arbitrary: fc.constant(good), weight: 4 }, value);
  const fields = Object.fromEntries(Object.entries(good).map(([name, part]) => [name, spoilt(part)]));
  const object = fc.record(fields, { requiredKeys: [] });
  return fc.oneof(
    { arbitrary: fc.record(fields), weight: 4 },
    object,
    fc.tuple(object, fc.dictionary(words, value)).map(([own, more]) => ({ ...more, ...own })),
    value,
  );
}

const message = {
  id: 'h-1',
  messageId: 'm-1',
  type: { value: 'text' },
  sender: { type: 'egain_agent', participant: { name: 'Sam' } },
  conversation: { id: 'c-1', contact: { address: 'a@b.test' } },
  content: {
    text: 'hello',
    html: '<p>hello</p>',
    attachment: [{ name: 'a.pdf', contentUrl: 'https://x.test/a' }],
  },
  timestamp: '2026-01-01T10:00:00Z',
};
const customerMessage = {
  id: 'm-1',
  type: 'text',
  customer: { id: 'u-1', name: 'Dana', email: 'a@b.test', attributes: { tier: 'gold' }, verified: ['email'] },
  text: 'hello',
  attachments: [{ name: 'a.pdf', url: 'https://x.test/a', size: 1 }],
  choices: [{ id: 'o-1', title: 'One' }],
  replyTo: 'm-0',
  sentAt: '2026-01-01T10:00:00.000Z',
};

/** JSON, or what once was JSON. */
const damaged = (json: string): fc.Arbitrary<Buffer> =>
  fc.array(fc.tuple(fc.nat(Math.max(0, json.length - 1)), fc.nat(255)), { maxLength: 4 }).map((changes) => {
    const bytes = Buffer.from(json);
    for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
    return bytes;
  });
const bodyOf = (good: unknown): fc.Arbitrary<Buffer> =>
  fc.oneof(
    { arbitrary: spoilt(good).map((body) => Buffer.from(JSON.stringify(body))), weight: 5 },
    spoilt(good).chain((body) => damaged(JSON.stringify(body))),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );

const headerValue = fc.oneof(
  fc.stringMatching(/^[\x21-\x7e]{0,60}$/),
  fc.constantFrom(
    'Basic',
    'Bearer ',
    'Bearer a.b.c',
    'v1,',
    'chunked, identity',
    '-1',
    'application/json',
    '*',
  ),
);
const headers: fc.Arbitrary<Headers> = fc.array(
  fc.tuple(
    fc.constantFrom(
      'authorization',
      'content-type',
      'content-encoding',
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
      'x-forwarded-for',
      'host',
      'expect',
      'range',
      'if-range',
      'origin',
      'cookie',
      'transfer-encoding',
    ),
    headerValue,
  ),
  { maxLength: 4 },
);

const runs = { numRuns: 150, interruptAfterTimeLimit: 20_000, endOnFailure: true };

async function behaves(web: Web, shape: Shape, statuses: ReadonlySet<number>): Promise<void> {
  const startedAt = performance.now();
  const answer = await web.send(shape);
  expect(performance.now() - startedAt).toBeLessThan(mostMs);
  expect(statuses).toContain(answer.status);
  expect(web.log.named('request failed')).toEqual([]);
}

describe.each([{ direct: true }, { direct: false }])('whatever is sent (direct: $direct)', ({ direct }) => {
  const web = useWeb({ direct });

  test('eGain’s callback answers as documented, and lives', async () => {
    await fc.assert(
      fc.asyncProperty(bodyOf({ messages: { message: [message, message] } }), (body) =>
        behaves(web(), { path: '/egain/callback', headers: fromEgain, body }, documented),
      ),
      runs,
    );
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  }, 60_000);

  test('a channel’s webhook answers as documented, and lives', async () => {
    await fc.assert(
      fc.asyncProperty(bodyOf(customerMessage), (body) =>
        behaves(web(), { path: '/channels/support/webhook', headers: signed(body), body }, documented),
      ),
      runs,
    );
  }, 60_000);

  test('so do the token endpoint, uploads and links', async () => {
    const form = fc
      .uint8Array({ maxLength: 300 })
      .map((bytes) => Buffer.concat([Buffer.from('--x\r\n'), bytes]));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/egain/token', '/channels/support/assets', `/assets/${'x'.repeat(32)}`),
        fc.constantFrom(
          'application/json',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
        ),
        fc.oneof(
          bodyOf({ name: 'a.pdf', size: 1, client_id: 'egain', grant_type: 'client_credentials' }),
          form,
        ),
        (path, type, body) =>
          behaves(
            web(),
            { path, headers: [...signed(body).slice(1), ['content-type', type]], body },
            documented,
          ),
      ),
      runs,
    );
  }, 60_000);

  test('whatever the headers, the method and the address are', async () => {
    const all = new Set([...documented, ...beforeUs]);
    const path = fc.oneof(
      fc.constantFrom(
        '/egain/callback',
        '/channels/support/webhook',
        '/channels/__proto__/webhook',
        '/assets/%2e%2e',
        '//',
        '/*',
      ),
      fc.stringMatching(/^\/[\x21-\x7e]{0,60}$/),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'),
        path,
        headers,
        (method, to, some) =>
          behaves(
            web(),
            {
              method,
              path: to,
              headers: [
                ...some.filter(([name]) => name !== 'expect' && name !== 'transfer-encoding'),
                jsonType,
              ],
              body: '{}',
            },
            all,
          ),
      ),
      runs,
    );
  }, 60_000);

  test('the process answers as before, and logged none of it', async () => {
    const body = JSON.stringify({ messages: { message: [{ ...message, content: { text: marker } }] } });
    expect((await web().send({ path: '/egain/callback', headers: fromEgain, body })).status).toBe(200);
    expect(web().log.text()).not.toContain(marker);
  });
});
