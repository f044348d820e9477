import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startRedisSentinels, type TestSentinels } from '../support/redis-sentinel.js';
import { connect, startWorld, type World } from '../support/world.js';

let sentinels: TestSentinels;
let world: World;

beforeAll(async () => {
  [sentinels, world] = await Promise.all([
    startRedisSentinels(),
    startWorld({ switches: { deduplicate: true } }),
  ]);
  const { name, sentinels: addresses } = sentinels;
  const bridge = await world.startBridge({
    replace: { redis: { sentinel: { name, sentinels: addresses } } },
  });
  connect(world, bridge);
}, 90_000);
afterAll(async () => {
  await world.stop();
  await sentinels.stop();
});

const written = () =>
  world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && record.direction === 'inbound' && !record.duplicate
        ? [Number(record.text)]
        : [],
    );

test('I1, I2: behind sentinels the bridge finds the new master by itself; what comes then arrives in order', async () => {
  let number = 0;
  const write = async (): Promise<void> => {
    const message = { id: `m-${number}`, customer: { id: 'dana' }, text: String(number) };
    while ((await world.channel.send(message)).status !== 202) await sleep(100);
    number += 1;
  };
  for (let count = 0; count < 20; count += 1) await write();
  await eventually(() => written().length === number);
  await sentinels.failOver();
  for (let count = 0; count < 20; count += 1) await write();
  await eventually(() => written().length === number, { timeoutMs: 30_000 });
  expect(written()).toEqual(Array.from({ length: 40 }, (_, index) => index));
});
