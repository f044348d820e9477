import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCallback } from '../../../src/egain/parse-callback.js';
import { outboundDefaults, type OutboundSwitches } from '../../../src/egain/switches.js';
import {
  translateOutbound,
  type OutboundDraft,
  type TranslatedOutbound,
} from '../../../src/egain/translate-outbound.js';

/** Enough of a stand-in for the real one, which lives in another room. */
const htmlToText = (html: string): string => html.replace(/<[^>]*>/g, '');

function translated(item: object, switches: Partial<OutboundSwitches> = {}): TranslatedOutbound {
  const parsed = parseCallback({
    messages: {
      message: [{ id: 'h-1', sender: { type: 'egain_agent' }, conversation: { id: 'c-1' }, ...item }],
    },
  });
  const [first] = parsed.ok ? parsed.items : [];
  if (first?.ok !== true) throw new Error('refused');
  return translateOutbound(
    first.message,
    { id: first.id, conversationId: first.conversationId, htmlToText },
    { ...outboundDefaults, ...switches },
  );
}

function message(item: object, switches: Partial<OutboundSwitches> = {}): OutboundDraft {
  const result = translated(item, switches);
  if (result.kind !== 'message') throw new Error(`ignored: ${result.reason}`);
  return result.message;
}

const text = (content: unknown, extra: object = {}): object => ({
  type: { value: 'text' },
  content,
  ...extra,
});

describe('text of an agent', () => {
  test('is read from html, which is kept', () => {
    expect(
      message(
        text({ html: '<b>Hello</b>' }, { sender: { type: 'egain_agent', participant: { name: 'Sam' } } }),
      ),
    ).toEqual({
      id: 'h-1',
      conversationId: 'c-1',
      type: 'text',
      sender: { type: 'egain_agent', name: 'Sam' },
      text: 'Hello',
      html: '<b>Hello</b>',
    });
  });

  test.each([
    [{ html: '<i>h</i>', text: 't', json: 'j' }, ['html', 'text', 'json'], 'h'],
    [{ html: '<i>h</i>', text: 't', json: 'j' }, ['text', 'html', 'json'], 't'],
    [{ html: '<i>h</i>', text: 't', json: { text: 'j' } }, ['json'], 'j'],
    [{ html: '<br>', text: 't' }, ['html', 'text'], 't'],
    [{ json: { content: 'deep' } }, ['html', 'text', 'json'], 'deep'],
    [{ json: '{"html":"<p>p</p>"}' }, ['html', 'text', 'json'], 'p'],
    ['a bare string', ['html', 'text', 'json'], 'a bare string'],
    ['{"not":"ours"}', ['html', 'text', 'json'], '{"not":"ours"}'],
  ] as const)('%j by preference %j reads "%s"', (content, textPreference, expected) => {
    expect(message(text(content), { textPreference }).text).toBe(expected);
  });

  test('files come with name, size and address, with or without words', () => {
    expect(
      message(
        text(undefined, {
          attachments: {
            attachment: [
              { name: 'invoice.pdf', contentType: 'application/pdf', size: '12', url: 'https://f.example/1' },
              { url: 'https://f.example/a%20b.png?signature=x', id: 'as-1', size: 'big' },
              {},
            ],
          },
        }),
      ),
    ).toMatchObject({
      type: 'text',
      attachments: [
        { name: 'invoice.pdf', contentType: 'application/pdf', size: 12, url: 'https://f.example/1' },
        { name: 'a b.png', assetId: 'as-1', url: 'https://f.example/a%20b.png?signature=x' },
        { name: 'file' },
      ],
    });
  });

  test.each([undefined, '', ' ', {}, { html: '' }, { html: '<p></p>' }])(
    '%j has nothing to deliver',
    (content) => {
      expect(translated(text(content))).toEqual({ kind: 'ignored', reason: 'empty' });
    },
  );

  test('the literal end is an end, unless switched off', () => {
    expect(message(text({ html: '<p>agent.end.conversation</p>' }))).toMatchObject({
      type: 'conversation.end',
    });
    expect(message(text({ html: '<p>agent.end.conversation</p>' }))).not.toHaveProperty('text');
    expect(message(text({ text: 'agent.end.conversation' }), { treatLiteralEnd: false }).type).toBe('text');
  });
});

