/** From the first word to the last, and what happens around the edges (contract 10.6). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type World } from '../support/world.js';

let world: World;
let redis: Redis;

beforeAll(async () => {
  world = await startWorld({
    switches: { deduplicate: true },
    overrides: {
      notices: { agent: true },
      delivery: { backoff: { firstMs: 100, maxMs: 500 }, idleMarginMs: 5000 },
      channels: {
        support: {
          account: { timeout: 7, onAgentUnavailability: 'retain_and_retry' },
          manifest: {
            restrictions: { inbound: { maxTextLength: 40 } },
            l10nProperties: [
              {
                language: 'de',
                properties: [
                  { name: 'msg_hub_retain_and_retry', value: 'Wir antworten, sobald jemand da ist.' },
                ],
              },
            ],
          },
        },
      },
    },
  });
  connect(world, await world.startBridge());
  redis = world.redis.client();
}, 60_000);
afterAll(() => world.stop());

const bodySchema = z.object({
  messages: z.object({ message: z.array(z.looseObject({ type: z.object({ value: z.string() }) })) }),
});
const conversationsOf = (customer: string) =>
  world.simulator.control.conversations().filter(({ contact }) => contact.includes(`${customer}@`));
const received = (customer: string) =>
  world.channel.received().filter((message) => message.customer.id === customer);
/** Calls of the bridge that hold this text, as eGain saw them. */
const asked = (text: string) =>
  world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'request' && JSON.stringify(record.body ?? '').includes(text) ? [record] : [],
    );
const say = async (customer: string, more: Readonly<Record<string, unknown>>) => {
  const { language, ...message }: Record<string, unknown> = more;
  const who = language === undefined ? { id: customer } : { id: customer, language };
  return (await world.channel.send({ customer: who, ...message })).status;
};
const open = async (customer: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  expect(await say(customer, { text: 'hello', ...more })).toBe(202);
  return (await eventually(() => conversationsOf(customer)[0])).id;
};
/** A second conversation is opened at once: nothing was tried on the first. */
const expectNewStart = async (customer: string) => {
  const text = `${customer} again`;
  expect(await say(customer, { text })).toBe(202);
  await eventually(() => conversationsOf(customer).length === 2);
  await eventually(() => asked(text).length > 0);
  expect(asked(text).map(({ status, code }) => [status, code])).toEqual([[202, undefined]]);
};
const kinds = (customer: string) =>
  conversationsOf(customer).map(({ messages }) => messages.map(({ type }) => type.value));

describe('an end, and the next start', () => {
  test('by the customer', async () => {
    const first = await open('end-customer');
    await say('end-customer', { type: 'conversation.end' });
    await expectNewStart('end-customer');
    expect(world.simulator.control.conversation(first)?.endedBy).toBe('customer');
  });

  test.each(['off', 'instead', 'also'] as const)('by the agent, the literal text: %s', async (literalEnd) => {
    const customer = `end-agent-${literalEnd}`;
    const first = await open(customer);
    world.simulator.control.setSwitches({ literalEnd });
    world.simulator.control.act(first, { do: 'end' });
    world.simulator.control.setSwitches({ literalEnd: 'off' });
    await eventually(() => received(customer).length > 0);
    await world.simulator.control.whenIdle();
    await expectNewStart(customer);
    const got = received(customer);
    // Told once in words, however often it comes.
    const words = ['The conversation has ended.', undefined].slice(0, literalEnd === 'also' ? 2 : 1);
    expect(got.map(({ type, text }) => [type, text])).toEqual(
      words.map((text) => ['conversation.end', text]),
    );
  });

  test('by silence, where eGain tells of it', async () => {
    const first = await open('end-timeout');
    world.simulator.control.setSwitches({ endOnTimeout: true });
    world.simulator.control.expire(first);
    world.simulator.control.setSwitches({ endOnTimeout: false });
    await eventually(() => received('end-timeout').some(({ type }) => type === 'conversation.end'));
    await expectNewStart('end-timeout');
  });

  test('by silence, by the bridge’s own clock: eGain’s time and a margin, begun anew by every message', async () => {
    const first = await open('end-idle');
    // It is written down when eGain's answer has arrived, a moment after eGain has the message.
    const key = await eventually(async () => {
      const names = await redis.keys('*:m:*');
      const values = await Promise.all(names.map(async (name) => [name, await redis.get(name)] as const));
      return values.find(([, value]) => value === first)?.[0];
    });
    const full = 7 * 60_000 + 5000;
    const life = () => redis.pttl(key);
    expect(await life()).toBeGreaterThan(full - 60_000);
    expect(await life()).toBeLessThanOrEqual(full);
    // Either side's message makes it live as long again; typing does not.
    await redis.pexpire(key, 60_000);
    await say('end-idle', { text: 'still here' });
    await eventually(async () => (await life()) > full - 60_000);
    await redis.pexpire(key, 60_000);
    world.simulator.control.act(first, { do: 'typing', on: true });
    world.simulator.control.act(first, { do: 'typing', on: false });
    await eventually(() => received('end-idle').length > 0);
    expect(await life()).toBeLessThanOrEqual(60_000);
    world.simulator.control.act(first, { do: 'text', text: 'so am I' });
    await eventually(async () => (await life()) > full - 60_000);
    await redis.pexpire(key, 1);
    await expectNewStart('end-idle');
  });

  test('what comes after the end still reaches the customer, and opens nothing again', async () => {
    const first = await open('end-late');
    world.simulator.control.act(first, { do: 'end' });
    await eventually(() => received('end-late').length === 1);
    world.simulator.control.act(first, { do: 'send', type: 'text', content: { html: 'A <b>late</b> word' } });
    await eventually(() => received('end-late').some(({ text }) => text === 'A late word'));
    await expectNewStart('end-late');
  });

  test.each(['typing.start', 'customer.active', 'customer.info'])(
    '%s into a conversation that is over for eGain opens none, and is not tried twice',
    async (type) => {
      const customer = `over-${type.replace('.', '-')}`;
      const first = await open(customer);
      world.simulator.control.kill(first);
      await say(customer, { type, customer: { id: customer, name: 'Dana' } });
      await eventually(() => asked(first).some(({ code }) => code === '400-630'));
      await expectNewStart(customer);
      expect(kinds(customer)).toEqual([['text'], ['text']]);
      expect(asked(first).filter(({ code }) => code === '400-630')).toHaveLength(1);
      const name = conversationsOf(customer)[1]?.customer.name;
      expect(name).toBe(type === 'customer.info' ? 'Dana' : undefined);
    },
  );
});

