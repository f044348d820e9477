import type { EgainAndEgress } from '../../../config/load.js';
import { configuredEgain } from '../../bridge/egain-client.js';
import type { EgainClient } from '../../egain/client.js';
import { egressOf } from '../../egress/egress.js';

/** A client for one command: its own token, its own connections, no Redis. */
export function connectToEgain({ egain, egress }: EgainAndEgress): {
  readonly client: EgainClient;
  readonly close: () => Promise<void>;
} {
  const dispatcher = egressOf(egress).pool(undefined, egain.requestTimeoutMs, egain.tls);
  const { client, token } = configuredEgain(egain, { dispatcher });
  return {
    client,
    close: async () => {
      token.close();
      await dispatcher.destroy();
    },
  };
}