describe('who sent it', () => {
  test('I3: an own message that comes back is dropped, unless switched off', () => {
    const echo = text({ text: 'mine' }, { sender: { type: 'customer' } });
    expect(translated(echo)).toEqual({ kind: 'ignored', reason: 'echo' });
    expect(message(echo, { dropEchoes: false })).toMatchObject({ sender: { type: 'customer' } });
  });

  test('a text of the hub is a system message, or dropped by switch', () => {
    const hub = text({ text: 'We are closed.' }, { sender: { type: 'system' } });
    expect(message(hub)).toMatchObject({ type: 'system', text: 'We are closed.' });
    expect(translated(hub, { forwardSystemMessages: false })).toEqual({
      kind: 'ignored',
      reason: 'system-message',
    });
  });

  test('a message without sender still arrives', () => {
    expect(message(text({ text: 'x' }, { sender: undefined })).sender).toEqual({ type: 'unknown' });
  });
});

describe('events', () => {
  test.each(['typing.start', 'typing.end', 'conversation.end'])('%s', (value) => {
    expect(message({ type: { value } })).toEqual({
      id: 'h-1',
      conversationId: 'c-1',
      type: value,
      sender: { type: 'egain_agent' },
    });
  });

  test.each([
    { json: { agentName: 'Ava' } },
    { json: '{"agentName":"Ava"}' },
    '{"agentName":"Ava"}',
    { agentName: 'Ava' },
  ])('agent.join tells the name out of %j', (content) => {
    expect(message({ type: { value: 'agent.join' }, content })).toMatchObject({
      type: 'agent.join',
      sender: { type: 'egain_agent', name: 'Ava' },
    });
  });

  test('conversation.state keeps its status and is not a system text', () => {
    expect(
      message({
        type: { value: 'conversation.state' },
        sender: { type: 'system' },
        content: { json: { status: 'escalated', content: '' } },
      }),
    ).toMatchObject({ type: 'conversation.state', raw: { content: { json: { status: 'escalated' } } } });
  });

  test('agent.unavailable says what the hub says', () => {
    expect(message({ type: { value: 'agent.unavailable' }, content: { text: 'Nobody here' } })).toMatchObject(
      {
        type: 'agent.unavailable',
        text: 'Nobody here',
      },
    );
    expect(message({ type: { value: 'agent.unavailable' } })).not.toHaveProperty('text');
  });

  test.each([{ text: 'https://x.example/p' }, { json: { url: 'https://x.example/p' } }])(
    'a pushed page in %j',
    (content) => {
      expect(message({ type: { value: 'pagePush' }, content })).toMatchObject({
        type: 'page.push',
        text: 'https://x.example/p',
      });
    },
  );

  test.each([
    ['agent.transfer', { json: { name: 'Kim' } }, { name: 'Kim' }],
    ['queue.transfer', '{"queueName":"Returns"}', { name: 'Returns' }],
    ['escalation.transfer', undefined, undefined],
    ['error', { json: { code: 'c-1', message: 'for developers' } }, { code: 'c-1' }],
    ['conversation.state', { json: { status: 'escalated' } }, { status: 'escalated' }],
    ['agent.available', undefined, undefined],
    ['customer.info', undefined, undefined],
  ])('%s with %j tells %j and no words', (value, content, event) => {
    const got = message({ type: { value }, content });
    expect(got).toMatchObject({ type: value, raw: { type: { value } } });
    expect(got.event).toEqual(event);
    expect(got).not.toHaveProperty('text');
  });

  test('what a message is about is kept', () => {
    expect(message({ type: { value: 'error' }, parent: { messageId: 'm-7' } }).replyTo).toBe('m-7');
    expect(message(text('x', { parent: { messageId: '' } }))).not.toHaveProperty('replyTo');
  });

  test('a type nobody has heard of keeps its name and everything in it', () => {
    expect(message({ type: { value: 'agent.dance' }, content: { text: 'la' }, steps: 3 })).toMatchObject({
      type: 'agent.dance',
      text: 'la',
      raw: { type: { value: 'agent.dance' }, steps: 3 },
    });
  });
});

