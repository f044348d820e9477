import { afterEach, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { z } from 'zod';
import {
  type RedisServer,
  type RedisServerOptions,
  startRedisServer,
} from '../../../src/operations/redis-server.js';
import { eventually } from '../../support/eventually.js';
import { spawnProgram } from '../../support/spawn-process.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await startRedisServer(options);
  cleanups.push(() => server.stop());
  return server;
}

function connect(server: RedisServer): Redis {
  const redis = new Redis(server.url, { retryStrategy: () => 50 });
  // Some tests take its server away.
  redis.on('error', () => undefined);
  cleanups.push(() => {
    redis.disconnect();
    return Promise.resolve();
  });
  return redis;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a private Redis evicts nothing, writes no snapshots and fires delayed jobs on time', async () => {
  const redis = connect(await start());
  const setting = async (name: string): Promise<unknown> => redis.config('GET', name);
  expect(await setting('maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  expect(await setting('save')).toEqual(['save', '']);
  expect(await setting('hz')).toEqual(['hz', '100']);
  expect(await setting('appendonly')).toEqual(['appendonly', 'no']);
});

test('further settings reach Redis', async () => {
  const redis = connect(await start({ extra: { maxmemory: '64mb' } }));
  expect(await redis.config('GET', 'maxmemory')).toEqual(['maxmemory', String(64 * 1024 * 1024)]);
});

test('stop ends the process and removes its temporary folder; stopping twice is harmless', async () => {
  const server = await start();
  expect(existsSync(server.dir)).toBe(true);
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
  expect(existsSync(server.dir)).toBe(false);
  await server.stop();
});

test('a folder of the caller stays', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'egain-bridge-kept-'));
  cleanups.push(() => rm(dir, { recursive: true }));
  const server = await start({ dir, appendonly: 'everysec' });
  await server.stop();
  expect(existsSync(join(dir, 'appendonlydir'))).toBe(true);
});

test('with an append-only file a killed Redis comes back on its port with its data, under a new process id', async () => {
  const server = await start({ appendonly: 'always' });
  const redis = connect(server);
  await redis.set('promise', 'kept');
  const { pid, port } = server;
  await server.kill();
  expect(isAlive(pid)).toBe(false);
  await server.restart();
  expect(server.port).toBe(port);
  expect(server.pid).not.toBe(pid);
  expect(await eventually(() => redis.get('promise'))).toBe('kept');
});

test('restart of a running Redis ends it in order first', async () => {
  const server = await start({ appendonly: 'everysec' });
  const redis = connect(server);
  await redis.set('promise', 'kept');
  await server.restart();
  expect(await eventually(() => redis.get('promise'))).toBe('kept');
});

test('several start at once, each on a port of its own', async () => {
  const servers = await Promise.all([start(), start(), start()]);
  expect(new Set(servers.map((server) => server.port)).size).toBe(3);
});

test('a port in use is named, and nothing is left behind', async () => {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => listener.close(resolve)));
  const { port } = z.object({ port: z.number() }).parse(listener.address());
  await expect(start({ port })).rejects.toMatchObject({
    code: 'port-taken',
    message: expect.stringContaining(String(port)) as unknown,
  });
});

test("a setting Redis does not know is reported in Redis's own words", async () => {
  await expect(start({ extra: { 'no-such-setting': 'yes' } })).rejects.toMatchObject({
    code: 'exited',
    message: expect.stringContaining('no-such-setting') as unknown,
  });
});

test('without a binary the message says what to install', async () => {
  await expect(start({ env: { PATH: '/nowhere' } })).rejects.toMatchObject({
    code: 'no-binary',
    message: expect.stringContaining('apt-get install redis-server') as unknown,
  });
  await expect(
    start({ env: { PATH: process.env['PATH'], EGAIN_BRIDGE_REDIS_SERVER: '/nowhere/redis' } }),
  ).rejects.toMatchObject({
    code: 'no-binary',
    message: expect.stringContaining('/nowhere/redis') as unknown,
  });
});

const owned = z.object({ pid: z.number(), dir: z.string() });

test('an owner that is killed hard leaves neither its Redis nor its folder', async () => {
  const owner = spawnProgram('owns-redis', ['--stay']);
  cleanups.push(() => owner.stop());
  const { pid, dir } = owned.parse(JSON.parse(await owner.line(/"pid"/)));
  expect(isAlive(pid)).toBe(true);
  owner.signal('SIGKILL');
  expect(await owner.exited).toMatchObject({ signal: 'SIGKILL' });
  await eventually(() => !isAlive(pid) && !existsSync(dir));
});

test('a running Redis does not keep its owner from ending, and ends with it', async () => {
  const owner = spawnProgram('owns-redis');
  cleanups.push(() => owner.stop());
  const { pid, dir } = owned.parse(JSON.parse(await owner.line(/"pid"/)));
  expect(await owner.exited).toEqual({ code: 0, signal: null });
  await eventually(() => !isAlive(pid) && !existsSync(dir));
});
