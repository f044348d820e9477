import { describe, expect, test } from '@jest/globals';
import { render } from '../../../src/channels/webhook/render.js';
import { webhookConfigSchema } from '../../../src/channels/webhook/config.js';
import { webhookAdapter } from '../../../src/channels/webhook/index.js';
import type { OutboundMessage } from '../../../src/messages/model.js';

const bare: OutboundMessage = {
  id: '8f3f6b0a-5a0e-4b42-a0f5-6f5b1f1e7b01',
  conversationId: 'c-1',
  type: 'text',
  customer: { id: 'u-42', name: 'Dana', email: 'dana@example.com' },
  sender: { type: 'egain_agent', name: 'Sam' },
};
const settings = (html?: string): object => ({
  url: 'https://chat.example.com/bridge',
  secrets: [`whsec_${Buffer.alloc(24, 7).toString('base64')}`],
  ...(html !== undefined && { html }),
});
const message: OutboundMessage = { ...bare, text: 'Hello Dana' };

describe('what the webhook channel sends', () => {
  test('has exactly the documented shape', () => {
    const html = '<b>Hello</b> Dana';
    const attachments = [
      {
        name: 'a.pdf',
        contentType: 'application/pdf',
        size: 1234,
        url: 'https://bridge.example/assets/t',
        assetId: 'hidden',
      },
    ];
    expect(render({ ...message, html, attachments }, {})).toStrictEqual({
      operations: [
        {
          key: '8f3f6b0a-5a0e-4b42-a0f5-6f5b1f1e7b01:1',
          kind: 'message',
          body: {
            id: '8f3f6b0a-5a0e-4b42-a0f5-6f5b1f1e7b01',
            conversationId: 'c-1',
            customer: { id: 'u-42' },
            type: 'text',
            sender: { type: 'egain_agent', name: 'Sam' },
            text: 'Hello Dana',
            html,
            attachments: [
              {
                name: 'a.pdf',
                contentType: 'application/pdf',
                size: 1234,
                url: 'https://bridge.example/assets/t',
              },
            ],
          },
        },
      ],
      losses: [],
    });
  });

  test('I5: a long text goes in parts with keys of their own; files and lists come with the last', () => {
    const rich = { kind: 'quickreply', options: [{ id: 'y', title: 'Yes' }], raw: { a: 1 } };
    const plan = render(
      { ...message, html: '<p>', rich, attachments: [{ name: 'a', url: 'https://b.example/a' }] },
      { maxTextLength: 6 },
    );
    expect(plan.operations.map(({ key }) => key.slice(-2))).toEqual([':1', ':2']);
    expect(plan.operations.map(({ body }) => body)).toEqual([
      expect.objectContaining({ text: 'Hello ', part: { index: 1, of: 2 } }),
      expect.objectContaining({
        text: 'Dana',
        part: { index: 2, of: 2 },
        rich,
        attachments: [{ name: 'a', url: 'https://b.example/a' }],
      }),
    ]);
    expect(plan.operations[0]?.body).not.toHaveProperty('rich');
    expect(plan.operations[0]?.body).not.toHaveProperty('attachments');
    expect(plan.losses).toEqual([
      { what: 'html', why: 'the text is longer than one message', shown: 'text' },
    ]);
  });

  test('a list without text carries its text for receivers that show no lists', () => {
    const rich = { kind: 'listpicker', title: 'Which?', options: [{ id: '1', title: 'A' }], raw: {} };
    expect(render({ ...bare, type: 'rich', rich }, {}).operations[0]?.body).toMatchObject({
      text: 'Which?\n1. A',
      rich,
    });
  });

  test('a file without an address is a loss, not a dead link', () => {
    const plan = render({ ...message, attachments: [{ name: 'a.pdf', assetId: 'x' }] }, {});
    expect(plan.operations[0]?.body).not.toHaveProperty('attachments');
    expect(plan.losses).toEqual([{ what: 'attachment', why: 'it has no address', shown: 'none' }]);
  });

  test('types the bridge has no word for arrive with their name and content', () => {
    const plan = render({ ...bare, type: 'queue.transfer', raw: { type: { value: 'queue.transfer' } } }, {});
    expect(plan.operations).toEqual([
      expect.objectContaining({
        kind: 'control',
        body: expect.objectContaining({ type: 'queue.transfer', raw: { type: { value: 'queue.transfer' } } }),
      }),
    ]);
  });

  test.each([
    ['typing.start', 'typing'],
    ['typing.end', 'typing'],
    ['text', 'message'],
    ['conversation.end', 'control'],
  ])('%s is one operation of kind %s', (type, kind) => {
    expect(render({ ...bare, type }, {}).operations.map((operation) => operation.kind)).toEqual([kind]);
  });

  test('I3: ids that are unique only within a conversation do not collide, and any id makes a valid header', () => {
    const keyOf = (id: string, conversationId: string): string =>
      render({ ...message, id, conversationId }, {}).operations[0]?.key ?? '';
    const keys = [keyOf('1', 'c-1'), keyOf('1', 'c-2'), keyOf('1"', 'c'), keyOf('नमस्ते\r\nx: y', 'c-1')];
    expect(new Set(keys).size).toBe(4);
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}:1$/);
  });
});

describe('an agent’s HTML, by the channel’s setting', () => {
  const html = '<p onclick="x()">Hello <a href="javascript:x">Dana</a></p>';
  const sent = (as: 'as-sent' | 'sanitised' | 'none') => {
    const { operations, losses } = render({ ...message, html }, {}, { html: as });
    return [operations.map(({ body }) => (body as { html?: string }).html), losses];
  };

  test('as it was sent, with known elements only, or not at all; the text always', () => {
    expect(sent('as-sent')).toEqual([[html], []]);
    expect(sent('sanitised')).toEqual([['<p>Hello Dana</p>'], []]);
    expect(sent('none')).toEqual([[undefined], [{ what: 'html', why: 'channel', shown: 'text' }]]);
    expect(render({ ...message, html }, {}, { html: 'none' }).operations[0]?.body).toMatchObject({
      text: 'Hello Dana',
    });
    const deep = render({ ...message, html: '<b>'.repeat(100) }, {}, { html: 'sanitised' });
    expect(deep.losses).toEqual([{ what: 'html', why: 'too-deep', shown: 'text' }]);
  });

  test('a channel without it can do no markup, which its manifest may not claim', () => {
    expect(webhookAdapter.capabilities(webhookConfigSchema.parse(settings('none'))).text.markup).toBe('none');
    expect(webhookAdapter.capabilities(webhookConfigSchema.parse(settings())).text.markup).toBe('html');
  });
});
