import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findRedisServer } from '../../../src/operations/find-redis-server.js';

let root = '';
const at = (...parts: string[]): string => join(root, ...parts);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'egain-bridge-find-'));
  for (const folder of ['redis', 'valkey', 'plain', join('folder', 'redis-server')]) {
    await mkdir(at(folder), { recursive: true });
  }
  await writeFile(at('redis', 'redis-server'), '', { mode: 0o755 });
  await writeFile(at('valkey', 'valkey-server'), '', { mode: 0o755 });
  await writeFile(at('plain', 'redis-server'), '', { mode: 0o644 });
});
afterAll(() => rm(root, { recursive: true }));

test('redis-server wins over valkey-server, whatever their order on PATH', () => {
  expect(findRedisServer({ PATH: [at('valkey'), at('redis')].join(delimiter) })).toBe(
    at('redis', 'redis-server'),
  );
});

test('valkey-server is as good when there is no redis-server', () => {
  expect(findRedisServer({ PATH: at('valkey') })).toBe(at('valkey', 'valkey-server'));
});

test('a folder or a file that cannot be run is no server', () => {
  expect(findRedisServer({ PATH: [at('plain'), at('folder')].join(delimiter) })).toBeUndefined();
});

test('the named binary is used, and never silently replaced by another', () => {
  const env = { PATH: at('redis'), EGAIN_BRIDGE_REDIS_SERVER: at('valkey', 'valkey-server') };
  expect(findRedisServer(env)).toBe(at('valkey', 'valkey-server'));
  expect(findRedisServer({ ...env, EGAIN_BRIDGE_REDIS_SERVER: at('missing') })).toBeUndefined();
});

test('an empty variable counts as none, and no PATH as an empty one', () => {
  expect(findRedisServer({ PATH: at('redis'), EGAIN_BRIDGE_REDIS_SERVER: '' })).toBe(
    at('redis', 'redis-server'),
  );
  expect(findRedisServer({})).toBeUndefined();
});
