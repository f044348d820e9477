import type { BridgeConfig } from '../../config/schema.js';
import { createEgainClient } from '../egain/client.js';
import { createTokenSource } from '../egain/token/token-source.js';
import { egressOf } from '../egress/egress.js';
import type { RedisClient } from '../lanes/connection.js';
import { writeDrift, type DriftRecord } from '../operators/drift-record.js';
import { credentialsOf } from './token-credentials.js';

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
  const { apiUrl, acceptLanguage, requestTimeoutMs: timeoutMs, switches } = egain;
  const dispatcher = egressOf(config.egress).pool(1, timeoutMs, egain.tls);
  // The token all processes share (I8).
  const token = createTokenSource({
    redis,
    keyPrefix: `{${config.redis.prefix}:token}:`,
    url: egain.token.url,
    clientId: egain.token.clientId,
    scope: egain.token.scope,
    credentials: credentialsOf(egain.token),
    timeoutMs,
    fallbackLifeMs: switches.token_ttl_fallback * 1000,
    renewBeforeMs: egain.token.renewBeforeSeconds * 1000,
    dispatcher,
  });
  signal.addEventListener('abort', () => token.close(), { once: true });
  const client = createEgainClient({
    apiUrl,
    token,
    dispatcher,
    timeoutMs,
    paging: {
      pageNumberParameter: switches.page_params.number,
      pageSizeParameter: switches.page_params.size,
    },
    ...(acceptLanguage === undefined ? {} : { acceptLanguage }),
  });
  try {
    // Loaded here so that a start without the check does not pay for it.
    const { findDrift } = await import('../provisioning/drift.js');
    return await findDrift(config, client, signal);
  } finally {
    token.close();
    await dispatcher.destroy();
  }
}
