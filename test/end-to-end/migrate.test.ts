import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type World } from '../support/world.js';
import { operateOn, operateWellOn } from './support/operate.js';

const customers = Array.from({ length: 12 }, (_, index) => `c-${index}`);

let world: World;
beforeAll(async () => {
  world = await startWorld({ switches: { deduplicate: true } });
}, 60_000);
afterAll(() => world.stop());

const written = (customer: string) =>
  world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && record.direction === 'inbound' && record.contact.includes(`${customer}@`)
        ? [record.text ?? record.type]
        : [],
    );
const say = async (customer: string, text: string): Promise<void> => {
  expect(
    (await world.channel.send({ id: `${customer}-${text}`, customer: { id: customer }, text })).status,
  ).toBe(202);
};
const over = (shards: number) => ({ overrides: { redis: { shards } } });

test('I12: what lies in Redis is spread over another number of shards, and nothing is lost or reordered', async () => {
  let bridge = await world.startBridge();
  connect(world, bridge);
  for (const customer of customers) await say(customer, 'opens');
  await eventually(() => customers.every((customer) => written(customer).length === 1));
  // The channel takes no more, so an answer dies; its conversation lives on.
  world.channel.setFaults([{ kind: 'status', status: 400, share: 1 }]);
  const [dana = ''] = customers;
  const open = world.simulator.control.conversations().find(({ contact }) => contact.includes(`${dana}@`));
  world.simulator.control.act(open?.id ?? '', { do: 'text', text: 'dies' });
  await eventually(
    async () => (await operateWellOn(bridge.configFile, ['dead-letters', 'list', '--json'])) !== '',
  );
  world.channel.setFaults([]);
  await bridge.stop();

  for (const [from, to] of [
    [1, 5],
    [5, 2],
  ] as const) {
    const web = await world.startBridge({ role: 'web', ...over(from) });
    connect(world, web);
    for (const customer of customers) {
      for (const number of [1, 2, 3]) await say(customer, `${to}-${number}`);
    }
    const file = await withShards(web.configFile, to);
    const refused = await operateOn(file, ['migrate']);
    expect(refused.stderr).toMatch(/^egain-bridge: migrate: .* still runs: stop every process/);
    expect(refused.code).toBe(1);
    await web.stop();

    const done = JSON.parse(await operateWellOn(file, ['migrate', '--json'])) as Record<string, number>;
    expect(done).toMatchObject({ from, to, lanes: customers.length });
    expect((await operateOn(web.configFile, ['lanes', 'list'])).stderr).toMatch(`set redis.shards to ${to}`);
    bridge = await world.startBridge(over(to));
    connect(world, bridge);
    await eventually(() => customers.every((customer) => written(customer).at(-1) === `${to}-3`), {
      timeoutMs: 30_000,
      what: 'what waited has arrived',
    });
    // A repeat is still known.
    expect(
      JSON.parse(
        (await world.channel.send({ id: `${dana}-${to}-1`, customer: { id: dana }, text: 'x' })).body,
      ),
    ).toEqual({ id: `${dana}-${to}-1`, status: 'duplicate' });
    await bridge.stop();
  }

  for (const customer of customers) {
    expect(written(customer)).toEqual(['opens', '5-1', '5-2', '5-3', '2-1', '2-2', '2-3']);
  }
  expect(world.simulator.control.conversations()).toHaveLength(customers.length);
  bridge = await world.startBridge(over(2));
  connect(world, bridge);
  const { id, messageId } = JSON.parse(
    await operateWellOn(bridge.configFile, ['dead-letters', 'list', '--json']),
  ) as { id: string; messageId: string };
  expect(await operateWellOn(bridge.configFile, ['messages', 'trace', messageId])).toMatch(/dead/);
  await operateWellOn(bridge.configFile, ['dead-letters', 'retry', id]);
  await eventually(() => world.channel.received().some(({ text }) => text === 'dies'));
}, 120_000);

async function withShards(configFile: string, shards: number): Promise<string> {
  const config = parse(await readFile(configFile, 'utf8')) as { redis: Record<string, unknown> };
  const file = configFile.replace(/\.yaml$/, `-${shards}.yaml`);
  await writeFile(file, stringify({ ...config, redis: { ...config.redis, shards } }));
  return file;
}
