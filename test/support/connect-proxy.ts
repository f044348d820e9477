import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { Authority, Certificate } from './certificates.js';

/** A company's proxy on loopback: takes CONNECT, knows where names lead, and writes down what it was asked for. */
export interface ConnectProxy {
  readonly url: string;
  /** `host:port` in the order they were asked for. */
  readonly asked: string[];
  readonly authorizations: (string | undefined)[];
  /** Where a `host:port` leads: a port of this machine. What is not known is refused with 502. */
  leads(target: string, port: number): void;
  /** The next ones are answered with this status; 0 = not at all. undefined = as usual. */
  answerWith(status: number | undefined): void;
  close(): Promise<void>;
}

export async function startConnectProxy(certificate?: Certificate): Promise<ConnectProxy> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const targets = new Map<string, number>();
  const open = new Set<Duplex>();
  let status: number | undefined;
  const server = certificate === undefined ? createHttpServer() : createHttpsServer(certificate);
  server.on('connection', (socket: Socket) => keep(open, socket));
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const target = request.url ?? '';
    asked.push(target);
    authorizations.push(request.headers['proxy-authorization']);
    if (status === 0) return;
    const port = targets.get(target);
    if (status !== undefined || port === undefined) {
      socket.end(`HTTP/1.1 ${status ?? 502} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const far = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(far).pipe(socket);
    });
    keep(open, far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked,
    authorizations,
    leads: (target, to) => void targets.set(target, to),
    answerWith: (next) => void (status = next),
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A TLS end in front of a plain port of this machine. */
export interface TlsFront {
  readonly port: number;
  /** Common names of the certificates that callers showed; '' for none. */
  readonly shown: string[];
  close(): Promise<void>;
}

/** @param clients an authority: nobody without a certificate of it comes in. */
export async function startTlsFront(
  certificate: Certificate,
  toPort: number,
  clients?: Authority,
): Promise<TlsFront> {
  const shown: string[] = [];
  const open = new Set<Duplex>();
  const server = createTlsServer(
    {
      ...certificate,
      ...(clients === undefined ? {} : { ca: clients.ca, requestCert: true, rejectUnauthorized: true }),
    },
    (socket) => {
      const { subject } = socket.getPeerCertificate() as { subject?: { CN?: string } };
      shown.push(subject?.CN ?? '');
      const far = connect(toPort, '127.0.0.1');
      keep(open, far);
      socket.pipe(far).pipe(socket);
    },
  );
  server.on('connection', (socket: Socket) => keep(open, socket));
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    shown,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function keep(open: Set<Duplex>, socket: Socket): void {
  open.add(socket);
  socket.on('error', () => undefined);
  socket.once('close', () => open.delete(socket));
}
