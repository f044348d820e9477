import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startRedisCluster, type TestCluster } from '../support/redis-cluster.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

const shards = 6;
const customers = 30;
const messages = 20;

let cluster: TestCluster;
let world: World;
let bridges: BridgeProcess[];

describe('I12: on a Redis Cluster, lanes spread over its masters', () => {
  beforeAll(async () => {
    [cluster, world] = await Promise.all([
      startRedisCluster(),
      startWorld({ switches: { deduplicate: true } }),
    ]);
    const replace = { redis: { cluster: { nodes: cluster.nodes }, shards } };
    bridges = await Promise.all([world.startBridge({ replace }), world.startBridge({ replace })]);
    const [first] = bridges;
    if (first !== undefined) connect(world, first);
  }, 90_000);
  afterAll(async () => {
    await world.stop();
    await cluster.stop();
  });

  test('messages go both ways, once and in order', async () => {
    const names = Array.from({ length: customers }, (_, index) => `c-${index}`);
    await Promise.all(
      names.map(async (id) => {
        for (let number = 0; number < messages; number += 1) {
          const sent = await world.channel.send({ customer: { id }, text: String(number) });
          expect(sent.status).toBe(202);
        }
      }),
    );
    const expected = Array.from({ length: messages }, (_, number) => String(number));
    await eventually(() => names.every((id) => written(id).length >= messages), { timeoutMs: 30_000 });
    for (const id of names) expect(written(id)).toEqual(expected);
  });
});

function written(customer: string): string[] {
  return world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && record.direction === 'inbound' && record.contact.includes(`${customer}@`)
        ? [record.text ?? '']
        : [],
    );
}
