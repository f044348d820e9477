import type { Dispatcher } from 'undici';
import type { BridgeConfig } from '../../config/schema.js';
import { createEgainClient, type EgainClient } from '../egain/client.js';
import { createTokenSource } from '../egain/token/token-source.js';
import type { RedisClient } from '../lanes/connection.js';
import type { Observer } from '../operations/observer.js';
import { credentialsOf } from './token-credentials.js';

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
  const { egain, files } = config;
  const token = createTokenSource({
    redis,
    keyPrefix: `{${config.redis.prefix}:token}:`,
    url: egain.token.url,
    clientId: egain.token.clientId,
    scope: egain.token.scope,
    credentials: credentialsOf(egain.token),
    timeoutMs: egain.requestTimeoutMs,
    fallbackLifeMs: egain.switches.token_ttl_fallback * 1000,
    renewBeforeMs: egain.token.renewBeforeSeconds * 1000,
    dispatcher: tokens,
    observe: (event) => observer.token(event),
  });
  observer.watchToken(() => token.state());
  const client = createEgainClient({
    apiUrl: egain.apiUrl,
    token,
    dispatcher,
    timeoutMs: egain.requestTimeoutMs,
    uploadMode: egain.switches.upload_mode,
    refetchAssetUrl: egain.switches.refetch_asset_url,
    transferIdleTimeoutMs: files.idleMs,
    maxDownloadBytes: files.maxBytes,
    ...(egain.acceptLanguage === undefined ? {} : { acceptLanguage: egain.acceptLanguage }),
  });
  return { client, close: () => token.close() };
}
