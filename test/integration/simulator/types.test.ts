import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type MessageType, messageTypes } from '../../../src/simulator/conversations/message-types.js';
import { problemsOf } from '../../support/api-description.js';
import { type Bench, call, codeOf, conversationOf, startBench, starting, until } from './support.js';

const parent = { parent: { messageId: 'm-1' } };
const customer = { name: 'Dana E.' };
/** What each type a customer may send needs besides sender and conversation. */
const bodies: Partial<Record<MessageType, (id: string) => Record<string, unknown>>> = {
  text: () => ({ content: { text: 'hello' } }),
  'typing.start': () => ({}),
  'typing.end': () => ({}),
  'customer.info': (id) => ({ conversation: { id, customer } }),
  'customer.active': () => ({}),
  'customer.inactive': () => ({}),
  'authentication.success': () => ({ ...parent, content: { json: { user: 'dana' } } }),
  'authentication.failure': () => parent,
  error: () => ({ content: { json: { code: 'unsupported' } } }),
  'delete.soft': () => parent,
  'delete.permanent': () => parent,
  undo: () => parent,
  'conversation.end': () => ({}),
};
const mine = messageTypes.filter((type) => bodies[type] !== undefined);
const notMine = messageTypes.filter((type) => bodies[type] === undefined);
const schemas: Readonly<Record<string, string>> = {
  'richMessage.listpicker': 'ListPickerContent',
  'richMessage.richlink': 'RichLinkContent',
  'richMessage.quickreply': 'QuickReplyContent',
  'richMessage.timepicker': 'TimePickerContent',
  'conversation.state': 'ConversationStateContent',
  'agent.join': 'AgentJoinContent',
  error: 'ErrorContent',
};

let bench: Bench;
let id: string;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.simulator.control.reset();
  bench.receiver.received.length = 0;
  id = conversationOf(await bench.send(starting('m-1', 'hello')));
});
const message = (type: MessageType) => ({
  type: { value: type },
  sender: { type: 'customer' },
  conversation: { id },
  ...bodies[type]?.(id),
});

test('13 types are a customer’s, 17 are not', () => {
  expect([mine.length, notMine.length]).toEqual([13, 17]);
});

test.each(mine)('%s from a customer is taken', async (type) => {
  expect((await bench.send(message(type))).status).toBe(202);
  expect(bench.simulator.control.conversation(id)?.messages.at(-1)?.type.value).toBe(type);
});

test.each(notMine)('%s from a customer is refused', async (type) => {
  expect(codeOf(await bench.send({ ...message(type), content: { json: { title: 'x' } } }))).toBe('400-901');
});

test.each(mine.filter((type) => type !== 'text'))('%s opens no conversation', async (type) => {
  const { conversation } = starting('m-2', '', '15550100999');
  expect(codeOf(await bench.send({ ...message(type), conversation }))).toBe('400-143');
});

test.each(mine.filter((type) => bodies[type]?.('')['parent'] !== undefined))(
  '%s without the message it is about is refused',
  async (type) => {
    expect(codeOf(await bench.send({ ...message(type), parent: undefined }))).toBe('400-143');
  },
);

describe('to the customer', () => {
  const typesSchema = z.object({
    types: z.array(
      z.object({ type: z.enum(messageTypes), customer: z.boolean(), agent: z.boolean(), bot: z.boolean() }),
    ),
  });

  test('each of the 23 types is sent with a body of its own, by somebody who may', async () => {
    const { controlUrl } = bench.simulator;
    const { types } = typesSchema.parse((await call('GET', `${controlUrl}/types`)).json);
    const receivable = types.filter(({ agent, bot }) => agent || bot).map(({ type }) => type);
    expect(receivable).toHaveLength(23);
    expect(receivable.at(-1)).toBe('conversation.end');
    for (const type of receivable) {
      const acted = await call('POST', `${controlUrl}/conversations/${id}/actions`, {
        body: { do: 'sample', type },
      });
      expect([type, acted.status]).toEqual([type, 201]);
    }
    await until('all of them', () => bench.receiver.messages().length === 23);
    const got = bench.receiver.messages();
    expect(got.map(({ type }) => type.value)).toEqual(receivable);
    for (const { type, sender, content } of got) {
      expect([type.value, sender.type]).toEqual([
        type.value,
        type.value === 'conversation.state' ? 'system' : 'egain_agent',
      ]);
      const schema = schemas[type.value];
      if (schema !== undefined)
        expect([type.value, problemsOf(schema, content?.json)]).toEqual([type.value, []]);
      const isRich = type.value.startsWith('richMessage.');
      if (isRich) expect(content?.json).toMatchObject({ version: '1' });
    }
    expect(bench.simulator.control.conversation(id)?.phase).toBe('ended');
  });

  test('what only an agent may send is not put into a bot’s mouth', async () => {
    const { control } = bench.simulator;
    control.declare({ accounts: [{ channel: 'custom.support', address: 'with-bot', bot: true }] });
    const { conversation } = starting('', '', '15550100777');
    const own = conversationOf(
      await bench.send(
        starting('m-9', 'hi', '15550100777', {
          conversation: {
            ...(conversation as object),
            account: { channel: { type: 'custom.support' }, address: 'with-bot' },
          },
        }),
      ),
    );
    control.act(own, { do: 'sample', type: 'richMessage.quickreply' });
    control.act(own, { do: 'sample', type: 'queue.transfer' });
    await until('both', () => bench.receiver.messages().length === 2);
    expect(bench.receiver.messages().map(({ sender }) => sender.type)).toEqual(['egain_bot', 'egain_agent']);
  });

  test('nobody there: told by text, by event or both, and told again when somebody is', async () => {
    const { control } = bench.simulator;
    control.setSwitches({ unavailability: 'both' });
    control.setAgents(false);
    await bench.send(starting('m-8', 'hi', '15550100888'));
    await until('both', () => bench.receiver.messages().length === 2);
    control.setAgents(true);
    await until('the last', () => bench.receiver.messages().length >= 3);
    control.setSwitches({ unavailability: 'text' });
    expect(
      bench.receiver
        .messages()
        .slice(0, 3)
        .map(({ type }) => type.value),
    ).toEqual(['agent.unavailable', 'text', 'agent.available']);
  });
});
