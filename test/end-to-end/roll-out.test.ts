import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBalancer, type Balancer } from '../support/balancer.js';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

const customers = ['ana', 'bo', 'cy', 'di'];
/** More than the balancer needs to hear that a process is leaving. */
const server = { leaveNoticeMs: 1000, drainGraceMs: 10_000 };

let world: World;
let balancer: Balancer;

beforeAll(async () => {
  world = await startWorld({ switches: { deduplicate: true }, overrides: { server } });
  balancer = await startBalancer();
}, 60_000);
afterAll(async () => {
  await world.stop();
  await balancer.close();
});

async function start(role: 'web' | 'worker'): Promise<BridgeProcess> {
  const bridge = await world.startBridge({ role });
  if (role === 'web') balancer.add(bridge);
  return bridge;
}

/** One by one: a new process is there before the old one is asked to leave. */
async function replace(role: 'web' | 'worker', old: readonly BridgeProcess[]): Promise<void> {
  for (const bridge of old) {
    await start(role);
    if (role === 'web') await eventually(() => balancer.ready() === 3);
    bridge.signal('SIGTERM');
    expect(await bridge.exited).toEqual({ code: 0, signal: null });
  }
}

test('I11: every process is replaced under load: nothing is lost or out of order, and no answer is worse than 503', async () => {
  const webs = [await start('web'), await start('web')];
  const workers = [await start('worker'), await start('worker')];
  await eventually(() => balancer.ready() === 2);
  connect(world, balancer);
  const { control } = world.simulator;
  const conversationOf = (customer: string) =>
    control.conversations().find(({ contact }) => contact.includes(`${customer}@`))?.id;
  const load = { on: true };
  const said = new Map<string, { in: string[]; out: string[] }>();
  /** A customer who writes, and an agent who answers, one message after the other. */
  const talk = async (customer: string): Promise<void> => {
    const own = { in: [] as string[], out: [] as string[] };
    said.set(customer, own);
    for (let number = 1; load.on; number += 1) {
      const text = `${customer} says ${number}`;
      const message = { id: `${customer}-${number}`, customer: { id: customer }, text };
      // 503 says: again, please. On a machine that has other things to do it may be heard.
      await eventually(async () => (await world.channel.send(message)).status === 202, { timeoutMs: 20_000 });
      own.in.push(text);
      const conversation = conversationOf(customer);
      if (conversation !== undefined) {
        const reply = `to ${customer} ${number}`;
        control.act(conversation, { do: 'text', text: reply });
        own.out.push(reply);
      }
      await sleep(75);
    }
  };
  const talking = Promise.all(customers.map((customer) => talk(customer)));
  await eventually(() => customers.every((customer) => conversationOf(customer) !== undefined));
  await replace('web', webs);
  await replace('worker', workers);
  load.on = false;
  await talking;

  const inbound = (customer: string) =>
    world.simulator
      .records()
      .flatMap((record) =>
        record.kind === 'message' &&
        record.direction === 'inbound' &&
        record.contact.includes(`${customer}@`) &&
        !record.duplicate
          ? [record.text]
          : [],
      );
  const outbound = (customer: string) =>
    world.channel
      .received()
      .filter((message) => message.customer.id === customer && message.type === 'text')
      .map(({ text }) => text);
  for (const [customer, { in: sent, out: answered }] of said) {
    await eventually(() => inbound(customer).length >= sent.length, { timeoutMs: 20_000 });
    expect(inbound(customer)).toEqual(sent);
    await eventually(() => outbound(customer).length >= answered.length, { timeoutMs: 20_000 });
    expect(outbound(customer)).toEqual(answered);
    expect(sent.length).toBeGreaterThan(10);
  }
  const failures = [...balancer.statuses.keys()].filter((status) => status >= 400 && status !== 503);
  expect(failures).toEqual([]);
}, 180_000);
