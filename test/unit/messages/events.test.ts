import { describe, expect, test } from '@jest/globals';
import { lineEvents, presentEvent, usualLines, type EventRules } from '../../../src/messages/events.js';
import type { OutboundMessage } from '../../../src/messages/model.js';
import { customerText } from '../../../src/messages/texts.js';

const rules: EventRules = {
  systemMessages: true,
  lines: lineEvents,
  onAgentUnavailability: 'off_hours',
  say: (name, parameters) => customerText(name, undefined, [], 'en-US', parameters),
};
const event = (type: string, more: Partial<OutboundMessage> = {}) => ({
  id: 'h-1',
  conversationId: 'c-1',
  type,
  sender: { type: 'egain_agent', name: 'Sam' },
  ...more,
});
const shown = (message: ReturnType<typeof event>, own: Partial<EventRules> = {}): string | undefined => {
  const result = presentEvent(message, { ...rules, ...own });
  if (result.kind === 'ignored') throw new Error(result.reason);
  return result.message.text;
};

describe('an event as a line of text', () => {
  test.each([
    ['agent.join', {}, 'Sam has joined the conversation.'],
    ['agent.join', { sender: { type: 'egain_agent' } }, 'An agent has joined the conversation.'],
    ['agent.available', {}, 'An agent is available now.'],
    ['agent.transfer', { event: { name: 'Kim' } }, 'You are being transferred to Kim.'],
    ['queue.transfer', { event: { name: 'Returns' } }, 'You are being transferred to Returns.'],
    ['queue.transfer', {}, 'You are being transferred to another agent.'],
    ['escalation.transfer', {}, 'You are being connected to an agent.'],
    ['conversation.state', { event: { status: 'escalated' } }, 'You are being connected to an agent.'],
    ['conversation.state', { event: { status: 'parked' } }, undefined],
    ['conversation.end', {}, 'The conversation has ended.'],
    ['error', { event: { code: 'c' } }, 'One of your messages could not be processed.'],
  ])('%s %j: %p', (type, more, line) => {
    expect(shown(event(type, more))).toBe(line);
  });

  test('that nobody is there is said as the account deals with it', () => {
    expect(shown(event('agent.unavailable'))).toMatch(/^Nobody is available/);
    const held = shown(event('agent.unavailable'), { onAgentUnavailability: 'retain_and_retry' });
    expect(held).toMatch(/^Thank you for your message/);
  });

  test('the hub’s own words go before ours', () => {
    expect(shown(event('agent.unavailable', { text: 'Back at 9.' }))).toBe('Back at 9.');
    expect(shown(event('agent.unavailable', { text: 'Back at 9.' }), { lines: [] })).toBe('Back at 9.');
  });

  test('only the events asked for get one; usually all but agent.available', () => {
    expect(shown(event('agent.join'), { lines: ['conversation.end'] })).toBeUndefined();
    expect(lineEvents.filter((type) => !usualLines.includes(type))).toEqual(['agent.available']);
  });

  test('a channel that wants no system messages gets events without words, and no words of the hub', () => {
    const own = { systemMessages: false };
    for (const type of lineEvents) expect(shown(event(type, { text: 'x', html: 'x' }), own)).toBeUndefined();
    expect(presentEvent(event('system', { text: 'closed' }), { ...rules, ...own })).toEqual({
      kind: 'ignored',
      reason: 'system-message',
    });
  });

  test('messages stay as they are', () => {
    for (const type of ['text', 'rich', 'page.push', 'typing.start', 'customer.info', 'agent.dance']) {
      expect(shown(event(type, { text: 'words' }), { systemMessages: false })).toBe('words');
      expect(shown(event(type))).toBeUndefined();
    }
  });
});
