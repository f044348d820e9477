import { Redis } from 'ioredis';
import { type RedisServer, startRedisServer } from '../../../src/operations/redis-server.js';
import { pin } from './pinning.js';

/** For a million messages in its append-only file. */
const longestLoadMs = 120_000;

/**
 * A Redis for one measurement, as durable as in production, on its own core. Every now and then Redis writes its append-only
 * file anew, in a process beside it: with tens of thousands of messages waiting that takes seconds of the same core.
 * `rewrites: false` keeps it from that where it would fall into the one variant's few seconds and not into the other's.
 */
export async function startMeasuredRedis({ rewrites = true } = {}): Promise<RedisServer> {
  const server = await startRedisServer({ appendonly: 'everysec', timeoutMs: longestLoadMs });
  pin(server.pid, 'redis');
  if (!rewrites) await askRedis(server, (redis) => redis.config('SET', 'auto-aof-rewrite-percentage', '0'));
  return server;
}

/** One look at a Redis through a connection of its own. */
export async function askRedis<T>(server: RedisServer, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url);
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

/** Bytes in use by data: what connections and the append-only file buffer comes and goes. */
export async function dataBytes(server: RedisServer): Promise<number> {
  const info = await askRedis(server, (redis) => redis.info('memory'));
  const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return field('used_memory') - field('mem_clients_normal') - field('mem_aof_buffer');
}

/** Processor time Redis has used so far, background rewrites apart, in microseconds. */
export async function redisCpuMicros(server: RedisServer): Promise<number> {
  const info = await askRedis(server, (redis) => redis.info('cpu'));
  const field = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
  return (field('used_cpu_user') + field('used_cpu_sys')) * 1_000_000;
}
