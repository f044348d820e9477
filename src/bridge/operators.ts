import { Arrivals } from '../../webhooks/arrivals.js';
import { createOperatorsApp } from '../../webhooks/management/operators-app.js';
import type { BridgeConfig } from '../../config/schema.js';
import type { RequestHandler } from 'express';
import { peekAtToken } from '../egain/token/peek.js';
import type { MemoryWatch } from '../lanes/memory.js';
import type { Logger } from '../operations/logger.js';
import type { Observer } from '../operations/observer.js';
import { readVersion } from '../operations/version.js';
import type { Core } from './core.js';
import { compareWithEgain } from './drift.js';
import { credentialsOf } from './token-credentials.js';

/** For bodies on their way in, over all operators. */
const arrivalBytes = 8 * 1024 * 1024;

/** What of the management port is behind its guard. */
export function operatorsApp(parts: {
  readonly config: BridgeConfig;
  readonly core: Core;
  readonly memory: MemoryWatch;
  readonly observer: Observer;
  readonly log: Logger;
}): RequestHandler {
  const { config, core, memory, observer, log } = parts;
  const { redis, keys } = core;
  const { token } = config.egain;
  return createOperatorsApp({
    access: core,
    channels: config.channels,
    declared: config.provisioning !== undefined,
    sources: {
      redis,
      keys,
      channels: Object.keys(config.channels),
      token: () =>
        peekAtToken(redis, {
          keyPrefix: `{${config.redis.prefix}:token}:`,
          url: token.url,
          clientId: token.clientId,
          scope: token.scope,
          credentials: credentialsOf(token),
        }),
      // A worker does not look at it by itself.
      memory: async () => {
        await memory.look();
        return memory.usage;
      },
    },
    checkDrift: (signal) => compareWithEgain(config, redis, signal),
    audit: (line) => log.info({ audit: true, ...line }, 'operator'),
    now: Date.now,
    version: readVersion(),
    queues: keys.tags().map((_tag, shard) => core.queues.shard(shard)),
    arrivals: new Arrivals(arrivalBytes),
    redisIsThere: () => redis.status === 'ready',
    onError: (error) => observer.backgroundError(error),
  });
}
