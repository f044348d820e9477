import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

interface Entry {
  readonly matches: (host: string) => boolean;
  readonly port: string | undefined;
}

/**
 * What is reached without the proxy, read as curl reads `NO_PROXY`: a domain includes what is below it, with or without a
 * dot or `*.` in front; addresses match as they are written in an address, ranges what lies in them; names are not
 * resolved. What never leaves this machine has no use for a proxy.
 */
export class ProxyExceptions {
  readonly #entries: readonly Entry[];

  constructor(entries: readonly string[]) {
    this.#entries = entries.map(readEntry);
  }

  has(host: string, port: string): boolean {
    const bare = host
      .toLowerCase()
      .replace(/^\[(.*)\]$/, '$1')
      .replace(/\.$/, '');
    if (isHere(bare)) return true;
    return this.#entries.some((entry) => (entry.port ?? port) === port && entry.matches(bare));
  }
}

function readEntry(text: string): Entry {
  const lower = text.toLowerCase();
  const [, name = lower, port] = /^(\[[^\]]*\](?:\/\d+)?|[^:]*)(?::(\d+))?$/.exec(lower) ?? [];
  return { matches: matcher(name.replace(/^\[([^\]]*)\]/, '$1')), port };
}

function matcher(name: string): Entry['matches'] {
  if (name === '*') return () => true;
  if (ipaddr.isValidCIDR(name)) {
    const range = ipaddr.parseCIDR(name);
    return (host) => {
      if (isIP(host) === 0) return false;
      const address = ipaddr.process(host);
      return address.kind() === range[0].kind() && address.match(range);
    };
  }
  if (isIP(name) !== 0) {
    const address = ipaddr.process(name).toString();
    return (host) => isIP(host) !== 0 && ipaddr.process(host).toString() === address;
  }
  const domain = name.replace(/^\*?\./, '');
  return (host) => host === domain || host.endsWith(`.${domain}`);
}

function isHere(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) !== 0 && ipaddr.process(host).range() === 'loopback';
}