describe('before the first message', () => {
  test('typing and presence are ignored; everything told of the customer goes with the start', async () => {
    const customer = { id: 'early' };
    await say('early', { type: 'typing.start' });
    await say('early', { type: 'customer.active' });
    await world.channel.send({
      type: 'customer.info',
      customer: { ...customer, name: 'Kim', attributes: { tier: 'gold' } },
    });
    await world.channel.send({ type: 'customer.info', customer: { ...customer, attributes: { plan: 'b' } } });
    await open('early');
    const [conversation] = conversationsOf('early');
    expect(conversation?.messages.map(({ type }) => type.value)).toEqual(['text']);
    expect(conversation?.customer).toMatchObject({ name: 'Kim' });
    expect(conversation?.customer.attributes).toEqual([
      { name: 'tier', value: 'gold' },
      { name: 'plan', value: 'b' },
    ]);
  });
});

describe('nobody there', () => {
  test.each([
    ['de-AT', 'Wir antworten, sobald jemand da ist.'],
    ['fr', 'Thank you for your message. Someone will answer as soon as possible.'],
  ])(
    'a customer who reads %s is told, and answered in the same conversation once somebody is',
    async (language, line) => {
      const customer = `held-${language.toLowerCase()}`;
      const { control } = world.simulator;
      control.setSwitches({ unavailability: 'event' });
      control.setAgents(false);
      const first = await open(customer, { language });
      await eventually(() => received(customer).length === 1);
      expect(received(customer)).toMatchObject([{ type: 'agent.unavailable', text: line }]);
      await say(customer, { text: 'anybody?' });
      control.setAgents(true);
      control.setSwitches({ unavailability: 'text' });
      control.act(first, { do: 'join', name: 'Sam' });
      control.act(first, { do: 'text', text: 'Here I am.' });
      await eventually(() => received(customer).length === 4);
      expect(received(customer).map(({ type }) => type)).toEqual([
        'agent.unavailable',
        'agent.available',
        'agent.join',
        'text',
      ]);
      expect(conversationsOf(customer)).toHaveLength(1);
    },
  );

  test('eGain’s own off-hours text is shown as it is', async () => {
    const { control } = world.simulator;
    control.setAgents(false);
    control.declare({
      accounts: [{ channel: 'custom.support', address: 'acme-support', onAgentUnavailability: 'off_hours' }],
    });
    await open('closed');
    await eventually(() => received('closed').length === 1);
    control.setAgents(true);
    expect(received('closed')).toMatchObject([
      { type: 'system', sender: { type: 'system' }, text: 'No agent is available at the moment.' },
    ]);
  });
});

describe('I6: a message that the channel’s rules refuse', () => {
  const long = 'x'.repeat(41);
  const errorsIn = (conversation: string) =>
    asked(conversation)
      .flatMap(({ body }) => bodySchema.parse(body).messages.message)
      .filter(({ type }) => type.value === 'error');

  test('is told to the agent by an error, once', async () => {
    const first = await open('refused');
    for (const id of ['r-1', 'r-2']) expect(await say('refused', { id, text: long })).toBe(422);
    await say('refused', { text: 'shorter' });
    await eventually(() => asked('shorter').length > 0);
    expect(errorsIn(first)).toEqual([
      {
        type: { value: 'error' },
        content: {
          json: {
            code: 'text-too-long',
            message: 'A message of the customer was refused by the channel’s rules.',
          },
        },
        sender: { type: 'customer' },
        conversation: { id: first },
      },
    ]);
  });

  test('never opens a conversation', async () => {
    expect(await say('refused-first', { text: long })).toBe(422);
    await open('refused-first');
    expect(kinds('refused-first')).toEqual([['text']]);
    expect(conversationsOf('refused-first')).toHaveLength(1);
  });

  test('what the channel refuses is told to the agent by the id the agent’s side gave it', async () => {
    const first = await open('unreachable');
    world.channel.setFaults([{ kind: 'status', status: 410, share: 1 }]);
    world.simulator.control.act(first, { do: 'text', text: 'lost', messageId: 'agents-own-id' });
    await eventually(() => errorsIn(first).length === 1);
    world.channel.setFaults([]);
    expect(errorsIn(first)).toEqual([
      {
        type: { value: 'error' },
        content: {
          json: { code: 'rejected', message: 'The message could not be delivered to the channel.' },
        },
        sender: { type: 'customer' },
        conversation: { id: first },
        parent: { messageId: 'agents-own-id' },
      },
    ]);
  });
});
