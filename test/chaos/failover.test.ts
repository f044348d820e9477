import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startRedisCluster, type TestCluster } from '../support/redis-cluster.js';
import { connect, startWorld, type World } from '../support/world.js';

const shards = 6;
const customers = 20;
/** How long the dying master's replica has been behind. */
const lagMs = 1500;

let cluster: TestCluster | undefined;
let world: World | undefined;

afterEach(async () => {
  await world?.stop();
  await cluster?.stop();
  world = cluster = undefined;
});

/**
 * Nothing is drained before the failover, so that what the new master does not have can have come from nowhere else. One
 * master's replica gets nothing for a while, then that master is killed.
 */
async function failOverUnderIntake(waitReplicas: number) {
  [cluster, world] = await Promise.all([
    startRedisCluster(),
    startWorld({ switches: { deduplicate: true } }),
  ]);
  const { channel, simulator } = world;
  const replace = { redis: { cluster: { nodes: cluster.nodes }, shards, waitReplicas } };
  const web = await world.startBridge({ role: 'web', replace });
  connect(world, web);
  const acknowledged = new Map<string, string[]>();
  let refused = 0;
  let ended = false;
  const writing = Promise.all(
    Array.from({ length: customers }, async (_, customer) => {
      const texts: string[] = [];
      acknowledged.set(`c-${customer}`, texts);
      for (let number = 0; !ended; number += 1) {
        const text = String(number);
        const message = { id: `c-${customer}-${text}`, customer: { id: `c-${customer}` }, text };
        while ((await channel.send(message)).status !== 202) {
          refused += 1;
          await sleep(50);
        }
        texts.push(text);
        await sleep(30);
      }
    }),
  );
  await sleep(1000);
  const key = '{egain-bridge:0}:generation';
  await cluster.cutReplication(key);
  await sleep(lagMs);
  await cluster.failOver(key);
  await sleep(1000);
  ended = true;
  await writing;

  await world.startBridge({ role: 'worker', replace });
  const written = new Map<string, string[]>();
  const arrived = () => {
    written.clear();
    for (const record of simulator.records()) {
      if (record.kind !== 'message' || record.direction !== 'inbound' || record.duplicate) continue;
      const customer = /^[^@]*?(c-\d+)@/.exec(record.contact)?.[1] ?? record.contact;
      written.set(customer, [...(written.get(customer) ?? []), record.text ?? '']);
    }
    return [...written.values()].reduce((sum, texts) => sum + texts.length, 0);
  };
  let before = -1;
  await eventually(() => (arrived() > 0 && arrived() === before) || ((before = arrived()), false), {
    timeoutMs: 60_000,
    everyMs: 3000,
    what: 'nothing more arrives',
  });
  const lost = [...acknowledged].flatMap(([customer, texts]) =>
    texts
      .filter((text) => !(written.get(customer) ?? []).includes(text))
      .map((text) => `${customer} ${text}`),
  );
  const sent = [...acknowledged.values()].reduce((sum, texts) => sum + texts.length, 0);
  process.stdout.write(
    `failover with waitReplicas ${waitReplicas}: ${sent} acknowledged, ${lost.length} lost, ${refused} refusals\n`,
  );
  return { written, lost, refused };
}

describe('a master of a Redis Cluster dies while its replica is behind', () => {
  test('I1: with waitReplicas no acknowledged message is lost, and order holds (I2)', async () => {
    const { written, lost, refused } = await failOverUnderIntake(1);
    expect(lost).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expectInOrder(written);
  });

  test('without it what only the dead master had is lost, and nothing else; order holds (I2)', async () => {
    const { written, lost } = await failOverUnderIntake(0);
    expect(lost.length).toBeGreaterThan(0);
    expectInOrder(written);
  });
});

function expectInOrder(written: ReadonlyMap<string, readonly string[]>): void {
  expect(written.size).toBe(customers);
  for (const texts of written.values()) {
    const firsts = [...new Set(texts)];
    expect(firsts).toEqual(firsts.toSorted((a, b) => Number(a) - Number(b)));
  }
}
