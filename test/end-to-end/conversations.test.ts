import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { spawnProcess } from '../support/spawn-process.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

let world: World;
let bridge: BridgeProcess;

beforeAll(async () => {
  world = await startWorld({
    switches: { deduplicate: true },
    overrides: { delivery: { backoff: { firstMs: 100, maxMs: 500 }, unknownConversationWaitMs: 3000 } },
  });
  bridge = await world.startBridge();
  connect(world, bridge);
}, 60_000);
afterAll(() => world.stop());

const inbound = (customer: string) =>
  world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && record.direction === 'inbound' && record.contact.includes(`${customer}@`)
        ? [record]
        : [],
    );
const taken = (customer: string) => inbound(customer).filter(({ duplicate }) => !duplicate);
const received = (customer: string) =>
  world.channel.received().filter((message) => message.customer.id === customer);
const say = async (customer: string, text: string, more: Record<string, unknown> = {}) => {
  const sent = await world.channel.send({ customer: { id: customer }, text, ...more });
  expect(sent.status).toBe(202);
  return sent.id;
};
const conversationsOf = (customer: string) =>
  world.simulator.control.conversations().filter(({ contact }) => contact.includes(`${customer}@`));
const openConversation = async (customer: string): Promise<string> => {
  await say(customer, 'hello');
  return (await eventually(() => conversationsOf(customer)[0])).id;
};
const answer = (conversation: string, text: string) => {
  world.simulator.control.act(conversation, { do: 'text', text });
};

describe('I2: the life of a conversation', () => {
  test('a callback that overtakes the answer to the first message waits for it and arrives', async () => {
    // The hub takes the message and calls back at once, but its own answer is late.
    const fault = world.simulator.control.addFault({
      operation: 'sendMessage',
      kind: 'delay',
      ms: 1500,
      when: 'after',
      times: 1,
    });
    await say('overtaken', 'hello');
    const conversation = await eventually(() => conversationsOf('overtaken')[0]);
    answer(conversation.id, 'quick answer');
    await eventually(() => received('overtaken').some(({ text }) => text === 'quick answer'));
    expect(taken('overtaken')).toHaveLength(1);
    world.simulator.control.removeFault(fault);
  });

  test('typing first of all opens no conversation and is not an error', async () => {
    expect((await world.channel.send({ customer: { id: 'typist' }, type: 'typing.start' })).status).toBe(202);
    await say('typist', 'now I write');
    await eventually(() => taken('typist').length > 0);
    expect(taken('typist').map(({ type }) => type)).toEqual(['text']);
  });

  test('what a customer tells about themselves before there is a conversation goes with its start', async () => {
    await world.channel.send({
      customer: { id: 'known', name: 'Kim', attributes: { tier: 'gold' } },
      type: 'customer.info',
    });
    await say('known', 'hello');
    const conversation = await eventually(() => conversationsOf('known')[0]);
    expect(JSON.stringify(conversation.customer)).toContain('gold');
    expect(JSON.stringify(conversation.customer)).toContain('Kim');
  });

  test('a conversation that eGain says is over starts anew, once, with the message that found out', async () => {
    const first = await openConversation('returning');
    world.simulator.control.expire(first);
    await say('returning', 'are you there?');
    await eventually(() => conversationsOf('returning').length === 2);
    expect(conversationsOf('returning')[1]?.messages.map(({ content }) => JSON.stringify(content))).toEqual([
      JSON.stringify({ text: 'are you there?' }),
    ]);
  });

  test('a late end of conversation A does not end conversation B', async () => {
    const a = await openConversation('twice');
    world.simulator.control.kill(a);
    await say('twice', 'second start');
    const b = (await eventually(() => conversationsOf('twice')[1])).id;
    world.simulator.control.act(a, { do: 'send', type: 'conversation.end' });
    await eventually(() => received('twice').some(({ type }) => type === 'conversation.end'));
    await say('twice', 'still in B');
    await eventually(() => taken('twice').length === 3);
    expect(taken('twice').at(-1)?.conversationId).toBe(b);
    expect(conversationsOf('twice')).toHaveLength(2);
  });

  test('an agent ends: the customer is told, and the next message opens another conversation', async () => {
    const first = await openConversation('ended');
    world.simulator.control.act(first, { do: 'end' });
    await eventually(() => received('ended').some(({ type }) => type === 'conversation.end'));
    await say('ended', 'one more thing');
    await eventually(() => conversationsOf('ended').length === 2);
    // The mapping was cleared, so the hub was never asked to go on with a conversation that is over.
    const refused = world.simulator
      .records()
      .filter(
        (record) =>
          record.kind === 'request' &&
          record.code === '400-630' &&
          JSON.stringify(record.body).includes('one more thing'),
      );
    expect(refused).toEqual([]);
  });

  test('the literal text agent.end.conversation ends it and is never shown', async () => {
    const first = await openConversation('literal');
    answer(first, 'agent.end.conversation');
    await eventually(() => received('literal').some(({ type }) => type === 'conversation.end'));
    expect(received('literal').some(({ text }) => text?.includes('agent.end') === true)).toBe(false);
  });

  test('the customer ends: eGain is told, and what comes late still arrives', async () => {
    const first = await openConversation('leaving');
    await world.channel.send({ customer: { id: 'leaving' }, type: 'conversation.end' });
    await eventually(() => taken('leaving').some(({ type }) => type === 'conversation.end'));
    world.simulator.control.act(first, { do: 'send', type: 'text', content: { text: 'good bye' } });
    await eventually(() => received('leaving').some(({ text }) => text === 'good bye'));
  });

  test('an answer into a conversation nobody knows becomes a dead letter after its wait', async () => {
    const response = await fetch(`${bridge.url}/egain/callback`, {
      method: 'POST',
      headers: { authorization: world.callbackAuthorization, 'content-type': 'application/json' },
      body: JSON.stringify({
        messages: {
          message: [
            {
              id: 'lost-1',
              type: { value: 'text' },
              content: { text: 'hi' },
              conversation: { id: 'nobody-knows' },
            },
          ],
        },
      }),
    });
    expect(response.status).toBe(200);
    await bridge.line(/unknown-conversation/, 15_000);
  });
});

