import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  connectRedis,
  untilReady,
  type RedisClient,
  type RedisSettings,
} from '../../../src/lanes/connection.js';
import { findRedisServer } from '../../../src/operations/redis-server.js';
import { certificateAuthority } from '../../support/certificates.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { redisTls, type RedisTls } from '../../support/redis-tls.js';
import { startTestRedis, type TestRedis } from '../../support/redis.js';

const clients: RedisClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});

/** What a client with these settings hears, or the words of why it hears nothing. */
async function ping(settings: RedisSettings, timeoutMs = 10_000): Promise<string> {
  const client = connectRedis(settings, 'patient', 'test');
  clients.push(client);
  let words = '';
  let tell = (): void => undefined;
  const failed = new Promise<void>((resolve) => (tell = resolve));
  client.on('error', (error: Error & { lastNodeError?: Error }) => {
    words = `${error.message} ${error.lastNodeError?.message ?? ''}`;
    tell();
  });
  await Promise.race([untilReady(client, timeoutMs).catch(() => undefined), failed]);
  return words === '' ? client.ping() : words;
}

describe('a Redis that speaks TLS', () => {
  let tls: RedisTls;
  let redis: TestRedis;
  beforeAll(async () => {
    tls = await redisTls();
    redis = await startTestRedis({ extra: tls.extra });
  });
  afterAll(async () => {
    await redis.stop();
    await tls.remove();
  });
  const at = (more: Exclude<RedisSettings['tls'], boolean | undefined>): RedisSettings => ({
    url: `rediss://127.0.0.1:${tls.port}`,
    tls: more,
  });

  test('is taken when the named authority vouches for it', async () => {
    expect(await ping(at({ ca: tls.authority.ca }))).toBe('PONG');
    expect(await ping({ ...at({ ca: tls.authority.ca }), url: `redis://127.0.0.1:${tls.port}` })).toBe(
      'PONG',
    );
  });

  test('is refused when nobody vouches for it, or another does', async () => {
    const words = /unable to verify|self-signed|unable to get local issuer/;
    expect(await ping({ url: `rediss://127.0.0.1:${tls.port}` })).toMatch(words);
    expect(await ping({ url: `redis://127.0.0.1:${tls.port}`, tls: true })).toMatch(words);
    expect(await ping(at({ ca: certificateAuthority('Another').ca }))).toMatch(/certificate|verify/);
  });

  test('is refused under a name its certificate does not carry, and taken under one it does', async () => {
    const { ca } = tls.authority;
    expect(await ping(at({ ca, servername: 'other.internal' }))).toMatch(/does not match|altnames/);
    expect(await ping(at({ ca, servername: 'redis.internal' }))).toBe('PONG');
  });

  test('is taken unchecked only when a setting says so', async () => {
    expect(await ping(at({ verify: false }))).toBe('PONG');
    expect(await ping(at({ verify: true }))).not.toBe('PONG');
  });
});

describe('a Redis that asks for a client’s certificate', () => {
  let tls: RedisTls;
  let redis: TestRedis;
  beforeAll(async () => {
    tls = await redisTls('required');
    redis = await startTestRedis({ extra: tls.extra });
  });
  afterAll(async () => {
    await redis.stop();
    await tls.remove();
  });

  test('takes one of its own authority, and nobody without', async () => {
    const url = `rediss://127.0.0.1:${tls.port}`;
    const { ca } = tls.authority;
    expect(await ping({ url, tls: { ca, ...tls.authority.issue('bridge') } })).toBe('PONG');
    expect(await ping({ url, tls: { ca } })).not.toBe('PONG');
    expect(await ping({ url, tls: { ca, ...certificateAuthority('Another').issue('bridge') } })).not.toBe(
      'PONG',
    );
  });

  test('is found through sentinels that speak nothing but TLS either', async () => {
    const sentinel = await startSentinel(tls);
    try {
      const found: RedisSettings = {
        sentinel: { name: 'bridge', sentinels: [{ host: '127.0.0.1', port: sentinel.port }] },
        tls: { ca: tls.authority.ca, ...tls.authority.issue('bridge') },
      };
      await eventually(async () => (await ping(found, 2000)) === 'PONG', { timeoutMs: 20_000 });
      const client = connectRedis(found, 'patient', 'test');
      client.on('error', () => undefined);
      clients.push(client);
      await client.set('written-through-tls', 'yes');
      expect(await redis.client().get('written-through-tls')).toBe('yes');
    } finally {
      await sentinel.stop();
    }
  });
});

describe('a Redis Cluster that speaks TLS', () => {
  test('is used in whole, each node checked by the name it is known by', async () => {
    const tls = await redisTls('required');
    const redis = await startTestRedis({
      extra: {
        ...tls.extra,
        'cluster-enabled': 'yes',
        'tls-cluster': 'yes',
        'cluster-announce-ip': '127.0.0.1',
        'cluster-port': String(await freePort()),
        'cluster-config-file': 'nodes.conf',
      },
    });
    try {
      const admin = redis.client();
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      await eventually(async () => (await admin.cluster('INFO')).includes('cluster_state:ok'));
      const client = connectRedis(
        {
          cluster: { nodes: [{ host: 'localhost', port: tls.port }] },
          tls: {
            ca: tls.authority.ca,
            servername: 'redis.internal',
            ...tls.authority.issue('bridge'),
          },
        },
        'patient',
        'test',
      );
      client.on('error', () => undefined);
      clients.push(client);
      await untilReady(client, 10_000);
      await client.set('written-through-tls', 'yes');
      expect(await client.get('written-through-tls')).toBe('yes');
    } finally {
      for (const client of clients.splice(0)) client.disconnect();
      await redis.stop();
      await tls.remove();
    }
  });
});

async function startSentinel(
  tls: RedisTls,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const binary = findRedisServer(process.env);
  if (binary === undefined) throw new Error('no redis-server was found');
  const port = await freePort();
  const file = join(tls.dir, 'sentinel.conf');
  const settings = { ...tls.extra, 'tls-port': String(port), 'tls-replication': 'yes', port: '0' };
  await writeFile(
    file,
    [
      'bind 127.0.0.1',
      `dir ${tls.dir}`,
      ...Object.entries(settings).map(([name, value]) => `${name} ${value}`),
      `sentinel monitor bridge 127.0.0.1 ${tls.port} 1`,
    ].join('\n'),
  );
  const child: ChildProcess = spawn(binary, [file, '--sentinel'], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
