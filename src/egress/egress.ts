import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { ProxyExceptions } from './exceptions.js';
import { openTunnel } from './tunnel.js';

export interface EgressSettings {
  readonly proxy?: string | undefined;
  readonly noProxy: readonly string[];
  /** Further authorities, PEM. */
  readonly ca?: string | undefined;
}

/** What this side shows to a far end that asks for a certificate, PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

type ConnectorOptions = Parameters<typeof buildConnector>[0];

/** How connections leave: straight, or through the company's proxy, trusting whom the company trusts. */
export class Egress {
  readonly #proxy: URL | undefined;
  readonly #exceptions: ProxyExceptions;
  readonly #authorities: readonly string[] | undefined;
  readonly #trusting: SecureContext | undefined;

  /** @param extraAuthorities the certificates of `NODE_EXTRA_CA_CERTS`, which a list of our own would otherwise displace. */
  constructor({ proxy, noProxy, ca }: EgressSettings, extraAuthorities?: string) {
    this.#proxy = proxy === undefined ? undefined : new URL(proxy);
    this.#exceptions = new ProxyExceptions(noProxy);
    if (ca !== undefined) {
      this.#authorities = [
        ...rootCertificates,
        ...(extraAuthorities === undefined ? [] : [extraAuthorities]),
        ca,
      ];
      // Made once: for each connection anew it would read all those certificates again.
      this.#trusting = createSecureContext({ ca: [...this.#authorities] });
    }
  }

  /** Whether the way to this address leads through the proxy. Plain http never does: it never leaves the machine. */
  isProxied(url: URL): boolean {
    if (this.#proxy === undefined || url.protocol !== 'https:') return false;
    return !this.#exceptions.has(url.hostname, url.port === '' ? '443' : url.port);
  }

  /** Connections to far ends, never more to one than may be busy at once. The caller closes it. */
  pool(connections: number | undefined, connectTimeoutMs: number, identity?: ClientCertificate): Agent {
    return new Agent({
      ...(connections === undefined ? {} : { connections }),
      pipelining: 1,
      connect: this.#isPlain(identity)
        ? { timeout: connectTimeoutMs }
        : this.connector({ timeout: connectTimeoutMs }, identity),
      keepAliveTimeout: 30_000,
    });
  }

  /**
   * Makes one connection as undici asks for it. With a `lookup` the proxy is asked for the address that it gives, so
   * that nobody but us resolves the name; without, for the name. The certificate is always that of the name.
   */
  readonly connector = (
    options: ConnectorOptions,
    identity?: ClientCertificate,
  ): buildConnector.connector => {
    const secureContext = this.#contextFor(identity);
    const straight = buildConnector({
      ...options,
      ...(secureContext === undefined ? {} : { secureContext }),
    });
    const proxy = this.#proxy;
    if (proxy === undefined) return straight;
    const timeoutMs = options?.timeout ?? 10_000;
    const tunnel = { proxy, secureContext: this.#trusting, timeoutMs };
    return (target, answer) => {
      if (!this.isProxied(new URL(`${target.protocol}//${target.host ?? target.hostname}`))) {
        straight(target, answer);
        return;
      }
      void addressFor(options, target.hostname)
        .then((host) => openTunnel(tunnel, host, Number(target.port === '' ? 443 : target.port)))
        .then(
          (httpSocket: Socket) => straight({ ...target, httpSocket }, answer),
          (error: unknown) => answer(error instanceof Error ? error : new Error('failed'), null),
        );
    };
  };

  #isPlain(identity: ClientCertificate | undefined): boolean {
    return this.#proxy === undefined && this.#trusting === undefined && identity === undefined;
  }

  #contextFor(identity: ClientCertificate | undefined): SecureContext | undefined {
    if (identity === undefined) return this.#trusting;
    const { cert, key } = identity;
    const ca = this.#authorities;
    return createSecureContext({ cert, key, ...(ca === undefined ? {} : { ca: [...ca] }) });
  }
}

/** As the configuration and this process's environment say. */
export function egressOf(settings: EgressSettings, env: NodeJS.ProcessEnv = process.env): Egress {
  return new Egress(settings, settings.ca === undefined ? undefined : readExtra(env['NODE_EXTRA_CA_CERTS']));
}

/** Node.js has warned already when the file cannot be read, and goes on without it. */
function readExtra(file: string | undefined): string | undefined {
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function addressFor(options: ConnectorOptions, hostname: string): Promise<string> {
  const lookup = options !== undefined && 'lookup' in options ? options.lookup : undefined;
  if (lookup === undefined) return Promise.resolve(hostname);
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: false }, (error, address) => {
      if (error === null && typeof address === 'string') resolve(address);
      else reject(error ?? new Error('no address'));
    });
  });
}
