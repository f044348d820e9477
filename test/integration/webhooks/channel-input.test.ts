import { describe, expect, test } from '@jest/globals';
import {
  channelSecret,
  expectProtected,
  expectRefused,
  jsonType,
  marker,
  oldChannelSecret,
  signed,
  useWeb,
  waysIn,
  type Headers,
  type Refused,
  type SignOptions,
} from './support/web.js';

const path = '/channels/support/webhook';
const good = { id: 'm-1', type: 'text', customer: { id: 'u-1' }, text: marker };
const attachments = (...list: unknown[]) => ({ ...good, attachments: list });

const malformed = (names: RegExp): Refused => ({ status: 400, code: 'malformed', caller: 'channel', names });
const unprocessable = (names: RegExp): Refused => ({
  status: 422,
  code: 'unprocessable',
  caller: 'channel',
  names,
});
const unbelieved = (reason: string): Refused => ({
  status: 401,
  code: 'unauthenticated',
  caller: 'channel',
  names: new RegExp(`^signature: ${reason}$`),
});

const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

describe.each(waysIn)('a channel’s webhook, $way', ({ direct }) => {
  const web = useWeb({ direct, manifest: { restrictions: { inbound: { maxTextLength: 1000 } } } });

  const post = (body: string | Buffer, options: SignOptions = {}, more: Headers = []) =>
    web().send({ path, headers: [...signed(body, options), ...more], body });

  test.each<[string, unknown, Refused]>([
    ['no object', [good], malformed(/^body: /)],
    ['null', null, malformed(/^body: /)],
    ['no type', { ...good, type: undefined }, malformed(/^type: /)],
    ['a type that is a number', { ...good, type: 7 }, malformed(/^type: /)],
    ['no id', { ...good, id: undefined }, malformed(/^id: /)],
    ['an id that is a number', { ...good, id: 7 }, malformed(/^id: /)],
    ['an empty id', { ...good, id: '' }, malformed(/^id: /)],
    ['an id of 10,000 characters', { ...good, id: 'x'.repeat(10_000) }, malformed(/^id: /)],
    ['an id with a control character', { ...good, id: `a\n${marker}` }, malformed(/^id: /)],
    ['no customer', { ...good, customer: undefined }, malformed(/^customer: /)],
    ['no customer id', { ...good, customer: { name: marker } }, malformed(/^customer\.id: /)],
    ['an empty customer id', { ...good, customer: { id: '' } }, malformed(/^customer\.id: /)],
    ['a customer id with NUL', { ...good, customer: { id: `u\0${marker}` } }, malformed(/^customer\.id: /)],
    [
      'a customer id of 10,000',
      { ...good, customer: { id: 'u'.repeat(10_000) } },
      malformed(/^customer\.id: /),
    ],
    ['a text that is an object', { ...good, text: { $gt: marker } }, malformed(/^text: /)],
    ['attachments that are no list', { ...good, attachments: marker }, malformed(/^attachments: /)],
    [
      'too many attachments',
      attachments(...Array.from({ length: 11 }, () => ({ name: 'a', url: 'https://x.test' }))),
      malformed(/^attachments: /),
    ],
    ['an attachment without address', attachments({ name: marker }), malformed(/^attachments\[0\]: /)],
    [
      'an attachment at a file address',
      attachments({ name: 'a', url: `file:///${marker}` }),
      malformed(/^attachments\[0\]\.url: /),
    ],
    [
      'a negative size',
      attachments({ name: 'a', url: 'https://x.test', size: -1 }),
      malformed(/^attachments\[0\]\.size: /),
    ],
    [
      'a language that is none',
      { ...good, customer: { id: 'u', language: marker.repeat(9) } },
      malformed(/^customer\.language: /),
    ],
    [
      'attributes that are no texts',
      { ...good, customer: { id: 'u', attributes: { [marker]: { a: 1 } } } },
      malformed(/^customer\.attributes: /),
    ],
    ['a sentAt that is no time', { ...good, sentAt: marker }, malformed(/^sentAt: /)],
    ['a delete of nothing', { ...good, type: 'message.delete' }, malformed(/^replyTo: /)],
    ['a choice of nothing', { ...good, type: 'choice' }, malformed(/^choices: /)],
    ['an empty text', { ...good, text: '' }, unprocessable(/^text: /)],
    ['a text of spaces', { ...good, text: ' \u00a0\n' }, unprocessable(/^text: /)],
    ['no text at all', { ...good, text: undefined }, unprocessable(/^text: /)],
    [
      'a text longer than the manifest allows',
      { ...good, text: 'x'.repeat(1001) },
      unprocessable(/^text: .*1000/),
    ],
    ['a text longer than anybody’s', { ...good, text: 'x'.repeat(70_000) }, unprocessable(/^text: /)],
  ])('%s is refused by name of the field', async (_what, message, refused) => {
    await expectRefused(web(), () => post(JSON.stringify(message)), refused);
  });

  test.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['no JSON', `{"id": "${marker}`],
    ['JSON with a tail', `${JSON.stringify(good)}${marker}`],
    ['a million open lists', '['.repeat(1_000_000)],
    [
      'bytes that are not UTF-8',
      Buffer.from([
        ...Buffer.from('{"id":"m-1","type":"text","customer":{"id":"u'),
        0xff,
        0xfe,
        ...Buffer.from('"},"text":"x"}'),
      ]),
    ],
    ['UTF-16', Buffer.from(JSON.stringify(good), 'utf16le')],
  ])('%s in the body is malformed', async (_what, body) => {
    await expectRefused(web(), () => post(body), malformed(/^body: expected JSON/));
  });

  test.each<[string, SignOptions, string]>([
    ['six minutes old', { shift: -360 }, 'stale-timestamp'],
    ['six minutes in the future', { shift: 360 }, 'future-timestamp'],
    ['with another secret', { secret: `whsec_${Buffer.alloc(32, 9).toString('base64')}` }, 'wrong-signature'],
  ])('I9: a signature %s is not believed', async (_what, options, reason) => {
    await expectRefused(web(), () => post(JSON.stringify(good), options), unbelieved(reason));
  });

  test.each<[string, (headers: Headers) => Headers, string]>([
    ['without any', () => [jsonType], 'missing-signature'],
    ['without its id', (all) => all.filter(([name]) => name !== 'webhook-id'), 'missing-signature'],
    ['of another version', (all) => replaced(all, 'webhook-signature', 'v9,AAAA'), 'malformed-signature'],
    ['that is too short', (all) => replaced(all, 'webhook-signature', 'v1,AAAA'), 'malformed-signature'],
    ['with a time in words', (all) => replaced(all, 'webhook-timestamp', marker), 'malformed-signature'],
    [
      'with a time beyond all numbers',
      (all) => replaced(all, 'webhook-timestamp', '9'.repeat(12)),
      'future-timestamp',
    ],
    ['with its id given twice', (all) => [...all, ['webhook-id', 'other']], 'malformed-signature'],
    ['with its time given twice', (all) => [...all, ['webhook-timestamp', '1']], 'malformed-signature'],
  ])('I9: a signature %s is not believed', async (_what, change, reason) => {
    const body = JSON.stringify(good);
    await expectRefused(
      web(),
      () => web().send({ path, headers: change(signed(body)), body }),
      unbelieved(reason),
    );
  });

  test('lists in lists in lists harm nobody, neither as a text nor where nobody looks', async () => {
    const start = '{"id":"deep","type":"text","customer":{"id":"u-1"}';
    await expectRefused(web(), () => post(`${start},"text":${deep}}`), malformed(/^text: /));
    expect((await post(`${start},"text":"x","extra":${deep}}`)).status).toBe(202);
  });

  test('I9: a signature holds for these very bytes only', async () => {
    const headers = signed(JSON.stringify(good));
    const body = JSON.stringify(good, null, 1);
    await expectRefused(web(), () => web().send({ path, headers, body }), unbelieved('wrong-signature'));
  });

  test.each<[string, Refused, string]>([
    [
      'a channel nobody configured',
      { status: 404, code: 'not-found', caller: 'channel', names: /^channel: / },
      `/channels/${marker.toLowerCase()}/webhook`,
    ],
    [
      'an object’s own words',
      { status: 404, code: 'not-found', caller: 'channel', names: /^channel: / },
      '/channels/__proto__/webhook',
    ],
    [
      'a broken escape',
      { status: 400, code: 'malformed', caller: 'other', names: /^address: / },
      `/channels/%zz${marker}/webhook`,
    ],
    [
      'an escape that is not UTF-8',
      { status: 400, code: 'malformed', caller: 'other', names: /^address: / },
      '/channels/%ff/webhook',
    ],
    [
      'nothing there',
      { status: 404, code: 'not-found', caller: 'other', names: /^address: / },
      `/channels/support/${marker}`,
    ],
  ])('%s in the address is refused', async (_what, refused, address) => {
    const body = JSON.stringify(good);
    await expectRefused(web(), () => web().send({ path: address, headers: signed(body), body }), refused);
  });

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
    '%s is not a way to post',
    async (method) => {
      const before = (await web().refused()).get('channel method-not-allowed') ?? 0;
      const answer = await web().send({ method, path });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
      expectProtected(answer);
      expect((await web().refused()).get('channel method-not-allowed')).toBe(before + 1);
    },
  );

  test('an escaped spelling of the channel’s name means the same', async () => {
    const body = JSON.stringify({ ...good, id: 'escaped', text: 'x' });
    const answer = await web().send({ path: '/channels/%73upport/webhook', headers: signed(body), body });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([202, { id: 'escaped', status: 'accepted' }]);
    expectProtected(answer);
  });

  test('the old secret of a rotation is still believed, beside the new one or alone', async () => {
    const body = JSON.stringify({ ...good, id: 'rotated', text: 'x' });
    const both = signed(body).map(([name, value]): readonly [string, string] => {
      const other = signed(body, { secret: oldChannelSecret }).find((entry) => entry[0] === name)?.[1] ?? '';
      return [name, name === 'webhook-signature' ? `v1,${'A'.repeat(43)}= ${other} ${value}` : value];
    });
    expect((await web().send({ path, headers: both, body })).status).toBe(202);
    expect((await post(body, { secret: oldChannelSecret })).status).toBe(202);
    expect((await post(body, { secret: channelSecret })).status).toBe(202);
  });

  test('I9: a repeat within the tolerance is recognised, whatever its delivery is called', async () => {
    const body = JSON.stringify({ ...good, id: 'again', text: 'x' });
    const statuses = [];
    for (const id of ['delivery-a', 'delivery-a', 'delivery-b']) {
      statuses.push(JSON.parse((await post(body, { id })).body));
    }
    expect(statuses).toEqual(
      ['accepted', 'duplicate', 'duplicate'].map((status) => ({ id: 'again', status })),
    );
  });

  test('words that are special to JavaScript are only words', async () => {
    const body =
      '{"id":"constructor","type":"text","text":"x","__proto__":{"polluted":true},"customer":' +
      '{"id":"__proto__","attributes":{"__proto__":"a","constructor":"b","toString":"c"}}}';
    expect((await post(body)).status).toBe(202);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('a type from the future is taken and left alone', async () => {
    const before = await web().keys();
    const answer = await post(JSON.stringify({ ...good, type: 'reaction' }));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([202, { status: 'ignored' }]);
    expect(await web().keys()).toEqual(before);
  });

  test('everything a customer may write is taken', async () => {
    const types = ['text', 'choice', 'typing.start', 'typing.end', 'message.delete', 'customer.info'];
    types.push('customer.active', 'customer.inactive', 'conversation.end');
    for (const type of types) {
      const body = { ...good, id: `all-${type}`, type, replyTo: 'm-0', choices: [{ id: 'o-1' }], text: 'x' };
      expect([type, (await post(JSON.stringify(body))).status]).toEqual([type, 202]);
    }
  });

  test('no text that came in was ever written to the log', () => {
    expect(web().log.text()).not.toContain(marker);
    expect(web().log.named('request refused').length).toBeGreaterThan(0);
  });
});

function replaced(headers: Headers, name: string, value: string): Headers {
  return headers.map((entry) => (entry[0] === name ? [name, value] : entry));
}
