import { describe, expect, test } from '@jest/globals';
import type { Parsed } from '../../../src/channels/adapter.js';
import { parse } from '../../../src/channels/webhook/parse.js';
import { reply } from '../../../src/channels/webhook/reply.js';

const read = (body: unknown): Parsed =>
  parse({
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: new Map(),
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });
const least = { id: 'm-1', type: 'text', customer: { id: 'u-42' }, text: 'Hi' };
const problems = (parsed: Parsed): string[] =>
  parsed.ok ? [] : parsed.problems.map(({ field }) => `${parsed.status} ${field}`);
const message = (parsed: Parsed): unknown =>
  parsed.ok && parsed.events[0]?.kind === 'message' ? parsed.events[0].message : parsed;

describe('a message of the webhook channel', () => {
  test('keeps every documented field', () => {
    const full = {
      id: 'm-1',
      type: 'text',
      customer: {
        id: 'u-42',
        name: 'Dana',
        email: 'dana@example.com',
        phone: '15550100123',
        language: 'pt-BR',
        timeZone: 'Europe/Lisbon',
        verified: ['email'],
        attributes: { tier: 'gold' },
      },
      text: 'Where is my parcel?',
      attachments: [
        {
          name: 'label.pdf',
          contentType: 'application/pdf',
          size: 1234,
          url: 'https://files.example.com/l?sig=1',
        },
        { name: 'photo.jpg', assetId: 'a-1' },
      ],
      choices: [{ id: 'ord-1', title: 'A-100' }],
      replyTo: 'm-0',
      mode: 'permanent',
      result: { user: 'dana', level: '2' },
      error: { code: 'unsupported', message: 'The app shows no forms.' },
      sentAt: '2026-01-01T10:00:00.000Z',
    };
    expect(message(read(full))).toStrictEqual(full);
  });
  test('needs no more than an id, a type, a customer and a text', () => {
    expect(message(read(least))).toStrictEqual(least);
  });
  test('takes null for absent and leaves out what it does not know', () => {
    const padded = {
      ...least,
      replyTo: null,
      attachments: null,
      extra: { deep: [1] },
      customer: { id: 'u-42', name: null, x: 1 },
    };
    expect(message(read(padded))).toStrictEqual(least);
  });
  test('brings languages and times to one form', () => {
    const parsed = read({
      ...least,
      customer: { id: 'u', language: 'pt_br' },
      sentAt: '2026-01-01T11:00:00+01:00',
    });
    expect(message(parsed)).toMatchObject({
      customer: { language: 'pt-BR' },
      sentAt: '2026-01-01T10:00:00.000Z',
    });
  });
  test('replaces what cannot be stored: NUL and halves of characters', () => {
    expect(
      message(read('{"id":"m","type":"text","customer":{"id":"u"},"text":"a\\u0000b\\ud800c"}')),
    ).toMatchObject({ text: 'a\ufffdb\ufffdc' });
  });
  test('strips folders and direction tricks from file names', () => {
    const names = ['../../etc/passwd', 'C:\\temp\\a.pdf', 'photo\u202egpj.exe', '..'];
    const parsed = read({ ...least, attachments: names.map((name) => ({ name, assetId: 'a' })) });
    expect(message(parsed)).toMatchObject({
      attachments: ['passwd', 'a.pdf', 'photogpj.exe', 'file'].map((name) => ({ name })),
    });
  });
  test('keeps attributes named like parts of JavaScript harmless', () => {
    const parsed = read(
      '{"id":"m","type":"customer.info","customer":{"id":"u","attributes":{"__proto__":"x","constructor":"y"}}}',
    );
    expect(parsed.ok).toBe(true);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
  test('takes a byte order mark and any nesting in fields it does not know', () => {
    expect(read(`\ufeff${JSON.stringify(least)}`).ok).toBe(true);
    expect(
      read(
        `{"id":"m","type":"text","text":"x","customer":{"id":"u"},"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      ).ok,
    ).toBe(true);
  });
  test.each([
    'typing.start',
    'typing.end',
    'customer.info',
    'customer.active',
    'customer.inactive',
    'conversation.end',
  ])('%s needs nothing but id and customer', (type) => {
    expect(read({ id: 'm', type, customer: { id: 'u' } }).ok).toBe(true);
  });
  test('a type nobody knows is an unknown event, whatever else it holds', () => {
    expect(read({ type: 'reaction.added' })).toEqual({
      ok: true,
      events: [{ kind: 'unknown', name: 'reaction.added' }],
    });
  });
});

describe('a malformed message names its field and never its value', () => {
  test.each([
    ['not JSON', '{', '400 body'],
    ['an empty body', '', '400 body'],
    ['no object', [], '400 body'],
    ['null', null, '400 body'],
    ['no type', { id: 'm' }, '400 type'],
    ['no id', { ...least, id: undefined }, '400 id'],
    ['an empty id', { ...least, id: '' }, '400 id'],
    ['an id of 256 characters', { ...least, id: 'x'.repeat(256) }, '400 id'],
    ['an id with a line end', { ...least, id: 'a\nb' }, '400 id'],
    ['a number for an id', { ...least, id: 7 }, '400 id'],
    ['no customer', { ...least, customer: undefined }, '400 customer'],
    ['no customer id', { ...least, customer: {} }, '400 customer.id'],
    ['a language that is none', { ...least, customer: { id: 'u', language: '!!' } }, '400 customer.language'],
    [
      'an attribute that is no text',
      { ...least, customer: { id: 'u', attributes: { secretName: 1 } } },
      '400 customer.attributes',
    ],
    ['a file without address', { ...least, attachments: [{ name: 'a.pdf' }] }, '400 attachments[0]'],
    [
      'a file on this disk',
      { ...least, attachments: [{ name: 'a.pdf', url: 'file:///etc/passwd' }] },
      '400 attachments[0].url',
    ],
    [
      'a negative size',
      { ...least, attachments: [{ name: 'a', assetId: 'a', size: -1 }] },
      '400 attachments[0].size',
    ],
    [
      'eleven files',
      { ...least, attachments: Array.from({ length: 11 }, () => ({ name: 'a', assetId: 'a' })) },
      '400 attachments',
    ],
    ['a delete of nothing', { ...least, type: 'message.delete' }, '400 replyTo'],
    ['an undo of nothing', { ...least, type: 'message.undo' }, '400 replyTo'],
    ['an edit of nothing', { ...least, type: 'message.edit' }, '400 replyTo'],
    ['an edit to nothing', { ...least, type: 'message.edit', replyTo: 'm', text: ' ' }, '422 text'],
    [
      'a delete of a third kind',
      { ...least, type: 'message.delete', replyTo: 'm', mode: 'hard' },
      '400 mode',
    ],
    ['an authentication nobody asked for', { ...least, type: 'authentication.success' }, '400 replyTo'],
    [
      'a result that is no text',
      { ...least, type: 'authentication.failure', replyTo: 'm', result: { secretName: 1 } },
      '400 result',
    ],
    ['an error of no kind', { ...least, type: 'error', replyTo: 'm' }, '400 error'],
    ['an error without code', { ...least, type: 'error', error: { message: 'x' } }, '400 error.code'],
    ['a choice of nothing', { ...least, type: 'choice', choices: [] }, '400 choices'],
    ['a date that is none', { ...least, sentAt: 'yesterday' }, '400 sentAt'],
    ['an empty text', { ...least, text: ' \n' }, '422 text'],
    ['no text and no file', { ...least, text: undefined }, '422 text'],
    ['a text beyond all measure', { ...least, text: 'x'.repeat(65_537) }, '422 text'],
  ])('%s', (_what, body, problem) => {
    expect(problems(read(body))).toEqual([problem]);
  });
  test('every problem at once, without a value', () => {
    const parsed = read({
      id: '',
      type: 'text',
      customer: { id: 'tom\u0000secret', email: 5 },
      attachments: 'secret',
    });
    expect(problems(parsed)).toEqual(['400 id', '400 customer.id', '400 customer.email', '400 attachments']);
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });
});

describe('the answer to a message', () => {
  const parsed = read(least);
  const events = parsed.ok ? parsed.events : [];
  test.each(['accepted', 'duplicate'] as const)('says %s with its id', (status) => {
    const answer = reply(events, [status]);
    expect(answer.status).toBe(202);
    expect(JSON.parse(answer.body)).toEqual({ id: 'm-1', status });
  });
  test('says ignored for a type nobody knows', () => {
    expect(JSON.parse(reply([{ kind: 'unknown', name: 'x' }], []).body)).toEqual({ status: 'ignored' });
  });
});
