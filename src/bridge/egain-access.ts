import type { Dispatcher } from 'undici';
import type { BridgeConfig } from '../../config/schema.js';
import type { EgainClient } from '../egain/client.js';
import type { RedisClient } from '../lanes/connection.js';
import type { Observer } from '../operations/observer.js';
import { configuredEgain } from './egain-client.js';

/** eGain's API with the token that all processes share. */
export function egainAccess(parts: {
  readonly config: BridgeConfig;
  readonly redis: RedisClient;
  readonly dispatcher: Dispatcher;
  /** The way to the token endpoint, whose times are figures of their own. */
  readonly tokens: Dispatcher;
  readonly observer: Observer;
}): { readonly client: EgainClient; close(): void } {
  const { config, redis, dispatcher, tokens, observer } = parts;
  const { client, token } = configuredEgain(config.egain, {
    dispatcher,
    tokens,
    shared: { redis, prefix: config.redis.prefix },
    observe: (event) => observer.token(event),
    transfers: config.files,
  });
  observer.watchToken(() => token.state());
  return { client, close: () => token.close() };
}
