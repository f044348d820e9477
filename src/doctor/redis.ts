import type { BridgeConfig } from '../../config/schema.js';
import { connectRedis, untilReady, type RedisClient } from '../lanes/connection.js';
import { Keyspace } from '../lanes/keyspace.js';
import { checkLayout } from '../lanes/layout.js';
import { redisUnfitness } from '../lanes/redis-fitness.js';
import { checkEncryption } from './encryption.js';
import { failure, ok, skipped, warning, wordsOf, type Finding } from './finding.js';
import { checkStrays } from './strays.js';

const patienceMs = 3000;

/** Is Redis there, fit to keep messages, and does what lies in it belong to this configuration? */
export async function checkRedis(
  config: BridgeConfig,
): Promise<{ readonly findings: readonly Finding[]; readonly timeMs: number | undefined }> {
  const { redis: settings } = config;
  const redis = connectRedis(settings, 'prompt', `egain-bridge:doctor`);
  redis.on('error', () => undefined);
  try {
    await untilReady(redis, patienceMs);
    return {
      findings: [
        ok('redis', 'it answers'),
        ...(await fitness(redis, config)),
        ...(await contents(redis, config)),
      ],
      timeMs: await timeOf(redis),
    };
  } catch (error) {
    const setting =
      settings.cluster !== undefined ? 'cluster' : settings.sentinel !== undefined ? 'sentinel' : 'url';
    return {
      findings: [
        failure('redis', wordsOf(error), `start Redis, or correct redis.${setting}, user and password`),
        skipped('redis settings', 'Redis does not answer'),
        skipped('redis layout', 'Redis does not answer'),
        skipped('encryption', 'Redis does not answer'),
        skipped('held messages', 'Redis does not answer'),
      ],
      timeMs: undefined,
    };
  } finally {
    redis.disconnect();
  }
}

async function fitness(redis: RedisClient, config: BridgeConfig): Promise<readonly Finding[]> {
  const { waitReplicas, maxMemoryBytes } = config.redis;
  const unfit = await redisUnfitness(redis, { waitReplicas, maxMemoryBytes });
  if (unfit.length === 0) return [ok('redis settings', 'nothing is evicted, the append-only file is on')];
  return unfit.map(({ what, fatal, found, advice }) =>
    (fatal || what === 'memory' || what === 'replication' ? failure : warning)(
      `redis ${what}`,
      found,
      advice,
    ),
  );
}

async function contents(redis: RedisClient, { redis: settings, channels }: BridgeConfig): Promise<Finding[]> {
  const problem = await checkLayout(redis, settings);
  if (problem !== undefined) {
    const why = 'what lies in Redis belongs to another configuration';
    return [
      failure('redis layout', problem, 'correct the setting named'),
      skipped('encryption', why),
      skipped('held messages', why),
    ];
  }
  const { prefix, shards, encryption } = settings;
  // What is looked at is found by the names of targets, not of customers: that takes no secret.
  const keys = new Keyspace({ prefix, shards, secret: '' });
  return [
    ok('redis layout', 'what lies in Redis belongs to this configuration'),
    await checkEncryption(redis, keys, encryption?.keys ?? []),
    ...(await checkStrays(redis, keys, channels)),
  ];
}

async function timeOf(redis: RedisClient): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Number(micros) / 1000;
}
