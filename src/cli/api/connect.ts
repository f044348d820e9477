import type { EgainAndEgress } from '../../../config/load.js';
import { credentialsOf } from '../../bridge/token-credentials.js';
import { createEgainClient, type EgainClient } from '../../egain/client.js';
import { createTokenSource } from '../../egain/token/token-source.js';
import { egressOf } from '../../egress/egress.js';

/** A client for one command: its own token, its own connections, no Redis. */
export function connectToEgain({ egain, egress }: EgainAndEgress): {
  readonly client: EgainClient;
  readonly close: () => Promise<void>;
} {
  const { apiUrl, acceptLanguage, requestTimeoutMs: timeoutMs, switches } = egain;
  const dispatcher = egressOf(egress).pool(undefined, timeoutMs, egain.tls);
  const token = createTokenSource({
    url: egain.token.url,
    clientId: egain.token.clientId,
    scope: egain.token.scope,
    credentials: credentialsOf(egain.token),
    timeoutMs,
    fallbackLifeMs: switches.token_ttl_fallback * 1000,
    dispatcher,
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
    ...(acceptLanguage === undefined ? {} : { acceptLanguage }),
  });
  return {
    client,
    close: async () => {
      token.close();
      await dispatcher.destroy();
    },
  };
}
