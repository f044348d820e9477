import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHealth } from '../../../src/bridge/health.js';
import { connectRedis } from '../../../src/lanes/connection.js';
import { Gates } from '../../../src/lanes/gates.js';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Lanes } from '../../../src/lanes/lanes.js';
import { NoticeWindow } from '../../../src/lanes/notice-window.js';
import { checkLayout } from '../../../src/lanes/layout.js';
import { Drain } from '../../../workers/drain.js';
import { Endings } from '../../../workers/endings.js';
import { Notices } from '../../../workers/notices.js';
import { Pool } from '../../../workers/pool.js';
import { jobLock, Queues } from '../../../workers/queues.js';
import { Slots } from '../../../workers/slots.js';
import { Upkeep } from '../../../workers/upkeep.js';
import { eventually } from '../../support/eventually.js';
import { startTestRedis, type TestRedis } from '../../support/redis.js';

/** A second of the test is so many of health's: 90 s of silence are 4.5 s. */
const haste = 20;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A way to Redis that can be lost without either end hearing of it, as behind a firewall that forgets. */
async function wayTo(redis: TestRedis): Promise<{ readonly url: string; lose(): void }> {
  const sockets = new Set<Socket>();
  let lost = false;
  const server = createServer((near) => {
    const far = connect(redis.port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.on('data', (chunk) => lost || far.write(chunk)).on('close', () => far.destroy());
    far.on('data', (chunk) => lost || near.write(chunk)).on('close', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lose: () => {
      lost = true;
    },
  };
}

/** A worker as the bridge has it: BullMQ on a connection of its own, everything else on another. */
async function startWorker(redis: TestRedis, workerUrl = redis.url) {
  const keys = new Keyspace({ prefix: 'deaf', shards: 2, secret: 'test' });
  const onError = (): void => undefined;
  const client = connectRedis({ url: redis.url }, 'prompt', 'test', { commandTimeoutMs: 500 }).on(
    'error',
    onError,
  );
  const patient = connectRedis({ url: workerUrl }, 'patient', 'test').on('error', onError);
  await eventually(() => client.status === 'ready');
  const lanes = new Lanes(client, keys, {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax: 100,
    deadLettersMs: 60_000,
    deadLettersMax: 100,
    window: 10,
    jobLock: { keyOf: jobLock, lifeMs: 15_000 },
  });
  const queues = new Queues({ redis: client, keys, lanes, onError });
  const now = (): number => performance.now();
  const gates = new Gates(client, keys, { failures: 9, openMs: 100, maxOpenMs: 200, probeMs: 1000 }, now);
  const window = new NoticeWindow(client, keys, 1000);
  const notices = new Notices({ window, keys, lanes, queues, settings: { customer: false, agent: false } });
  const drain = new Drain({
    lanes,
    gates,
    queues,
    slots: new Slots(5),
    endings: new Endings({ lanes, notices, observer: { delivery: onError }, now }),
    settings: {
      holdMs: () => 60_000,
      backOff: { firstMs: 50, factor: 2, maxMs: 1000 },
      laneBurst: 50,
      poisonStarts: 3,
      lockMs: 15_000,
    },
    route: () => undefined,
    random: Math.random,
    now,
    stopping: () => false,
    leaving: new AbortController().signal,
    onError,
    onLocked: onError,
  });
  const pool = new Pool({
    redis: patient,
    keys,
    drain,
    settings: {
      concurrency: 5,
      workerName: 'w',
      lockMs: 15_000,
      stalledIntervalMs: 1000,
      listenSeconds: 0.1,
    },
    onError,
  });
  const upkeep = new Upkeep({
    redis: client,
    keys,
    lanes,
    gates,
    queues,
    instance: 'w',
    targets: new Map(),
    window: 10,
    random: Math.random,
    onError,
    onStray: onError,
  });
  await upkeep.start();
  pool.start(onError);
  closers.push(async () => {
    await upkeep.stop();
    patient.disconnect();
    // Deaf as it may be, nobody waits for what it has in hand: nothing.
    void pool.close().catch(onError);
    await queues.close();
    client.disconnect();
  });
  return createHealth({
    progress: () => ({ rounds: upkeep.rounds, well: upkeep.well, heard: pool.heard() }),
    fits: async () => (await checkLayout(client, { prefix: 'deaf', shards: 2 })) === undefined,
    leaving: () => false,
    now: () => performance.now() * haste,
  });
}

describe('the liveness of a worker', () => {
  test('outlives an outage of Redis and its restart: ready again by itself, never dead', async () => {
    const redis = await startTestRedis();
    closers.push(() => redis.stop());
    const health = await startWorker(redis);
    await redis.kill();
    await eventually(async () => !(await health.ready())['redis']);
    // Longer than a silence may last while Redis is there.
    for (let looks = 0; looks < 55; looks += 1) {
      expect(health.live()).toBe(true);
      await sleep(100);
    }
    await redis.restart();
    await eventually(async () => (await health.ready())['redis']);
    for (let looks = 0; looks < 50; looks += 1) {
      expect(health.live()).toBe(true);
      await sleep(100);
    }
  }, 60_000);

  test('ends when the worker is deaf while Redis is there', async () => {
    const redis = await startTestRedis();
    closers.push(() => redis.stop());
    const way = await wayTo(redis);
    const health = await startWorker(redis, way.url);
    expect(health.live()).toBe(true);
    way.lose();
    await eventually(() => !health.live(), { timeoutMs: 30_000 });
    expect(await health.ready()).toMatchObject({ redis: true });
  }, 60_000);
});
