import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisServer, startRedisServer } from '../../src/operations/redis-server.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** A master, its replica and three sentinels that watch them, all of them real processes on loopback. */
export interface TestSentinels {
  readonly name: string;
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  /** SIGKILL of the master; resolves when the sentinels have made the replica master. */
  failOver(): Promise<void>;
  stop(): Promise<void>;
}

const name = 'bridge';

export async function startRedisSentinels(downAfterMs = 1000): Promise<TestSentinels> {
  const binary = findRedisServer(process.env);
  if (binary === undefined) throw new Error('no redis-server was found');
  const master = await startRedisServer({ appendonly: 'everysec' });
  const replica = await startRedisServer({
    appendonly: 'everysec',
    extra: { replicaof: `127.0.0.1 ${master.port}` },
  });
  const dir = await mkdtemp(join(tmpdir(), 'egain-bridge-sentinels-'));
  const children: ChildProcess[] = [];
  const ports: number[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
      }),
    );
    await Promise.all([master.stop(), replica.stop()]);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await eventually(async () =>
      (await ask(replica.port, (r) => r.info('replication'))).includes('link_status:up'),
    );
    for (let number = 0; number < 3; number += 1) {
      const port = await freePort();
      const file = join(dir, `sentinel-${number}.conf`);
      await writeFile(
        file,
        [
          `port ${port}`,
          'bind 127.0.0.1',
          `dir ${dir}`,
          `sentinel monitor ${name} 127.0.0.1 ${master.port} 2`,
          `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
          `sentinel failover-timeout ${name} 5000`,
        ].join('\n'),
      );
      children.push(spawn(binary, [file, '--sentinel'], { stdio: 'ignore' }));
      ports.push(port);
    }
    await eventually(
      async () =>
        (
          await Promise.all(ports.map((port) => ask(port, (s) => s.call('SENTINEL', 'CKQUORUM', name))))
        ).every((answer) => String(answer).startsWith('OK 3')),
      { timeoutMs: 20_000, everyMs: 100, what: 'the sentinels know each other' },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name,
    sentinels: ports.map((port) => ({ host: '127.0.0.1', port })),
    failOver: async () => {
      await master.kill();
      await eventually(
        async () => (await ask(replica.port, (r) => r.info('replication'))).includes('role:master'),
        { timeoutMs: 30_000, everyMs: 50, what: 'the replica is master' },
      );
    },
    stop,
  };
}

async function ask<T>(port: number, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}
