import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fit, type FitContext, type Fitted } from '../../../src/messages/fit.js';
import type { OutboundMessage, RichContent } from '../../../src/messages/model.js';
import type { OutboundRestrictions } from '../../../src/messages/outbound-policy.js';
import { customerText } from '../../../src/messages/texts.js';
import { anyText } from '../../support/any-text.js';

const native = {
  listpicker: 'native',
  quickreply: 'native',
  timepicker: 'native',
  richlink: 'native',
  form: 'native',
  authentication: 'native',
  pagePush: 'native',
} as const;
const context = (restrictions: OutboundRestrictions = {}, over: Partial<FitContext> = {}): FitContext => ({
  restrictions,
  capabilities: { rich: native },
  language: 'en',
  say: (name, parameters) => customerText(name, 'en', [], 'en', parameters),
  draw: (index, attempt) => Uint8Array.of(9, 8, 7, 6, 5, 4, attempt, index),
  ...over,
});
const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: 'hub-1',
  conversationId: 'c-1',
  type: 'text',
  customer: { id: 'u' },
  sender: { type: 'egain_agent' },
  ...over,
});
const rich = (over: Partial<RichContent> = {}): OutboundMessage =>
  message({
    type: 'rich',
    rich: {
      kind: 'listpicker',
      title: 'Which?',
      options: [
        { id: 'a', title: 'One' },
        { id: 'b', title: 'Two' },
      ],
      raw: {},
      ...over,
    },
  });
const fitted = (original: OutboundMessage, from: FitContext = context()): Fitted => fit(original, from);

describe('the manifest decides what reaches the customer', () => {
  test('everything, where nothing is declared', () => {
    const original = message({ text: 'a', html: '<b>a</b>', attachments: [{ name: 'x.exe' }] });
    expect(fitted(original)).toEqual({ message: original, losses: [], refusedFiles: [] });
  });

  test('HTML goes only where rich text is a feature, and its loss is told', () => {
    const original = message({ text: 'a', html: '<b>a</b>' });
    const without = fitted(original, context({ features: ['typing_events'] }));
    expect(without.message).not.toHaveProperty('html');
    expect(without.message.text).toBe('a');
    expect(without.losses).toEqual([{ what: 'html', why: 'manifest', shown: 'text' }]);
    expect(fitted(original, context({ features: ['richText'] })).message.html).toBe('<b>a</b>');
    expect(fitted(message({ text: 'a', html: 'a' }), context({ features: ['x'] })).losses).toEqual([]);
  });

  test('a refused file is left out and the customer reads that there was one; the rest goes', () => {
    const original = message({
      text: 'see',
      html: '<p>see</p>',
      attachments: [{ name: 'good.pdf' }, { name: 'bad<x>.EXE' }],
    });
    const policy = { attachmentPolicy: { type: 'block', extensions: ['exe'] } } as const;
    const result = fitted(original, context(policy));
    expect(result.message.attachments).toEqual([{ name: 'good.pdf' }]);
    expect(result.message.text).toBe('see\nA file meant for you, "bad<x>.EXE", could not be delivered.');
    expect(result.message.html).toContain('<p>see</p><p>A file meant for you, &quot;bad&lt;x&gt;.EXE&quot;');
    expect(result.refusedFiles).toEqual([{ index: 1, reason: 'file-extension', params: ['exe'] }]);
    expect(result.losses).toEqual([{ what: 'attachment', why: 'file-extension', shown: 'text' }]);
  });

  test('no file at all where files are no feature', () => {
    const result = fitted(message({ attachments: [{ name: 'a.png' }] }), context({ features: ['richText'] }));
    expect(result.message).not.toHaveProperty('attachments');
    expect(result.message.text).toMatch(/a\.png/);
    expect(result.refusedFiles).toEqual([{ index: 0, reason: 'files-not-allowed', params: [] }]);
  });

  test.each([
    [{ richMessageTypes: ['quickreply'] }, 'listpicker', 'manifest'],
    [{ richMessageTypes: ['ListPicker'] }, 'listpicker', undefined],
    [{ richMessageTypes: ['richMessage.listpicker'] }, 'listpicker', undefined],
    [{ richMessageTypes: [] }, 'listpicker', undefined],
    [{ midChatAuth: false }, 'authentication', 'manifest'],
    [{ midChatAuth: true }, 'authentication', undefined],
    [{}, 'hologram', 'channel'],
  ])('%j: a %s is native or a text with a loss', (restrictions, kind, why) => {
    const result = fitted(rich({ kind }), context(restrictions));
    expect(result.losses).toEqual(
      why === undefined ? [] : [{ what: kind === 'hologram' ? 'rich' : kind, why, shown: 'text' }],
    );
    expect(result.message.type).toBe(why === undefined ? 'rich' : 'text');
    expect('rich' in result.message).toBe(why === undefined);
    expect(result.message.text).toBe('Which?\n1. One\n2. Two\nReply with a number.');
    expect(result.rich?.options).toHaveLength(2);
  });
});

