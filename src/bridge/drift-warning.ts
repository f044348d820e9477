import type { BridgeConfig } from '../../config/schema.js';
import type { RedisClient } from '../lanes/connection.js';
import type { Logger } from '../operations/logger.js';
import { compareWithEgain } from './drift.js';

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
  const { differences, objects, problems } = await compareWithEgain(config, redis, signal);
  if (differences === 0 && problems.length === 0) log.info('eGain is as the configuration declares it');
  else {
    log.warn(
      { differences, objects, ...(problems.length === 0 ? {} : { problems }) },
      'eGain differs from the configuration: egain-bridge provision plan shows how',
    );
  }
}
