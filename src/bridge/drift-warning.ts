import { Agent } from 'undici';
import type { BridgeConfig } from '../../config/schema.js';
import { createEgainClient } from '../egain/client.js';
import { createTokenSource } from '../egain/token/token-source.js';
import type { RedisClient } from '../lanes/connection.js';
import type { Logger } from '../operations/logger.js';
import { credentialsOf } from './token-credentials.js';

/**
 * Looks once whether eGain is as the configuration declares it, and logs a warning when it is not or cannot be told
 * (`provisioning.checkAtStart`). Never fails, and nobody waits for it. @returns how to give up
 */
export function warnOfDrift(config: BridgeConfig, redis: RedisClient, log: Logger): () => Promise<void> {
  if (config.provisioning?.checkAtStart !== true) return () => Promise.resolve();
  const giveUp = new AbortController();
  const looking = look(config, redis, log, giveUp.signal).catch((error: unknown) => {
    if (giveUp.signal.aborted) return;
    const reason = error instanceof Error ? error.message : 'unknown';
    log.warn({ reason }, 'eGain could not be compared with the configuration');
  });
  return () => {
    giveUp.abort();
    return looking;
  };
}

async function look(
  config: BridgeConfig,
  redis: RedisClient,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { egain } = config;
  const { apiUrl, acceptLanguage, requestTimeoutMs: timeoutMs, switches } = egain;
  const dispatcher = new Agent({ connections: 1, connect: { timeout: timeoutMs } });
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
    const { differences, objects, problems } = await findDrift(config, client, signal);
    if (differences === 0 && problems.length === 0) log.info('eGain is as the configuration declares it');
    else {
      log.warn(
        { differences, objects, ...(problems.length === 0 ? {} : { problems }) },
        'eGain differs from the configuration: egain-bridge provision plan shows how',
      );
    }
  } finally {
    token.close();
    await dispatcher.destroy();
  }
}