describe('what the channel can show natively', () => {
  test.each([
    [{ maxOptions: 1, multiple: true }, {}, 'too-many-options'],
    [{ maxOptions: 2, multiple: false }, { multiple: true }, 'several-choices'],
    [{ maxOptions: 2, multiple: true }, { multiple: true }, undefined],
  ])('%j', (choices, over, why) => {
    const result = fitted(rich(over), context({}, { capabilities: { rich: native, choices } }));
    expect(result.losses).toEqual(why === undefined ? [] : [{ what: 'listpicker', why, shown: 'text' }]);
  });

  test('options carry tokens, the same ones every time', () => {
    const [first, second] = [fitted(rich()), fitted(structuredClone(rich()))];
    expect(first).toEqual(second);
    const tokens = first.message.rich?.options.map(({ token }) => token) ?? [];
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(token).toMatch(/^c\.[0-9A-Za-z]{6}$/);
  });

  test('a page push is a line of text where the channel has none', () => {
    const push = message({ type: 'page.push', text: 'https://shop.example/coats', raw: {} });
    expect(fitted(push).message).toEqual(push);
    const result = fitted(push, context({}, { capabilities: { rich: {} } }));
    expect(result.message).toMatchObject({ type: 'text', text: 'Please open: https://shop.example/coats' });
    expect(result.losses).toEqual([{ what: 'pagePush', why: 'channel', shown: 'text' }]);
  });
});

describe('the best text form', () => {
  const asText = (content: Partial<RichContent>, over: Partial<FitContext> = {}): string | undefined =>
    fitted(
      rich({ title: 'T', options: [], ...content }),
      context({}, { capabilities: { rich: {} }, ...over }),
    ).message.text;

  test.each([
    ['en-GB', 'Europe/Lisbon', /Mon,? 5 Jan 2026,? (at )?10:00/],
    ['en-US', 'America/New_York', /Mon, Jan 5, 2026,? (at )?5:00.AM/],
    ['de-DE', 'Europe/Berlin', /Mo\.?, 5\. Jan\.? 2026.* 11:00/],
    ['ar-EG', 'Africa/Cairo', /١٢:٠٠/],
    ['en-GB', undefined, /10:00 UTC/],
    ['en-GB', 'No/Such_Zone', /10:00 UTC/],
    ['x-nonsense!', 'Europe/Lisbon', /10:00/],
  ])('time slots in %s at %s', (language, timeZone, expected) => {
    const options = [{ id: 's', title: '2026-01-05T10:00:00Z', start: '2026-01-05T10:00:00Z' }];
    const context = timeZone === undefined ? { language } : { language, timeZone };
    expect(asText({ kind: 'timepicker', options }, context)).toMatch(expected);
  });

  test('a slot without a known zone keeps the offset it was written with; a name stands behind its time', () => {
    const options = [{ id: 's', title: 'Morning', start: '2026-01-05T10:00:00+05:30' }];
    expect(asText({ kind: 'timepicker', options }, { language: 'en-GB' })).toMatch(
      /10:00 UTC\+5:30 – Morning$/m,
    );
  });

  test('a form asks for its fields', () => {
    const fields = [
      { id: 'n', title: 'Your name' },
      { id: 's', title: 'Size', options: ['S', 'M'] },
    ];
    expect(asText({ kind: 'form', fields })).toBe(
      'T\n• Your name\n• Size (S / M)\nPlease reply with these details.',
    );
  });

  test('a payment tells its amount', () => {
    const links = [{ title: 'Pay now', url: 'https://pay.example/1' }];
    expect(asText({ kind: 'payment', links, amount: { value: 12.5, currency: 'EUR' } })).toBe(
      'T\n€12.50\nPay now (https://pay.example/1)',
    );
    expect(asText({ kind: 'payment', amount: { value: 3, currency: 'QQQ' } })).toMatch(/QQQ.?3\.00/);
    expect(asText({ kind: 'payment', amount: { value: 3 } })).toBe('T\n3');
  });

  test('numbers stay in their place beside titles that read from right to left', () => {
    const options = [{ id: 'a', title: 'שלום', subtitle: 'A-1' }];
    expect(asText({ options })).toContain('1. \u2068שלום\u2069 – \u2068A-1\u2069');
    expect(asText({ options: [{ id: 'a', title: 'A-1' }] }, { language: 'ar' })).toContain(
      '1. \u2068A-1\u2069',
    );
  });

  test('a title on several lines is one entry', () => {
    expect(asText({ options: [{ id: 'a', title: 'one\n2. two' }] })).toMatch(/^1\. one 2\. two$/m);
  });

  test('content nobody can read is told, not dropped', () => {
    const result = fitted(
      message({ type: 'rich', rich: { kind: 'hologram', options: [], raw: { data: 1 } } }),
      context(),
    );
    expect(result.message).toMatchObject({ type: 'text', text: 'This kind of content cannot be sent here.' });
    expect(result.losses).toContainEqual({ what: 'content', why: 'unreadable', shown: 'none' });
  });
});

test('halves of characters and NUL never leave', () => {
  expect(fitted(message({ text: 'a\ud800\0b', html: '<p>\udc00' })).message).toMatchObject({
    text: 'a\ufffd\ufffdb',
    html: '<p>\ufffd',
  });
});

test('any content gives a message that survives being stored, twice the same', () => {
  const text = anyText({ maxLength: 10 });
  const anyRich = fc.record({
    kind: fc.constantFrom('listpicker', 'form', 'timepicker', 'payment', '__proto__', 'hologram'),
    title: text,
    options: fc.array(fc.record({ id: text, title: text, subtitle: text, section: text, start: text }), {
      maxLength: 25,
    }),
    multiple: fc.boolean(),
    raw: fc.jsonValue(),
  });
  fc.assert(
    fc.property(anyRich, fc.constantFrom({}, native), (content, capabilities) => {
      const original = message({ type: 'rich', rich: content });
      const from = context({}, { capabilities: { rich: capabilities } });
      const result = fitted(original, from);
      expect(fitted(structuredClone(original), from)).toEqual(result);
      expect(result.message.text ?? result.message.rich).toBeDefined();
    }),
  );
});
