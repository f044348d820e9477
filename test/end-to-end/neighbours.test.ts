import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { eventually } from '../support/eventually.js';
import { operateOn, operateWellOn } from './support/operate.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

interface Installation {
  readonly world: World;
  readonly bridge: BridgeProcess;
}

let east: Installation;
let west: Installation;

/** Channels, accounts and customers of both have the same names: only the prefix tells them apart. */
beforeAll(async () => {
  const [eastWorld, westWorld] = await Promise.all([startWorld(), startWorld()]);
  const { url } = eastWorld.redis;
  const install = async (world: World, prefix: string): Promise<Installation> => {
    const bridge = await world.startBridge({ replace: { redis: { url, prefix } } });
    connect(world, bridge);
    return { world, bridge };
  };
  east = await install(eastWorld, 'bridge-east');
  // A name that begins like the other's must not be taken for it.
  west = await install(westWorld, 'bridge-east-2');
}, 60_000);
afterAll(async () => {
  await west.world.stop();
  await east.world.stop();
});

const inbound = ({ world }: Installation, customer: string): string[] =>
  world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && record.direction === 'inbound' && record.contact.includes(`${customer}@`)
        ? [record.text ?? record.type]
        : [],
    );
const say = async ({ world }: Installation, customer: string, text: string): Promise<void> => {
  // The same ids at both: a duplicate at one is none at the other.
  const sent = await world.channel.send({ id: `${customer}-${text}`, customer: { id: customer }, text });
  expect(sent.status).toBe(202);
};
const operate = ({ bridge }: Installation, ...argv: readonly string[]) =>
  operateWellOn(bridge.configFile, argv);

describe('two installations on one Redis, told apart by redis.prefix', () => {
  test('the same ids of the same customer of the same channel do not meet', async () => {
    for (const side of [east, west]) {
      await say(side, 'dana', 'hello');
      await eventually(() => inbound(side, 'dana').length === 1);
    }
    for (const [side, words] of [
      [east, 'from the east'],
      [west, 'from the west'],
    ] as const) {
      const [conversation] = side.world.simulator.control.conversations();
      side.world.simulator.control.act(conversation?.id ?? '', { do: 'text', text: words });
      await eventually(() => side.world.channel.received().some(({ text }) => text === words));
    }
    expect(east.world.channel.received().map(({ text }) => text)).not.toContain('from the west');
    expect(west.world.channel.received().map(({ text }) => text)).not.toContain('from the east');
  });

  test('what waits, dies, is paused, resumed and retried at one is nothing to the other', async () => {
    east.world.simulator.control.addFault({
      operation: 'sendMessage',
      kind: 'status',
      status: 400,
      times: 1,
    });
    await say(east, 'dana', 'dies');
    await eventually(async () => (await operate(east, 'dead-letters', 'list', '--json')) !== '');
    expect(await operate(west, 'dead-letters', 'list', '--json')).toBe('');
    expect((await operateOn(west.bridge.configFile, ['dead-letters', 'retry', '--all'])).stdout).not.toMatch(
      /^[1-9]/,
    );

    await operate(east, 'channels', 'pause', 'support');
    expect(await operate(west, 'channels', 'list')).not.toContain('paused');
    // Workers look at the gates four times a second.
    await new Promise((resolve) => setTimeout(resolve, 600));
    await say(east, 'dana', 'waits');
    await say(west, 'dana', 'does not wait');
    await eventually(() => inbound(west, 'dana').includes('does not wait'));
    expect(await operate(east, 'lanes', 'list', '--json')).not.toBe('');
    expect(await operate(west, 'lanes', 'list', '--json')).toBe('');
    await operate(west, 'channels', 'resume', 'support');
    expect(inbound(east, 'dana')).not.toContain('waits');
    await operate(east, 'channels', 'resume', 'support');
    await eventually(() => inbound(east, 'dana').includes('waits'));
  });

  test('figures are those of the own lanes', async () => {
    const figure = async ({ bridge }: Installation): Promise<string | undefined> => {
      const metrics = await (await request(`${bridge.managementUrl}/metrics`)).body.text();
      return /^egain_bridge_dead_letters (\d+)$/m.exec(metrics)?.[1];
    };
    await eventually(async () => (await figure(east)) === '1', { timeoutMs: 30_000 });
    expect(await figure(west)).toBe('0');
  });

  test('a customer is forgotten at one, and known at the other', async () => {
    const forgotten = await operate(west, 'customers', 'forget', 'support', 'dana');
    expect(forgotten).toMatch(/dead letters 0, conversations 2/);
    await say(east, 'dana', 'still the same conversation');
    await eventually(() => inbound(east, 'dana').includes('still the same conversation'));
    expect(east.world.simulator.control.conversations()).toHaveLength(1);
    expect(await operate(east, 'dead-letters', 'list', '--json')).not.toBe('');
  });

  test('every key lies below the own prefix', async () => {
    const names = await east.world.redis.client().keys('*');
    expect(names.filter((name) => !/^\{bridge-east(-2)?:\w+\}/.test(name))).toEqual([]);
    expect(names.filter((name) => name.startsWith('{bridge-east:')).length).toBeGreaterThan(5);
    expect(names.filter((name) => name.startsWith('{bridge-east-2:')).length).toBeGreaterThan(5);
  });
});
