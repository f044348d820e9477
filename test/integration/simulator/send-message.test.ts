import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  accepted,
  attributeOf,
  type Bench,
  call,
  codeOf,
  continuing,
  conversationOf,
  fetchToken,
  startBench,
  starting,
} from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

describe('sending a message', () => {
  test('without a conversation id opens one; with it, goes on in it', async () => {
    const first = await bench.send(starting('m-1', 'My parcel has not arrived.'));
    const conversation = conversationOf(first);
    expect(accepted(first)[0]?.messageId).toBe('m-1');
    const second = await bench.send(continuing('m-2', 'Order A-100.', conversation));
    expect(conversationOf(second)).toBe(conversation);
    const stored = bench.simulator.control.conversation(conversation);
    expect(stored?.contact).toBe('phone.mobile:15550100123');
    expect(stored?.messages.map(({ content }) => content?.text)).toEqual([
      'My parcel has not arrived.',
      'Order A-100.',
    ]);
  });

  test('into a conversation that is over gets 400-630', async () => {
    const conversation = conversationOf(await bench.send(starting('m-1', 'hello')));
    bench.simulator.control.act(conversation, { do: 'end' });
    expect(codeOf(await bench.send(continuing('m-2', 'still there?', conversation)))).toBe('400-630');
  });

  test("into one that was silent longer than its account's timeout gets 400-630", async () => {
    const conversation = conversationOf(await bench.send(starting('m-1', 'hello')));
    bench.simulator.control.advanceClock(29 * 60_000);
    expect((await bench.send(continuing('m-2', 'still here', conversation))).status).toBe(202);
    bench.simulator.control.advanceClock(31 * 60_000);
    // The token has aged as well.
    expect(codeOf(await bench.send(continuing('m-3', 'and now?', conversation)))).toBe('401-104');
    const token = await fetchToken(bench.simulator);
    const late = await call('POST', `${bench.simulator.url}/conversations/messages`, {
      token,
      body: { messages: { message: [continuing('m-3', 'and now?', conversation)] } },
    });
    expect(codeOf(late)).toBe('400-630');
  });

  test('into a conversation never heard of is answered as the switch has it', async () => {
    const nowhere = continuing('m-1', 'hello', '3c1a1a52-9f0e-4f0b-8b1c-64d3f2c5d901');
    expect(codeOf(await bench.send(nowhere))).toBe('400-630');
    bench.simulator.control.setSwitches({ unknownConversationCode: '404-101' });
    const answer = await bench.send(nowhere);
    expect([answer.status, codeOf(answer)]).toEqual([404, '404-101']);
  });

  test('tells the hub ids apart even when the client repeats itself', async () => {
    const [one, two] = [
      await bench.send(starting('m-1', 'hello')),
      await bench.send(starting('m-1', 'hello')),
    ];
    expect(accepted(one)[0]?.id).not.toBe(accepted(two)[0]?.id);
    expect(conversationOf(one)).not.toBe(conversationOf(two));
  });
});

describe('with duplicate detection', () => {
  beforeEach(() => void bench.simulator.control.setSwitches({ deduplicate: true }));

  test('the same messageId of the same customer gets the first answer and is taken once', async () => {
    const one = await bench.send(starting('m-1', 'hello'));
    const two = await bench.send(starting('m-1', 'hello'));
    expect(two.json).toEqual(one.json);
    const conversation = conversationOf(one);
    const three = await bench.send(continuing('m-2', 'again', conversation));
    expect((await bench.send(continuing('m-2', 'again', conversation))).json).toEqual(three.json);
    expect(bench.simulator.control.conversation(conversation)?.messages).toHaveLength(2);
    const marks = bench.simulator.records().flatMap((r) => (r.kind === 'message' ? [r.duplicate] : []));
    expect(marks).toEqual([false, true, false, true]);
  });

  test("another customer's same messageId is another message", async () => {
    const one = await bench.send(starting('m-1', 'hello', '15550100001'));
    const two = await bench.send(starting('m-1', 'hello', '15550100002'));
    expect(conversationOf(two)).not.toBe(conversationOf(one));
  });

  test('a repeat is recognised even after its conversation is over', async () => {
    const one = await bench.send(starting('m-1', 'hello'));
    bench.simulator.control.kill(conversationOf(one));
    expect((await bench.send(continuing('m-1', 'hello', conversationOf(one)))).json).toEqual(one.json);
  });

  test('a refused message leaves no mark: sent again without an id it opens a new conversation', async () => {
    const conversation = conversationOf(await bench.send(starting('m-1', 'hello')));
    bench.simulator.control.kill(conversation);
    expect(codeOf(await bench.send(continuing('m-2', 'next', conversation)))).toBe('400-630');
    expect(conversationOf(await bench.send(starting('m-2', 'next')))).not.toBe(conversation);
  });
});

