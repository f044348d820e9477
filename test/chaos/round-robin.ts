import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { cut, join } from './observed-path.js';

/**
 * The one address of all bridge processes: connections go to each in turn, past those that refuse or are marked as not
 * answering. Whatever happens to a process happens to its connections.
 */
export class RoundRobin {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #avoided: Set<number>;

  private constructor(server: Server, sockets: Set<Socket>, avoided: Set<number>) {
    this.#server = server;
    this.#sockets = sockets;
    this.#avoided = avoided;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(ports: readonly number[]): Promise<RoundRobin> {
    const sockets = new Set<Socket>();
    const avoided = new Set<number>();
    let turn = 0;
    const server = createServer({ pauseOnConnect: true }, (near) => {
      turn += 1;
      const first = turn;
      near.on('error', () => undefined);
      const attempt = (tried: number): void => {
        const port = ports[(first + tried) % ports.length];
        if (port === undefined || tried === ports.length) cut(near);
        else if (avoided.has(port)) attempt(tried + 1);
        else {
          const far = connect({ host: '127.0.0.1', port });
          const refused = (): void => attempt(tried + 1);
          far.once('error', refused).once('connect', () => {
            far.off('error', refused);
            if (near.destroyed) far.destroy();
            join(near, far, sockets);
            near.resume();
          });
        }
      };
      attempt(0);
    });
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(0, '127.0.0.1', resolve),
    );
    return new RoundRobin(server, sockets, avoided);
  }

  /** What a health check does: no new connections to this port, or again. */
  avoid(port: number, yes: boolean): void {
    if (yes) this.#avoided.add(port);
    else this.#avoided.delete(port);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
