import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { request } from 'undici';
import { eventually } from '../support/eventually.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

let world: World;
let folder: string | undefined;
let restored: TestRedis | undefined;
afterEach(async () => {
  await world.stop();
  await restored?.stop();
  restored = undefined;
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

const overrides = {
  delivery: {
    unknownConversationWaitMs: 300,
    backoff: { firstMs: 100, maxMs: 200 },
    breaker: { failures: 10_000 },
  },
  notices: { customer: false },
};
const inbound = (customer: string): string[] =>
  world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' &&
      record.direction === 'inbound' &&
      record.contact.includes(`${customer}@`) &&
      !record.duplicate
        ? [record.text ?? record.type]
        : [],
    );
const received = (customer: string): string[] =>
  world.channel
    .received()
    .filter((message) => message.customer.id === customer)
    .map((message) => message.text ?? message.type);
const say = async (customer: string, text: string): Promise<void> => {
  expect((await world.channel.send({ customer: { id: customer }, text })).status).toBe(202);
};
const conversationsOf = (customer: string) =>
  world.simulator.control.conversations().filter(({ contact }) => contact.includes(`${customer}@`));
async function opened(customer: string): Promise<string> {
  await say(customer, 'hello');
  await eventually(() => inbound(customer).length === 1);
  return conversationsOf(customer)[0]?.id ?? '';
}
async function figure(bridge: BridgeProcess, name: string): Promise<number> {
  const metrics = await (await request(`${bridge.managementUrl}/metrics`)).body.text();
  const line = metrics.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}
const unknown = 'egain_bridge_dead_letters_total{direction="out",channel="?",reason="unknown-conversation"}';

/** As the runbook tells it. Resolves with a Redis on a copy of what there was at one moment, under load. */
const copies = {
  'a snapshot': async (redis: TestRedis): Promise<TestRedis> => {
    const client = redis.client();
    await client.bgsave();
    await eventually(async () => {
      const info = await client.info('persistence');
      return info.includes('rdb_bgsave_in_progress:0') && info.includes('rdb_last_bgsave_status:ok');
    });
    folder = await mkdtemp(join(tmpdir(), 'egain-bridge-backup-'));
    await cp(join(redis.dir, 'dump.rdb'), join(folder, 'dump.rdb'));
    return startTestRedis({ dir: folder });
  },
  'the append-only file': async (redis: TestRedis): Promise<TestRedis> => {
    const client = redis.client();
    await client.config('SET', 'auto-aof-rewrite-percentage', '0');
    await eventually(async () => (await client.info('persistence')).includes('aof_rewrite_in_progress:0'));
    folder = await mkdtemp(join(tmpdir(), 'egain-bridge-backup-'));
    await cp(join(redis.dir, 'appendonlydir'), join(folder, 'appendonlydir'), { recursive: true });
    return startTestRedis({ dir: folder, appendonly: 'everysec' });
  },
} as const;

test.each(['a snapshot', 'the append-only file'] as const)(
  'Redis restored from %s: what waited goes, older conversations go on, younger ones are found out and begin anew',
  async (how) => {
    world = await startWorld({
      overrides,
      redis: { appendonly: 'everysec' },
      switches: { deduplicate: true },
    });
    let bridge = await world.startBridge();
    connect(world, bridge);
    const dana = await opened('dana');

    // Something waits for a channel that is away, others are busy while the copy is made.
    world.channel.setFaults([{ kind: 'status', status: 503, share: 1 }]);
    world.simulator.control.act(dana, { do: 'text', text: 'waits in the backup' });
    await eventually(async () => (await waiting(bridge)) === 1);
    const state = { loading: true };
    const load = (async () => {
      for (let number = 0; state.loading; number += 1) await say(`busy-${number % 5}`, `text ${number}`);
    })();
    await eventually(() => inbound('busy-4').length > 0);
    restored = await copies[how](world.redis);
    state.loading = false;
    await load;
    // This one the copy knows nothing of.
    const eve = await opened('eve');
    await bridge.stop();
    if (how === 'a snapshot') await restored.client().config('SET', 'appendonly', 'yes');

    world.channel.setFaults([]);
    bridge = await world.startBridge({ overrides: { redis: { url: restored.url } } });
    connect(world, bridge);
    // Who had it in hand is gone, in the copy for longer than in truth.
    await eventually(() => received('dana').includes('waits in the backup'), { timeoutMs: 40_000 });
    await say('dana', 'still here');
    await eventually(() => inbound('dana').includes('still here'));
    expect(conversationsOf('dana')).toHaveLength(1);

    world.simulator.control.act(eve, { do: 'text', text: 'to nobody' });
    await eventually(async () => (await figure(bridge, unknown)) === 1, { timeoutMs: 20_000 });
    expect(received('eve')).toEqual([]);
    await say('eve', 'anew');
    await eventually(() => conversationsOf('eve').length === 2);
    const next = conversationsOf('eve').find(({ id }) => id !== eve);
    world.simulator.control.act(next?.id ?? '', { do: 'text', text: 'welcome back' });
    await eventually(() => received('eve').includes('welcome back'));
  },
  120_000,
);

test('a Redis that was emptied under a running bridge is said so aloud, and the service goes on', async () => {
  world = await startWorld({ overrides });
  const bridge = await world.startBridge();
  connect(world, bridge);
  const lost = await opened('gail');
  // The watch has seen what there was.
  await eventually(async () => (await figure(bridge, 'egain_bridge_redis_up')) === 1);
  await world.redis.client().flushall();
  await bridge.line(/Redis has lost what was kept there/);
  expect(await figure(bridge, 'egain_bridge_redis_losses_total{how="emptied"}')).toBe(1);

  world.simulator.control.act(lost, { do: 'text', text: 'to nobody' });
  await eventually(async () => (await figure(bridge, unknown)) === 1, { timeoutMs: 20_000 });
  await say('gail', 'anew');
  await eventually(() => conversationsOf('gail').length === 2);
  // A process that starts now must speak of the same names as those that run.
  const second = await world.startBridge();
  connect(world, second);
  await say('gail', 'through the other');
  await eventually(() => inbound('gail').includes('through the other'));
  expect(conversationsOf('gail')).toHaveLength(2);
  expect(await figure(second, 'egain_bridge_redis_losses_total{how="emptied"}')).toBe(0);
}, 60_000);

async function waiting(bridge: BridgeProcess): Promise<number> {
  const metrics = await (await request(`${bridge.managementUrl}/metrics`)).body.text();
  const lines = metrics
    .split('\n')
    .filter((line) => line.startsWith('egain_bridge_lanes{direction="out",channel="support"'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
}
