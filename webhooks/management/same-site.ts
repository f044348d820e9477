import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { Refusal } from '../reply.js';

/**
 * A page of somebody else's whose name was made to point at us (DNS rebinding) is one origin with us to the browser, but it
 * asks by its own name. No such name is an address, and nobody can make localhost theirs.
 * @throws {Refusal} 403 for a `Host` that is none of ours, 400 without one.
 */
export function admitHost(request: IncomingMessage, allowed: readonly string[]): void {
  const name = hostNameOf(request.headers.host ?? '');
  if (name === undefined) throw new Refusal('malformed', 'host: expected a host name or an address');
  if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || allowed.includes(name))
    return;
  throw new Refusal(
    'forbidden',
    'host: expected an address, localhost, or a name in management.allowedHosts',
  );
}

/**
 * Browsers send an operator's password along with what another site's page makes them ask. What such a page shows of us
 * it cannot read, so only a link to a page of ours is let through.
 * @throws {Refusal} 403 for a request that another origin's page began.
 */
export function admitOwnPages(request: IncomingMessage): void {
  const { origin, host = '' } = request.headers;
  // Behind a proxy with TLS we do not know our own scheme; host and port are told apart all the same.
  const sameOrigin =
    origin === undefined || /^https?:\/\/(.+)$/i.exec(origin)?.[1]?.toLowerCase() === host.toLowerCase();
  const site = request.headers['sec-fetch-site'];
  const own = site === undefined || site === 'same-origin' || site === 'none';
  const link = !isChanging(request) && request.headers['sec-fetch-mode'] === 'navigate';
  if (sameOrigin && (own || link)) return;
  throw new Refusal('forbidden', 'origin: expected a page of this very address');
}

/**
 * A form of another site can send three content types without asking first; JSON is none of them.
 * @throws {Refusal} 415
 */
export function requireJson(request: IncomingMessage): void {
  if (/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) return;
  throw new Refusal('unsupported-type', 'content-type: expected application/json');
}

/** Whatever is not only looking. */
export function isChanging(request: IncomingMessage): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD';
}

/** Lower case, without port, brackets and the root's dot. */
function hostNameOf(host: string): string | undefined {
  const [, six, name] = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+?)\.?)(?::\d{1,5})?$/i.exec(host) ?? [];
  return (six ?? name)?.toLowerCase();
}
