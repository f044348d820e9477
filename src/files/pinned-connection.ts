import type { LookupFunction } from 'node:net';
import { buildConnector, Client } from 'undici';

/** An address as the resolver gives it. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Opens a connection as undici asks for one; a test puts its own in its place. */
export type Connect = (options: Parameters<typeof buildConnector>[0]) => buildConnector.connector;

/**
 * A client whose every connection goes to the addresses that were checked, whatever a resolver would say a moment later.
 * The certificate is still that of the host's name. Without any address `connect` finds the host by itself.
 */
export function pinnedClient(
  origin: string,
  addresses: readonly ResolvedAddress[],
  options: { readonly connectTimeoutMs: number; readonly idleMs: number; readonly connect?: Connect },
): Client {
  const lookup: LookupFunction = (_hostname, asked, answer) => {
    const [first] = addresses;
    if (first === undefined) answer(new Error('no address was checked'), '');
    else if (asked.all === true) answer(null, [...addresses]);
    else answer(null, first.address, first.family);
  };
  const connect = options.connect ?? buildConnector;
  return new Client(origin, {
    connect: connect({ ...(addresses.length > 0 && { lookup }), timeout: options.connectTimeoutMs }),
    headersTimeout: options.idleMs,
    bodyTimeout: options.idleMs,
    pipelining: 1,
    // A file is one request; nothing is gained by a connection that stays.
    keepAliveTimeout: 1,
    keepAliveMaxTimeout: 1,
  });
}
