/** A host name, an address, or `*.` and a domain; optionally with a port. */
const form = /^(\*\.)?([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;

/** Whether a text can be an entry of `AllowedHosts`. */
export function isHostEntry(entry: string): boolean {
  return form.test(entry);
}

/** Hosts an operator vouches for: files on the own network, which are refused otherwise. */
export class AllowedHosts {
  readonly #exact = new Set<string>();
  readonly #domains: string[] = [];

  /** @param entries `files.example.com`, `10.0.0.7:8443`, `[::1]`, `*.example.com` (not `example.com` itself). */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const lower = entry.toLowerCase();
      if (lower.startsWith('*.')) this.#domains.push(lower.slice(1));
      else this.#exact.add(lower);
    }
  }

  has(url: URL): boolean {
    const host = url.hostname.toLowerCase().replace(/\.$/, '');
    const withPort = `${host}:${url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port}`;
    if (this.#exact.has(host) || this.#exact.has(withPort)) return true;
    return this.#domains.some((domain) => host.endsWith(domain) || withPort.endsWith(domain));
  }
}
