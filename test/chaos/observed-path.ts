import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A message was seen on its way from one bridge process to a far end. */
export interface Sighting {
  readonly process: number;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Bytes kept from one chunk to the next, in case an id was cut in two. */
const tailLength = 400;

/**
 * The way from one bridge process to one far end: a TCP relay on loopback that changes nothing and notes which message
 * passed when. The far ends' records cannot tell the processes apart, this can.
 */
export class ObservedPath {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  /** @param id matches a message's id in what is sent, its first group being the id. */
  static async open(options: {
    readonly process: number;
    readonly farPort: number;
    readonly id: RegExp;
    readonly seen: (sighting: Sighting) => void;
  }): Promise<ObservedPath> {
    const { process, farPort, id, seen } = options;
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: farPort });
      let tail = '';
      near.on('data', (chunk: Buffer) => {
        const text = tail + chunk.toString('latin1');
        let read = 0;
        for (const match of text.matchAll(id)) {
          seen({ process, id: match[1] ?? '', at: Date.now() });
          read = match.index + match[0].length;
        }
        tail = text.slice(Math.max(read, text.length - tailLength));
      });
      join(near, far, sockets);
    });
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(0, '127.0.0.1', resolve),
    );
    return new ObservedPath(server, sockets);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** Joins two connections, so that the end of one, in whatever way, is the end of the other in the same way. */
export function join(near: Socket, far: Socket, sockets: Set<Socket>): void {
  for (const [socket, other] of [
    [near, far],
    [far, near],
  ] as const) {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => cut(other));
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  }
}

/** A reset for a reset. Node cannot reset what is half closed already: such a handle would never let the process end. */
export function cut(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
