import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCallback, type CallbackItem } from '../../../src/egain/parse-callback.js';

const text = {
  id: '8f3f6b0a-5a0e-4b42-a0f5-6f5b1f1e7b01',
  messageId: 'a-1',
  type: { value: 'text' },
  content: { html: 'Hello' },
  sender: { type: 'egain_agent', participant: { name: 'Sam' } },
  conversation: { id: 'c-1' },
};
const items = (...message: unknown[]): readonly CallbackItem[] => {
  const parsed = parseCallback({ messages: { message } }, () => 'made-up');
  if (!parsed.ok) throw new Error(`refused: ${parsed.field}`);
  return parsed.items;
};

describe('a callback body', () => {
  test('gives every message with its id, conversation and duplicate key', () => {
    expect(items(text, { ...text, id: 'h-2' })).toMatchObject([
      { ok: true, id: text.id, conversationId: 'c-1', dedupeKey: text.id },
      { ok: true, id: 'h-2', conversationId: 'c-1', dedupeKey: 'h-2' },
    ]);
  });

  test('I3: without a hub id the duplicate key is conversation and messageId', () => {
    expect(items({ ...text, id: undefined })).toMatchObject([{ id: 'a-1', dedupeKey: 'c-1:a-1' }]);
    expect(items({ ...text, id: '' })).toMatchObject([{ id: 'a-1', dedupeKey: 'c-1:a-1' }]);
  });

  test('I6: a message without any id is kept, and never taken for a repeat', () => {
    const [item] = items({ type: { value: 'text' }, conversation: { id: 'c-1' } });
    expect(item).toMatchObject({ ok: true, id: 'made-up' });
    expect(item).not.toHaveProperty('dedupeKey');
  });

  test('keeps what it does not know', () => {
    const [item] = items({ ...text, surprise: { deep: [1] }, content: { html: 'x', mood: 'good' } });
    expect(item).toMatchObject({ message: { surprise: { deep: [1] }, content: { mood: 'good' } } });
  });

  test('I1: one bad item does not spoil the others', () => {
    expect(
      items(
        text,
        { ...text, type: {} },
        7,
        { ...text, conversation: { id: '' } },
        { ...text, id: 'h-5' },
      ).map((item) => (item.ok ? item.id : item.field)),
    ).toEqual([
      text.id,
      expect.stringContaining('messages.message.1.type'),
      'messages.message.2',
      expect.stringContaining('messages.message.3.conversation.id'),
      'h-5',
    ]);
  });

  test.each([
    ['id', { id: 'x'.repeat(256) }],
    ['id', { id: 'a\nb' }],
    ['messageId', { id: undefined, messageId: '\u009b31m' }],
    ['conversation.id', { conversation: { id: 'c\0' } }],
    ['conversation.id', { conversation: { id: 'c'.repeat(10_000) } }],
  ])('an %s that nobody could show is refused by name, the rest of the batch is read', (field, more) => {
    expect(items({ ...text, ...more }, text)).toMatchObject([
      { ok: false, field: `messages.message.0.${field}`, reason: expect.stringContaining('255') },
      { ok: true, id: text.id },
    ]);
  });

  test('a strange optional field does not cost the message', () => {
    expect(
      items({
        ...text,
        id: 17,
        content: 5,
        sender: 'x',
        attachments: 'none',
        parent: [],
        created: {},
      }),
    ).toMatchObject([{ ok: true, id: '17', message: { type: { value: 'text' } } }]);
  });

  test('reads a type given as a word, a single message, and a plain list of files', () => {
    expect(items({ ...text, type: 'typing.start' })).toMatchObject([
      { message: { type: { value: 'typing.start' } } },
    ]);
    expect(parseCallback({ messages: { message: text } })).toMatchObject({
      ok: true,
      items: [{ id: text.id }],
    });
    expect(items({ ...text, attachments: [{ name: 'a' }, 3] })).toMatchObject([
      { message: { attachments: { attachment: [{ name: 'a' }] } } },
    ]);
  });

  test.each([
    [undefined, ''],
    [[], ''],
    ['x', ''],
    [{}, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: {} }, 'messages.message'],
    [{ messages: { message: 'x' } }, 'messages.message'],
    [{ messages: { message: Array.from({ length: 1001 }, () => text) } }, 'messages.message'],
  ])('%j is malformed at "%s"', (body, field) => {
    expect(parseCallback(body)).toMatchObject({ ok: false, field });
  });

  test('an empty list is a valid, empty batch', () => {
    expect(items()).toEqual([]);
  });

  test('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        parseCallback(value);
        expect(items(value)).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});
