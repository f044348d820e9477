import { describe, expect, test } from '@jest/globals';
import { webchatConfigSchema } from '../../../src/channels/webchat/config.js';
import { render, type ChatOperation } from '../../../src/channels/webchat/render.js';
import type { OutboundMessage } from '../../../src/messages/model.js';

const config = webchatConfigSchema.parse({ secrets: ['s'.repeat(40)] });
const message: OutboundMessage = {
  id: 'hub-1',
  conversationId: 'conversation-1',
  type: 'text',
  customer: { id: 'anon-1' },
  sender: { type: 'egain_agent', name: 'Sam' },
  text: 'Hello',
};
const events = (sample: OutboundMessage, maxTextLength?: number) =>
  render(sample, config, maxTextLength === undefined ? {} : { maxTextLength }).operations.map(
    ({ body }) => (body as ChatOperation).event,
  );

describe('what a web chat shows', () => {
  test('text that looks like markup is text', () => {
    const [event] = events({ ...message, text: '<script>alert(1)</script> 2 * 3 <3' });
    expect(event).toMatchObject({ type: 'text', text: '<script>alert(1)</script> 2 * 3 <3' });
    expect(event).not.toHaveProperty('content');
  });

  test('the conversation’s id stays with the bridge', () => {
    expect(JSON.stringify(render(message, config, {}))).not.toContain('conversation-1');
  });

  test('choices keep what a tap needs, files and links only harmless addresses', () => {
    const [event] = events({
      ...message,
      type: 'rich',
      attachments: [
        { name: 'a.pdf', url: 'https://bridge.example/assets/t', size: 5 },
        { name: 'b.pdf', url: 'javascript:alert(1)' },
      ],
      rich: {
        kind: 'listpicker',
        title: 'Which?',
        options: [{ id: 'o-1', title: 'One', subtitle: 'first', section: 'A' }],
        multiple: true,
        links: [{ url: 'https://x.example' }, { url: 'javascript:alert(1)' }],
        raw: { secret: true },
      },
    });
    expect(event).toEqual({
      key: expect.stringMatching(/:1$/),
      id: 'hub-1',
      type: 'rich',
      sender: { type: 'egain_agent', name: 'Sam' },
      text: 'Hello',
      attachments: [{ name: 'a.pdf', url: 'https://bridge.example/assets/t', size: 5 }],
      offer: {
        kind: 'listpicker',
        title: 'Which?',
        options: [{ id: 'o-1', title: 'One', subtitle: 'first', section: 'A' }],
        multiple: true,
        links: [{ url: 'https://x.example' }],
      },
    });
  });

  test('I5: a long text comes in parts, files and choices with the last one', () => {
    const parts = events(
      {
        ...message,
        text: 'one two three four five six',
        html: '<b>one</b> two three four five six',
        attachments: [{ name: 'a', url: 'https://x.example/a' }],
      },
      10,
    );
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map((part) => part.text).join('')).toBe('one two three four five six');
    expect(parts.map((part) => part.attachments?.length ?? 0)).toEqual([...parts.slice(1).map(() => 0), 1]);
    expect(parts.some((part) => part.content !== undefined)).toBe(false);
  });

  test('rich content without a form of its own is shown as text, nothing at all is a loss', () => {
    const rich = { kind: 'payment', options: [], raw: { title: 'Pay 5 EUR' } };
    expect(events({ ...message, type: 'rich', text: '', rich })[0]).toMatchObject({ text: 'Pay 5 EUR' });
    const { id, conversationId, customer, sender } = message;
    const wordless = { id, conversationId, customer, sender };
    expect(events({ ...wordless, type: 'rich', rich })[0]).toMatchObject({ text: 'Pay 5 EUR' });
    expect(render({ ...wordless, type: 'nobody.knows' }, config, {})).toMatchObject({
      operations: [],
      losses: [{ what: 'nobody.knows', shown: 'none' }],
    });
  });
});
