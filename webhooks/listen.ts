import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SettingError } from '../src/operations/setting-error.js';

export interface Listening {
  readonly port: number;
  /** Takes no new connections, lets requests in hand finish, those that take longer than `graceMs` not, then resolves. */
  close(graceMs?: number): Promise<void>;
}

/** Connections that wait to be taken; more of a rush than this begin again after a second, then three, then seven. */
const backlog = 4096;
const usualRequestMs = 20_000;

/**
 * Opens a port with limits against slow and oversized requests.
 * @throws {SettingError} when the port cannot be had; the message names the setting.
 */
export async function listen(
  listener: RequestListener,
  options: {
    readonly host: string;
    readonly port: number;
    readonly setting: string;
    readonly requestTimeoutMs?: number;
  },
): Promise<Listening> {
  const { host, port, setting, requestTimeoutMs = usualRequestMs } = options;
  const server = createServer(
    {
      // Both far ends answer themselves within seconds; whoever needs longer to say something is not one of them.
      headersTimeout: 10_000,
      requestTimeout: requestTimeoutMs,
      // Longer than the usual 60 s of load balancers, so that they close first and no request meets a closing socket.
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 16 * 1024,
    },
    listener,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'the port is taken' : error.message;
      reject(new SettingError(`${setting}: cannot listen on ${host}:${port}: ${why}`, { cause: error }));
    });
    server.listen({ port, host, backlog }, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return { port: actual, close: (graceMs) => closeServer(server, graceMs) };
}

async function closeServer(server: Server, graceMs: number | undefined): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // A connection that was busy just now may idle on for its keep-alive time.
  const timer = setInterval(() => server.closeIdleConnections(), 50);
  const late =
    graceMs === undefined ? undefined : setTimeout(() => server.closeAllConnections(), Math.max(1, graceMs));
  await closed;
  clearInterval(timer);
  clearTimeout(late);
}
