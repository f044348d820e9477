/** eGain for one command: a client, and a token that lives as long as the process. */
import { Agent } from 'undici';
import type { BridgeConfig } from '../../config/schema.js';
import { createEgainClient, type TokenCredentials, type TokenSource } from '../egain/index.js';
import { createTokenRequest } from '../egain/token/request-token.js';
import { resourcesOf, type Resources } from './kinds.js';

export interface Connection {
  readonly resources: Resources;
  close(): Promise<void>;
}

/** Without Redis: provisioning works on a machine that has only the configuration. */
export function connect({ egain }: BridgeConfig): Connection {
  const dispatcher = new Agent({ connections: 4, connect: { timeout: egain.requestTimeoutMs } });
  const { page_params: pageParameters, token_ttl_fallback: fallbackSeconds } = egain.switches;
  const ask = createTokenRequest({
    url: egain.token.url,
    clientId: egain.token.clientId,
    scope: egain.token.scope,
    credentials: credentialsOf(egain.token),
    timeoutMs: egain.requestTimeoutMs,
    fallbackLifeMs: fallbackSeconds * 1000,
    dispatcher,
  });
  const token = ownToken(ask);
  const client = createEgainClient({
    apiUrl: egain.apiUrl,
    token,
    dispatcher,
    timeoutMs: egain.requestTimeoutMs,
    paging: { pageNumberParameter: pageParameters.number, pageSizeParameter: pageParameters.size },
    ...(egain.acceptLanguage === undefined ? {} : { acceptLanguage: egain.acceptLanguage }),
  });
  return {
    resources: resourcesOf(client),
    close: async () => {
      token.close();
      await dispatcher.destroy();
    },
  };
}

/** A command is over long before its token is; the first 401 gets a new one, a second one is final. */
function ownToken(ask: ReturnType<typeof createTokenRequest>): TokenSource {
  const closing = new AbortController();
  let current: Promise<string> | undefined;
  let renewed = false;
  return {
    get: () => (current ??= ask(closing.signal).then(({ token }) => token)),
    rejected: async (token) => {
      if (renewed || (await current) !== token) return;
      renewed = true;
      current = undefined;
    },
    close: () => closing.abort(),
  };
}

function credentialsOf(token: BridgeConfig['egain']['token']): TokenCredentials {
  const { clientAuthentication: method, clientSecret = '', privateKey = '', keyId, algorithm } = token;
  if (method !== 'private_key_jwt') return { method, clientSecret };
  return { method, privateKey, algorithm, ...(keyId === undefined ? {} : { keyId }) };
}