describe('rich messages', () => {
  const picker = {
    type: 'list',
    version: '1',
    title: 'Which order?',
    subtitle: 'Last 30 days',
    list: {
      multipleSelection: 'false',
      sections: [
        { title: 'Old', order: 1, items: [{ id: 'ord-2', title: 'A-101' }] },
        {
          title: 'New',
          order: 0,
          multipleSelection: false,
          items: [{ id: 'ord-1', title: 'A-100', subtitle: 'Shoes', actions: [{ type: 'postback' }] }],
        },
      ],
    },
  };
  const rich = (kind: string, content: unknown): OutboundDraft =>
    message({ type: { value: `richMessage.${kind}` }, sender: { type: 'egain_bot' }, content });

  test.each([
    { json: picker },
    { json: JSON.stringify(picker) },
    JSON.stringify(picker),
    { text: JSON.stringify(picker) },
  ])('a list picker is read wherever it lies', (content) => {
    expect(rich('listpicker', content)).toMatchObject({
      type: 'rich',
      text: 'Which order?\nLast 30 days',
      rich: {
        kind: 'listpicker',
        title: 'Which order?',
        subtitle: 'Last 30 days',
        options: [
          { id: 'ord-1', title: 'A-100', subtitle: 'Shoes', section: 'New' },
          { id: 'ord-2', title: 'A-101', section: 'Old' },
        ],
        raw: picker,
      },
    });
    expect(rich('listpicker', content).rich).not.toHaveProperty('multiple');
  });

  test.each([true, 'true', 'True'])(
    'several may be chosen when multipleSelection is %j',
    (multipleSelection) => {
      const content = { json: { ...picker, list: { ...picker.list, multipleSelection } } };
      expect(rich('listpicker', content).rich?.multiple).toBe(true);
    },
  );

  test('a rich link shows page and title', () => {
    const content = {
      json: {
        type: 'web_url',
        images: [{ title: 'Coats', url: 'https://cdn.example/c.jpg', link: 'https://shop.example/coats' }],
      },
    };
    expect(rich('richlink', content)).toMatchObject({
      text: 'Coats: https://shop.example/coats',
      rich: { options: [], links: [{ title: 'Coats', url: 'https://shop.example/coats' }] },
    });
  });

  test.each([
    ['quickreply', { title: 'Sure?', items: [{ id: 'y', title: 'Yes' }] }, [{ id: 'y', title: 'Yes' }]],
    ['template', { text: 'Pick', buttons: [{ payload: 'p', label: 'L' }] }, [{ id: 'p', title: 'L' }]],
    ['form', { title: 'F', field: { options: [{ value: 'v' }] } }, [{ id: 'v', title: 'v' }]],
    [
      'timepicker',
      { event: { title: 'When?', timeslots: [{ id: 't1', startTime: '2026-01-01T10:00:00Z' }] } },
      [{ id: 't1', title: '2026-01-01T10:00:00Z', start: '2026-01-01T10:00:00Z' }],
    ],
  ])('options of a %s are found though its shape is not public', (kind, json, options) => {
    expect(rich(kind, { json }).rich?.options).toEqual(options);
    expect(rich(kind, { json }).text).toBeDefined();
  });

  test('one of no known shape still shows what there is to read', () => {
    expect(rich('payment', { json: { amount: 3, title: 'Pay', url: 'https://pay.example/1' } }).text).toBe(
      'Pay\nPay: https://pay.example/1',
    );
    expect(rich('app', 'Open the app').text).toBe('Open the app');
    expect(rich('app', undefined)).toMatchObject({ type: 'rich', rich: { kind: 'app', options: [] } });
  });

  test('never throws, whatever lies in it', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('richMessage.form', 'text', 'agent.join', 'x'),
        (json, value) => {
          for (const content of [json, { json }, { json: JSON.stringify(json) }]) {
            const result = translated({ type: { value }, content });
            expect(['message', 'ignored']).toContain(result.kind);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
