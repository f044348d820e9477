/** Every type that makes sense in a chat, through the running service: up from the page, and down to it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { chatTypes } from '../../src/channels/webchat/inbound-schema.js';
import type { ActionInput } from '../../src/simulator/agents/actions.js';
import { ChatTab, type ChatStream, type SeenEvent } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type World } from '../support/world.js';

const received = z
  .looseObject({
    'x-egain-message-types': z.array(z.object({ value: z.string(), agent: z.boolean(), bot: z.boolean() })),
  })
  .parse(parse(readFileSync('src/egain/openapi.yaml', 'utf8')))
  ['x-egain-message-types'].filter(({ agent, bot }) => agent || bot)
  .map(({ value }) => value);

let world: World;
let tab: ChatTab;
let stream: ChatStream;
let conversation: string;

beforeAll(async () => {
  const chat = {
    adapter: 'webchat',
    secrets: ['a-secret-of-the-chat-tests-0123456789'],
    manifest: { type: 'custom.chat', displayName: 'Chat' },
    account: { address: 'acme-chat' },
  };
  world = await startWorld({ overrides: { channels: { chat } } });
  const bridge = await world.startBridge();
  connect(world, bridge);
  tab = await ChatTab.open(bridge.url, 'chat');
  stream = await tab.stream();
  expect((await tab.say('hello')).status).toBe(202);
  conversation = (await eventually(() => world.simulator.control.conversations()[0])).id;
  world.simulator.control.act(conversation, { do: 'join', name: 'Sam' });
  await stream.until(({ events }) => events.some(({ data }) => data['type'] === 'agent.join'));
}, 60_000);
afterAll(async () => {
  stream.close();
  await world.stop();
});

/** What the page is told because of one action; a text behind it says when there was nothing. */
async function told(action: ActionInput): Promise<SeenEvent[]> {
  const before = stream.events.length;
  const end = `end of it ${before}`;
  world.simulator.control.act(conversation, action);
  world.simulator.control.act(conversation, { do: 'text', text: end });
  await stream.until((open) => open.texts().includes(end));
  return stream.events.slice(before).filter(({ data }) => data['text'] !== end);
}

/** What a chat shows of each: words, something of its own, or nothing. */
const shown: Readonly<Record<string, object | undefined>> = {
  text: { type: 'text', text: 'How can I help?', content: expect.any(Array) },
  'typing.start': { type: 'typing.start' },
  'typing.end': { type: 'typing.end' },
  'customer.info': undefined,
  error: { type: 'error', text: 'One of your messages could not be processed.' },
  'escalation.transfer': { type: 'escalation.transfer', text: 'You are being connected to an agent.' },
  pagePush: { type: 'page.push', text: 'https://help.example.com/returns' },
  'conversation.state': { type: 'conversation.state', text: 'You are being connected to an agent.' },
  'agent.join': { type: 'agent.join', text: 'Sam has joined the conversation.' },
  'agent.available': undefined,
  'agent.unavailable': { type: 'agent.unavailable', text: expect.stringMatching(/^Nobody is available/) },
  'agent.transfer': { type: 'agent.transfer', text: 'You are being transferred to Kim.' },
  'queue.transfer': { type: 'queue.transfer', text: 'You are being transferred to Returns.' },
  ...Object.fromEntries(
    ['listpicker', 'quickreply', 'timepicker', 'richlink', 'template'].map((kind) => [
      `richMessage.${kind}`,
      { type: 'rich', text: expect.any(String), offer: expect.objectContaining({ kind }) },
    ]),
  ),
  // What the page has no form for is words.
  ...Object.fromEntries(
    ['form', 'payment', 'app', 'authentication'].map((kind) => [
      `richMessage.${kind}`,
      { type: 'text', text: expect.stringMatching(/\w/) },
    ]),
  ),
  'conversation.end': { type: 'conversation.end', text: 'The conversation has ended.' },
};

describe('down to the page', () => {
  test('each of the 23 types a customer may receive is decided on', () => {
    expect(Object.keys(shown).sort()).toEqual(received.toSorted());
  });

  test.each(Object.keys(shown).filter((type) => type !== 'conversation.end'))('%s', async (type) => {
    const events = await told({ do: 'sample', type } as ActionInput);
    const expected = shown[type];
    expect(events.map(({ data }) => data)).toEqual(
      expected === undefined ? [] : [expect.objectContaining(expected)],
    );
    const typing = type.startsWith('typing.');
    expect(events.map(({ name }) => name)).toEqual(
      expected === undefined ? [] : [typing ? 'fleeting' : 'message'],
    );
  });
});

describe('up from the page', () => {
  const heard = () =>
    world.simulator
      .records()
      .flatMap((record) =>
        record.kind === 'message' && record.direction === 'inbound' ? [record.message.type.value] : [],
      );

  test.each(chatTypes.filter((type) => type !== 'conversation.end'))('%s', async (type) => {
    const before = heard().length;
    const text = type === 'text' ? { text: 'words' } : { text: '' };
    const choices = type === 'choice' ? { choices: [{ id: 'x', title: 'An option' }] } : {};
    expect((await tab.say('', { type, ...text, ...choices })).status).toBe(202);
    expect(await eventually(() => heard()[before])).toBe(type === 'choice' ? 'text' : type);
  });

  test('conversation.end, and the next words begin anew', async () => {
    expect((await tab.say('', { type: 'conversation.end' })).status).toBe(202);
    await eventually(() => world.simulator.control.conversation(conversation)?.endedBy === 'customer');
    expect((await tab.say('once more')).status).toBe(202);
    await eventually(() => world.simulator.control.conversations().length === 2);
  });

  test('conversation.end from the other side is told to the page', async () => {
    const [, second] = world.simulator.control.conversations();
    // The customer's own words are told too, for other tabs.
    const theirs = () => stream.events.filter(({ data }) => data['own'] !== true);
    const before = theirs().length;
    world.simulator.control.act(second?.id ?? '', { do: 'end' });
    await stream.until(() => theirs().length > before);
    expect(
      theirs()
        .slice(before)
        .map(({ data }) => data),
    ).toEqual([expect.objectContaining(shown['conversation.end'] ?? {})]);
  });

  test('what a chat has no right to say is ignored, and disturbs nothing', async () => {
    const before = heard().length;
    for (const type of ['authentication.success', 'message.delete', 'customer.info', 'error'])
      expect((await tab.say('', { type })).status).toBe(202);
    expect((await tab.say('after all that')).status).toBe(202);
    await eventually(() => heard().length > before);
    expect(heard().slice(before)).toEqual(['text']);
  });
});