describe('I3: once', () => {
  test('the same message again is acknowledged as a duplicate, while the first is in flight and afterwards', async () => {
    const fault = world.simulator.control.addFault({
      operation: 'sendMessage',
      kind: 'delay',
      ms: 800,
      times: 1,
    });
    const id = await say('again', 'only once');
    const during = await world.channel.send({ id, customer: { id: 'again' }, text: 'only once' });
    expect(JSON.parse(during.body)).toEqual({ id, status: 'duplicate' });
    await eventually(() => taken('again').length === 1);
    const after = await world.channel.send({ id, customer: { id: 'again' }, text: 'only once' });
    expect(JSON.parse(after.body)).toEqual({ id, status: 'duplicate' });
    await sleep(300);
    expect(inbound('again')).toHaveLength(1);
    world.simulator.control.removeFault(fault);
  });
});

describe('I2: a worker killed between the answer of eGain and what it writes down', () => {
  test.each(['bind', 'setOpen', 'acknowledge'])(
    'before %s',
    async (write) => {
      const customer = `killed-${write.toLowerCase()}`;
      const own = await startWorld({ switches: { deduplicate: true } });
      try {
        const web = await own.startBridge({ role: 'web', overrides: { instance: 'one' } });
        connect(own, web);
        const deadly = spawnProcess(['test/end-to-end/support/killed-worker.mjs', web.configFile, write]);
        await deadly.line(/deadly worker started/);
        expect((await own.channel.send({ customer: { id: customer }, text: 'first' })).status).toBe(202);
        expect((await deadly.exited).signal).toBe('SIGKILL');
        expect((await own.channel.send({ customer: { id: customer }, text: 'second' })).status).toBe(202);
        // The same instance, so that its jobs are taken back at once.
        const worker = await own.startBridge({ role: 'worker', overrides: { instance: 'one' } });
        const conversation = await eventually(
          () => own.simulator.control.conversations().find(({ messages }) => messages.length === 2),
          { timeoutMs: 40_000 },
        );
        expect(own.simulator.control.conversations()).toHaveLength(1);
        expect(conversation.messages.map(({ content }) => content)).toEqual([
          { text: 'first' },
          { text: 'second' },
        ]);
        own.simulator.control.act(conversation.id, { do: 'text', text: 'answer' });
        await eventually(() => own.channel.received().some(({ text }) => text === 'answer'));
        await worker.stop();
      } finally {
        await own.stop();
      }
    },
    90_000,
  );
});

describe('I5: only the rest again', () => {
  test('a long answer goes on where it stopped when its worker is killed between two parts', async () => {
    const own = await startWorld({
      overrides: {
        channels: { support: { manifest: { restrictions: { outbound: { maxTextLength: 20 } } } } },
      },
    });
    try {
      const web = await own.startBridge({ role: 'web', overrides: { instance: 'one' } });
      connect(own, web);
      const first = await own.startBridge({ role: 'worker' });
      await own.channel.send({ customer: { id: 'reader' }, text: 'tell me' });
      const conversation = await eventually(() => own.simulator.control.conversations()[0]);
      await first.stop();
      const deadly = spawnProcess([
        'test/end-to-end/support/killed-worker.mjs',
        web.configFile,
        'checkpoint',
      ]);
      await deadly.line(/deadly worker started/);
      const text = 'one two three four five six seven eight nine ten eleven twelve';
      own.simulator.control.act(conversation.id, { do: 'text', text });
      expect((await deadly.exited).signal).toBe('SIGKILL');
      await own.startBridge({ role: 'worker', overrides: { instance: 'one' } });
      const parts = () => own.channel.received().filter(({ type }) => type === 'text');
      await eventually(() => parts().length > 3, { timeoutMs: 40_000 });
      expect(
        parts()
          .map((part) => part.text)
          .join(''),
      ).toBe(text);
      expect(parts().map(({ part }) => part?.index)).toEqual(parts().map((_, index) => index + 1));
      // The first part went out twice (its check-point was the write that failed), under the same id; no other did.
      const repeats = own.channel.requests().filter(({ outcome }) => outcome === 'repeat');
      expect(repeats).toHaveLength(1);
    } finally {
      await own.stop();
    }
  }, 90_000);
});

describe('contract 16 #18: a conversation whose opening was never answered', () => {
  test('is brought home by the contact that its callbacks repeat, where they are trusted', async () => {
    const own = await startWorld({
      switches: { deduplicate: false, callbackCustomer: true },
      overrides: { egain: { switches: { trust_callback_customer: true } } },
    });
    try {
      const only = await own.startBridge();
      connect(own, only);
      // Taken by the hub, and the answer lost: the repeat opens another conversation, the first one is an orphan.
      own.simulator.control.addFault({ operation: 'sendMessage', kind: 'reset', when: 'after', times: 1 });
      await own.channel.send({ customer: { id: 'orphaned' }, text: 'hello' });
      await eventually(() => own.simulator.control.conversations().length === 2);
      const [orphan] = own.simulator.control.conversations();
      own.simulator.control.act(orphan?.id ?? '', { do: 'text', text: 'from the orphan' });
      await eventually(() => own.channel.received().some(({ text }) => text === 'from the orphan'));
    } finally {
      await own.stop();
    }
  });
});
