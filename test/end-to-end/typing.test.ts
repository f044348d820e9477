/** I4: typing is worth something only while it is true. Both directions, through the running service. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Gates } from '../../src/lanes/gates.js';
import { openLayout } from '../../src/lanes/layout.js';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type World } from '../support/world.js';

let world: World;
let gates: Gates;
beforeAll(async () => {
  world = await startWorld({ switches: { deduplicate: true } });
  connect(world, await world.startBridge());
  const redis = world.redis.client();
  const keys = await openLayout(redis, { prefix: 'egain-bridge', shards: 1 });
  gates = new Gates(redis, keys, { failures: 20, openMs: 1000, maxOpenMs: 1000, probeMs: 0 }, () =>
    performance.now(),
  );
}, 60_000);
afterAll(() => world.stop());

/** Typing lives for 5 s. */
const lifeMs = 5000;

const conversationOf = (customer: string) =>
  eventually(() =>
    world.simulator.control.conversations().find(({ contact }) => contact.includes(`${customer}@`)),
  );
const say = async (customer: string, type: string, text?: string): Promise<void> => {
  const sent = await world.channel.send({
    customer: { id: customer },
    type,
    ...(text === undefined ? {} : { text }),
  });
  expect(sent.status).toBe(202);
};
/** What the customer sent, and what the customer got, as types in order of arrival. */
async function arrived(customer: string): Promise<{ in: string[]; out: string[] }> {
  const { messages } = await conversationOf(customer);
  return {
    in: messages.filter(({ sender }) => sender.type === 'customer').map(({ type }) => type.value),
    out: world.channel
      .received()
      .filter((message) => message.customer.id === customer)
      .map(({ type }) => type),
  };
}

describe('while nothing can be delivered', () => {
  const customers = ['stale', 'renewed', 'coalesced'] as const;
  /** Both sides say it. */
  const both = async (customer: string, type: string, text?: string): Promise<void> => {
    await say(customer, type, text);
    const { id } = await conversationOf(customer);
    const { control } = world.simulator;
    if (text === undefined) control.act(id, { do: 'typing', on: type === 'typing.start' });
    else control.act(id, { do: 'text', text });
    await control.whenIdle();
  };

  beforeAll(async () => {
    for (const customer of customers) await say(customer, 'text', 'hello');
    for (const customer of customers) await conversationOf(customer);
    for (const target of ['in:support', 'out:support']) await gates.pause(target);
    // Workers look at the gates four times a second.
    await sleep(1000);
    for (const customer of customers) await both(customer, 'text', 'before');
    for (const customer of ['stale', 'renewed']) await both(customer, 'typing.start');
    const told = performance.now();
    await sleep(lifeMs * 0.7);
    await both('renewed', 'typing.start');
    for (const type of ['start', 'end', 'start', 'start', 'end', 'start'])
      await both('coalesced', `typing.${type}`);
    for (const customer of customers) await both(customer, 'text', 'after');
    await sleep(Math.max(0, told + lifeMs + 200 - performance.now()));
    for (const customer of customers) expect((await arrived(customer)).out).toEqual([]);
    for (const target of ['in:support', 'out:support']) await gates.resume(target);
    for (const customer of customers)
      await eventually(async () => {
        const { in: fromCustomer, out } = await arrived(customer);
        return (
          fromCustomer.at(-1) === 'text' && fromCustomer.length > 2 && out.at(-1) === 'text' && out.length > 1
        );
      });
  }, 60_000);

  test.each([
    ['stale', 'comes too late and is dropped', []],
    ['renewed', 'is alive when it was renewed', ['typing.start']],
    ['coalesced', 'is one event, the last, however often it changed', ['typing.start']],
  ] as const)('%s: typing %s', async (customer, _what, typing) => {
    expect(await arrived(customer)).toEqual({
      in: ['text', 'text', ...typing, 'text'],
      out: ['text', ...typing, 'text'],
    });
  });
});

test('typing that fails is not tried again and keeps nothing waiting', async () => {
  await say('failing', 'text', 'hello');
  const { id } = await conversationOf('failing');
  const { control } = world.simulator;
  control.addFault({ operation: 'sendMessage', kind: 'status', status: 503, bodyIncludes: 'typing.start' });
  await say('failing', 'typing.start');
  await say('failing', 'text', 'in');
  await eventually(async () => (await arrived('failing')).in.length === 2);
  control.clearFaults();
  const tried = world.simulator
    .records()
    .filter((record) => record.kind === 'request' && record.status === 503);
  expect(tried).toHaveLength(1);

  world.channel.setFaults([{ kind: 'status', status: 503, share: 1 }]);
  const before = world.channel.requests().length;
  control.act(id, { do: 'typing', on: true });
  await eventually(() => world.channel.requests().length > before);
  world.channel.setFaults([]);
  control.act(id, { do: 'text', text: 'out' });
  await eventually(async () => (await arrived('failing')).out.length > 0);
  expect((await arrived('failing')).out).toEqual(['text']);
  expect(world.channel.requests()).toHaveLength(before + 2);
});
