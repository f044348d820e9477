import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';

/** The proxy did not open the way. Its `code` is that of a connection that could not be made: nothing was sent. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: 'PROXY_REFUSED' | 'PROXY_UNREACHABLE';

  constructor(code: ProxyError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

export interface Tunnel {
  readonly proxy: URL;
  /** Whom to trust for a proxy that itself speaks TLS. */
  readonly secureContext: SecureContext | undefined;
  readonly timeoutMs: number;
}

/**
 * A plain connection to `host` and `port` through the proxy (CONNECT). `host` is a name only where the proxy is to
 * resolve it. @throws {ProxyError}
 */
export function openTunnel(
  { proxy, secureContext, timeoutMs }: Tunnel,
  host: string,
  port: number,
): Promise<Socket> {
  const target = `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
  const isSecure = proxy.protocol === 'https:';
  const name = proxy.hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    const request = (isSecure ? httpsRequest : httpRequest)({
      method: 'CONNECT',
      host: name,
      port: proxy.port === '' ? (isSecure ? 443 : 80) : proxy.port,
      path: target,
      headers: { host: target, ...credentials(proxy) },
      // A tunnel is one connection: none of it can be used again.
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      // Else Node.js takes the name from the Host header, which is not the proxy's.
      servername: isIP(name) === 0 ? name : '',
      ...(secureContext === undefined ? {} : { secureContext }),
    });
    request.once('connect', (answer: IncomingMessage, socket: Socket, head: Buffer) => {
      if (answer.statusCode === 200 && head.length === 0) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(refused(proxy, target, answer));
    });
    request.once('response', (answer) => {
      answer.destroy();
      reject(refused(proxy, target, answer));
    });
    request.once('error', (error) =>
      reject(new ProxyError('PROXY_UNREACHABLE', `the proxy ${proxy.host} cannot be reached`, error)),
    );
    request.end();
  });
}

function refused(proxy: URL, target: string, { statusCode = 0 }: IncomingMessage): ProxyError {
  return new ProxyError(
    'PROXY_REFUSED',
    `the proxy ${proxy.host} answered ${statusCode} to CONNECT ${target}`,
  );
}

function credentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
