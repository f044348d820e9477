import type { Dispatcher } from 'undici';
import type { EgainAccess } from '../../config/schema/egain.js';
import { createEgainClient, type EgainClient } from '../egain/client.js';
import type { ScriptRunner } from '../egain/token/store.js';
import { createTokenSource, type TokenEvent, type WatchedTokenSource } from '../egain/token/token-source.js';
import { credentialsOf } from './token-credentials.js';

interface Way {
  readonly dispatcher: Dispatcher;
  /** The way to the token endpoint, where it is another one. */
  readonly tokens?: Dispatcher;
  /** For one exchange, in milliseconds; default is the configured one. */
  readonly timeoutMs?: number;
  /** Where all processes find the token (I8); without it the token is this process's own. */
  readonly shared?: { readonly redis: ScriptRunner; readonly prefix: string };
  readonly observe?: (event: TokenEvent) => void;
  /** For who moves files: the longest silence in milliseconds, and the most bytes. */
  readonly transfers?: { readonly idleMs: number; readonly maxBytes: number };
}

/** eGain's API and the token for it, as the configuration says. Whoever asks closes the token and the dispatchers. */
export function configuredEgain(
  egain: EgainAccess,
  way: Way,
): { readonly client: EgainClient; readonly token: WatchedTokenSource } {
  const { acceptLanguage, apiUrl, switches, token: endpoint } = egain;
  const { dispatcher, tokens = dispatcher, timeoutMs = egain.requestTimeoutMs, shared, transfers } = way;
  const token = createTokenSource({
    ...(shared === undefined
      ? {}
      : {
          redis: shared.redis,
          keyPrefix: `{${shared.prefix}:token}:`,
          renewBeforeMs: endpoint.renewBeforeSeconds * 1000,
        }),
    url: endpoint.url,
    clientId: endpoint.clientId,
    scope: endpoint.scope,
    credentials: credentialsOf(endpoint),
    timeoutMs,
    fallbackLifeMs: switches.token_ttl_fallback * 1000,
    dispatcher: tokens,
    ...(way.observe === undefined ? {} : { observe: way.observe }),
  });
  const client = createEgainClient({
    apiUrl,
    token,
    dispatcher,
    timeoutMs,
    paging: {
      pageNumberParameter: switches.page_params.number,
      pageSizeParameter: switches.page_params.size,
    },
    uploadMode: switches.upload_mode,
    refetchAssetUrl: switches.refetch_asset_url,
    ...(transfers === undefined
      ? {}
      : { transferIdleTimeoutMs: transfers.idleMs, maxDownloadBytes: transfers.maxBytes }),
    ...(acceptLanguage === undefined ? {} : { acceptLanguage }),
  });
  return { client, token };
}