describe('a message is refused', () => {
  const drop = (path: string[]): Record<string, unknown> => {
    const message = starting('m-1', 'hello');
    let at: object = message;
    for (const part of path.slice(0, -1)) at = Reflect.get(at, part) as object;
    Reflect.deleteProperty(at, path.at(-1) ?? '');
    return message;
  };

  test.each([
    ['type'],
    ['type.value'],
    ['sender'],
    ['sender.type'],
    ['conversation'],
    ['content'],
    ['content.text'],
    ['conversation.account'],
    ['conversation.account.address'],
    ['conversation.account.channel'],
    ['conversation.account.channel.type'],
    ['conversation.lookupContact'],
    ['conversation.customer'],
  ])('with 400-143 and the name of the attribute when %s is missing', async (attribute) => {
    const answer = await bench.send(drop(attribute.split('.')));
    expect([codeOf(answer), attributeOf(answer)]).toEqual(['400-143', `messages.message[0].${attribute}`]);
    expect(Reflect.get(Object(answer.json), 'developerMessage')).toMatch(
      new RegExp(`${attribute.split('.').at(-1) ?? ''}$`),
    );
  });

  test('with 400-143 when the envelope is missing', async () => {
    const url = `${bench.simulator.url}/conversations/messages`;
    const answer = await call('POST', url, { token: bench.token, body: {} });
    expect([codeOf(answer), attributeOf(answer)]).toEqual(['400-143', 'messages']);
    expect(attributeOf(await call('POST', url, { token: bench.token, body: { messages: {} } }))).toBe(
      'messages.message',
    );
  });

  test.each([
    ['a type nobody knows', { type: { value: 'reaction' } }, '400-196'],
    ['a sender nobody knows', { sender: { type: 'robot' } }, '400-196'],
    ['a text that is no text', { content: { text: 7 } }, '400-152'],
    [
      'a type customers may not send',
      { type: { value: 'richMessage.listpicker' }, content: { json: {} } },
      '400-901',
    ],
    ['agent.join from a customer', { type: { value: 'agent.join' } }, '400-901'],
    ['a typing event that would open a conversation', { type: { value: 'typing.start' } }, '400-143'],
    ['a delete without its parent', { type: { value: 'delete.soft' } }, '400-143'],
    ['an asset never uploaded', { attachments: { attachment: [{ id: 'a-1' }] } }, '400-913'],
    ['a file without address', { attachments: { attachment: [{ name: 'a.png' }] } }, '400-143'],
  ])('for %s', async (_name, fields, code) => {
    expect(codeOf(await bench.send(starting('m-1', 'hello', '15550100123', fields)))).toBe(code);
  });

  test('for an account that does not exist, and for a lookup contact the customer does not have', async () => {
    const strange = starting('m-1', 'hello');
    const conversation = Object(strange['conversation']) as Record<string, unknown>;
    const elsewhere = { ...conversation, account: { channel: { type: 'custom.support' }, address: 'other' } };
    expect(codeOf(await bench.send({ ...strange, conversation: elsewhere }))).toBe('400-902');
    const byMail = { ...conversation, lookupContact: 'email' };
    expect(codeOf(await bench.send({ ...strange, conversation: byMail }))).toBe('400-904');
  });

  test('and none of its companions is taken either', async () => {
    const answer = await bench.send(starting('m-1', 'hello'), {
      ...starting('m-2', 'x'),
      type: { value: 'nonsense' },
    });
    expect(attributeOf(answer)).toBe('messages.message[1].type.value');
    expect(bench.simulator.control.conversations()).toHaveLength(0);
  });
});

test.each(['egain_agent', 'custom_agent', 'egain_bot', 'custom_bot'])(
  'a %s may send a list picker but no delete',
  async (type) => {
    const conversation = conversationOf(await bench.send(starting('m-1', 'hello')));
    const by = { sender: { type } };
    const rich = { ...by, type: { value: 'richMessage.listpicker' }, content: { json: { type: 'list' } } };
    expect((await bench.send(continuing('b-1', '', conversation, rich))).status).toBe(202);
    const del = { ...by, type: { value: 'delete.soft' }, parent: { messageId: 'm-1' } };
    expect(codeOf(await bench.send(continuing('b-2', '', conversation, del)))).toBe('400-901');
    await bench.simulator.control.whenIdle();
    expect(bench.receiver.messages().map((message) => message.type.value)).toEqual([
      'richMessage.listpicker',
    ]);
  },
);

test("a customer's info, delete, undo and end change the conversation", async () => {
  const { control } = bench.simulator;
  const id = conversationOf(await bench.send(starting('m-1', 'what I would rather not have said')));
  const stored = control.conversation(id);
  const [first] = stored?.messages ?? [];
  const parent = { parent: { messageId: 'm-1' } };
  await bench.send(continuing('d-1', '', id, { type: { value: 'delete.soft' }, ...parent }));
  expect(stored?.deleted).toEqual(new Set([first?.id]));
  await bench.send(continuing('d-2', '', id, { type: { value: 'undo' }, ...parent }));
  expect(stored?.deleted.size).toBe(0);
  await bench.send(continuing('d-3', '', id, { type: { value: 'delete.permanent' }, ...parent }));
  expect(JSON.stringify(stored?.messages)).not.toContain('rather not have said');
  await bench.send(
    continuing('i-1', '', id, {
      type: { value: 'customer.info' },
      conversation: { id, customer: { name: 'Dana E.' } },
    }),
  );
  expect(stored?.customer.name).toBe('Dana E.');
  await bench.send(continuing('e-1', '', id, { type: { value: 'conversation.end' } }));
  expect([stored?.phase, stored?.endedBy]).toEqual(['ended', 'customer']);
});
