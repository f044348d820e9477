import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  readConversation,
  readExchange,
  readFault,
  readSummary,
} from '../../../src/simulator/desk/browser/wire.js';

describe('the desk reads what the control API tells', () => {
  const conversation = {
    id: 'c-1',
    phase: 'agent',
    customer: { name: 'Dana' },
    contact: 'email:dana@example.com',
    channelType: 'custom.support',
    address: 'acme',
    created: '2030-01-01T10:00:00.000Z',
    lastActivity: '2030-01-01T10:00:01.000Z',
    messageCount: 2,
    deleted: ['m-2'],
    messages: [
      {
        id: 'm-1',
        type: { value: 'text' },
        content: { text: 'hello' },
        sender: { type: 'customer', participant: { name: 'Dana' } },
        created: '2030-01-01T10:00:00.000Z',
        attachments: {
          attachment: [
            { id: 'a/1', name: 'a.png', contentType: 'image/png', size: 2048 },
            { name: 'b.txt', url: 'https://files.example/b', size: '12' },
          ],
        },
      },
      {
        id: 'm-2',
        type: { value: 'richMessage.listpicker' },
        content: { json: { title: 'Which?' } },
        sender: { type: 'egain_agent' },
        parent: { messageId: 'm-1' },
        created: '2030-01-01T10:00:01.000Z',
      },
    ],
  };

  test('a conversation with its messages and files', () => {
    const read = readConversation(conversation);
    expect(read).toMatchObject({ id: 'c-1', customer: 'Dana', channel: 'custom.support', count: 2 });
    expect(read.messages).toMatchObject([
      {
        text: 'hello',
        fromCustomer: true,
        sender: 'Dana',
        deleted: false,
        files: [
          { name: 'a.png', size: '2 KB', url: '/control/files/a%2F1/content' },
          { name: 'b.txt', size: '12 B', url: 'https://files.example/b' },
        ],
      },
      { rest: '{"title":"Which?"}', fromCustomer: false, sender: 'agent', answersTo: 'm-1', deleted: true },
    ]);
  });

  test('a customer without a name is known by the contact', () => {
    const named = (contact: string): string =>
      readSummary({ ...conversation, customer: {}, contact }).customer;
    expect(named('email:dana@example.com')).toBe('dana');
    expect(named('phone.mobile:15550100123')).toBe('15550100123');
    expect(named('email:anon-64acedfe3df700400abdff4deb73c640@chat.channel.invalid')).toBe('anon-64acedf…');
  });

  test('what an agent’s text in content.json holds is a text', () => {
    const read = readConversation({ messages: [{ content: { json: { content: 'hi' } } }] });
    expect(read.messages[0]).toMatchObject({ text: 'hi', rest: '' });
  });

  test('a fault with what it does, and how often it did', () => {
    const fault = { kind: 'delay', operation: 'sendMessage', ms: 5, probability: 1, after: 0 };
    expect(readFault({ id: 'f-1', fault, struck: 3 })).toEqual({
      id: 'f-1',
      what: 'delay, operation sendMessage, ms 5',
      struck: 3,
    });
  });

  test('a callback with headers and bodies that can be read, and one that was not answered', () => {
    const request = { url: 'http://127.0.0.1:1/cb', headers: { a: 'b' }, body: '{"x":1}' };
    const good = {
      number: 4,
      outcome: 'delivered',
      attempt: 1,
      durationMs: 7,
      request,
      answer: { status: 200, body: 'ok' },
    };
    expect(readExchange(good)).toMatchObject({
      number: '4',
      good: true,
      title: 'delivered · 200 · attempt 1 · 7 ms',
      request: 'POST http://127.0.0.1:1/cb\na: b\n\n{\n  "x": 1\n}',
    });
    expect(readExchange({ outcome: 'retry', error: 'refused', request })).toMatchObject({
      good: false,
      answer: 'no answer: refused',
    });
  });

  test('a callback that was held up says for how long', () => {
    const body = JSON.stringify({ messages: { message: [{ created: '2030-01-01T10:00:00.000Z' }] } });
    const exchange = (at: string) =>
      readExchange({
        at,
        outcome: 'delivered',
        attempt: 1,
        durationMs: 8,
        request: { body },
        answer: { status: 200 },
      });
    expect(exchange('2030-01-01T10:00:03.008Z').title).toBe(
      'delivered · 200 · attempt 1 · 8 ms · begun 3.0 s late',
    );
    expect(exchange('2030-01-01T10:00:00.020Z').title).toBe('delivered · 200 · attempt 1 · 8 ms');
  });

  test('whatever comes, there is something to show', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of [readConversation, readSummary, readFault, readExchange]) read(value);
      }),
    );
  });
});
