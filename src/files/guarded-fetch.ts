import { lookup as resolveName } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { AllowedHosts } from './allowed-hosts.js';
import { causeCode } from './cause-code.js';
import { counted } from './counted.js';
import { pinnedClient, type Connect, type ResolvedAddress } from './pinned-connection.js';
import { isLoopbackAddress, isPublicAddress } from './public-address.js';

export interface OpenedFile {
  readonly ok: true;
  /** 206 when a range was asked for and given. */
  readonly status: 200 | 206;
  /** Fails beyond the limits. To be read to its end or destroyed. */
  readonly body: Readable;
  /** Bytes of `body`, where the far end says. */
  readonly size?: number;
  readonly contentType?: string;
  readonly contentRange?: string;
}

/**
 * - `forbidden`: an address nobody may be sent to. - `gone`: the far end says that there is no such file (any more).
 * - `too-large`: more bytes than allowed are announced. - `unreachable`: it may be there another time.
 */
export interface FetchFailure {
  readonly ok: false;
  readonly kind: 'forbidden' | 'gone' | 'too-large' | 'unreachable';
  /** Short and free of the address, which may hold a secret. */
  readonly detail: string;
  readonly status?: number;
}

export interface FetchOptions {
  /** Most bytes that may come. */
  readonly mostBytes: number;
  /** The value of a `Range` header. */
  readonly range?: string;
  readonly signal?: AbortSignal;
}

export interface GuardParts {
  readonly allowed: AllowedHosts;
  /** For one file from beginning to end, redirects included, in milliseconds. */
  readonly timeoutMs: number;
  /** Longest silence of the far end, in milliseconds. */
  readonly idleMs: number;
  /** All addresses of a host name. Default: the system's resolver. */
  readonly resolve?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
  readonly connect?: Connect;
  /** Whether `connect` leads to this address through a proxy. Default: never. */
  readonly isProxied?: (url: URL) => boolean;
}

const mostRedirects = 3;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Answers after which asking again may help. */
const passing: ReadonlySet<number> = new Set([408, 425, 429]);

/** The only way files from outside come in: addresses parsed, resolved, checked and pinned, redirects anew (I9). */
export class GuardedFetch {
  readonly #parts: GuardParts;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** Opens the file at an address. Never throws for what a far end does. */
  async open(address: string, options: FetchOptions): Promise<OpenedFile | FetchFailure> {
    const late = AbortSignal.timeout(this.#parts.timeoutMs);
    const signal = options.signal === undefined ? late : AbortSignal.any([options.signal, late]);
    let next = address;
    for (let hops = 0; hops <= mostRedirects; hops += 1) {
      const answer = await this.#hop(next, options, signal);
      if (!('location' in answer)) return answer;
      next = answer.location;
    }
    return forbidden(`more than ${mostRedirects} redirects`);
  }

  async #hop(
    address: string,
    options: FetchOptions,
    signal: AbortSignal,
  ): Promise<OpenedFile | FetchFailure | { readonly location: string }> {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url === undefined) return forbidden('not an address');
    if (url.username !== '' || url.password !== '') return forbidden('a user name in the address');
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return forbidden('neither https nor http');
    const addresses = await this.#check(url);
    if ('kind' in addresses) return addresses;
    const { connect, idleMs, timeoutMs } = this.#parts;
    const client = pinnedClient(url.origin, addresses, {
      connectTimeoutMs: Math.min(idleMs, timeoutMs),
      idleMs,
      ...(connect === undefined ? {} : { connect }),
    });
    const close = (): void => void client.destroy().catch(() => undefined);
    let answer: Dispatcher.ResponseData;
    try {
      answer = await client.request({
        method: 'GET',
        path: url.pathname + url.search,
        headers: {
          // Compressed, a small answer could grow without bound, and its size would tell nothing.
          'accept-encoding': 'identity',
          'user-agent': 'egain-channel-bridge',
          ...(options.range === undefined ? {} : { range: options.range }),
        },
        signal,
      });
    } catch (error) {
      close();
      return { ok: false, kind: 'unreachable', detail: causeCode(error) };
    }
    const verdict = judge(answer, url, options);
    if ('body' in verdict) {
      return { ...verdict, body: counted(answer.body, options.mostBytes, close).body };
    }
    answer.body.on('error', () => undefined).destroy();
    close();
    return verdict;
  }

  /**
   * Every address that the host has, or why it may not be asked. One bad address among them spoils the host. None for a
   * host an operator vouches for and only a proxy leads to: there it is the proxy's to know where that is.
   */
  async #check(url: URL): Promise<readonly ResolvedAddress[] | FetchFailure> {
    const { allowed, resolve = resolveAll, isProxied } = this.#parts;
    const isAllowed = allowed.has(url);
    if (isAllowed && isProxied?.(url) === true) return [];
    const bare = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const family = isIP(bare);
    let addresses: readonly ResolvedAddress[];
    try {
      addresses = family === 0 ? await resolve(bare) : [{ address: bare, family: family === 4 ? 4 : 6 }];
    } catch (error) {
      return { ok: false, kind: 'unreachable', detail: causeCode(error) };
    }
    if (addresses.length === 0) return { ok: false, kind: 'unreachable', detail: 'the host has no address' };
    if (url.protocol === 'http:') {
      const stays = isAllowed && addresses.every(({ address }) => isLoopbackAddress(address));
      if (!stays) return forbidden('not https');
    }
    if (isAllowed || addresses.every(({ address }) => isPublicAddress(address))) return [...addresses];
    return forbidden('an address that is not public');
  }
}

function judge(
  { statusCode: status, headers }: Dispatcher.ResponseData,
  url: URL,
  options: FetchOptions,
): (Omit<OpenedFile, 'body'> & { readonly body: true }) | FetchFailure | { readonly location: string } {
  const location = headers['location'];
  if (redirects.has(status) && typeof location === 'string' && URL.canParse(location, url.href))
    return { location: new URL(location, url).href };
  if (status >= 500 || passing.has(status))
    return { ok: false, kind: 'unreachable', detail: `HTTP ${status}`, status };
  const partial = status === 206 && options.range !== undefined;
  if (status !== 200 && !partial) return { ok: false, kind: 'gone', detail: `HTTP ${status}`, status };
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return { ok: false, kind: 'gone', detail: 'compressed although it must not be', status };
  const { 'content-length': length, 'content-type': contentType, 'content-range': contentRange } = headers;
  const size = typeof length === 'string' && /^\d+$/.test(length) ? Number(length) : undefined;
  if (size !== undefined && size > options.mostBytes)
    return { ok: false, kind: 'too-large', detail: `more than ${options.mostBytes} bytes`, status };
  return {
    ok: true,
    body: true,
    status: partial ? 206 : 200,
    ...(size === undefined ? {} : { size }),
    ...(typeof contentType === 'string' ? { contentType } : {}),
    ...(partial && typeof contentRange === 'string' ? { contentRange } : {}),
  };
}

async function resolveAll(hostname: string): Promise<readonly ResolvedAddress[]> {
  const found = await resolveName(hostname, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 4 ? 4 : 6 }));
}

function forbidden(detail: string): FetchFailure {
  return { ok: false, kind: 'forbidden', detail };
}
