import type { BridgeConfig } from '../../config/schema.js';
import { egressOf } from '../egress/egress.js';
import type { RedisClient } from '../lanes/connection.js';
import { writeDrift, type DriftRecord } from '../operators/drift-record.js';
import { configuredEgain } from './egain-client.js';

/**
 * Compares eGain with what the configuration declares, and keeps the answer for the operators' page. Changes nothing.
 * @throws when it cannot be told, which is kept as well
 */
export async function compareWithEgain(
  config: BridgeConfig,
  redis: RedisClient,
  signal: AbortSignal,
): Promise<DriftRecord & { readonly differences: number }> {
  try {
    const drift = { at: Date.now(), ...(await compare(config, redis, signal)) };
    await writeDrift(redis, config.redis.prefix, drift);
    return drift;
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'unknown';
    const unknown = { at: Date.now(), objects: [], problems: [problem] };
    if (!signal.aborted) await writeDrift(redis, config.redis.prefix, unknown).catch(() => undefined);
    throw error;
  }
}

async function compare(config: BridgeConfig, redis: RedisClient, signal: AbortSignal) {
  const { egain } = config;
  const dispatcher = egressOf(config.egress).pool(1, egain.requestTimeoutMs, egain.tls);
  const { client, token } = configuredEgain(egain, {
    dispatcher,
    shared: { redis, prefix: config.redis.prefix },
  });
  signal.addEventListener('abort', () => token.close(), { once: true });
  try {
    // Loaded here so that a start without the check does not pay for it.
    const { findDrift } = await import('../provisioning/drift.js');
    return await findDrift(config, client, signal);
  } finally {
    token.close();
    await dispatcher.destroy();
  }
}
