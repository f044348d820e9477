import { connect, type Socket } from 'node:net';

/**
 * One keep-alive connection that knows just enough HTTP/1.1 to wait for the end of an answer. A general client spends more
 * time on a request than a bare server does, and would measure itself.
 */
export class BareClient {
  readonly #socket: Socket;
  readonly #host: string;
  #received = '';
  #answered: ((status: number) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#host = `127.0.0.1:${port}`;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => this.#failed?.(error));
    socket.on('close', () => this.#failed?.(new Error('The server closed the connection.')));
  }

  static open(port: number): Promise<BareClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new BareClient(socket, port));
      });
    });
  }

  /** Sends one request (the body must be ASCII) and resolves with the status when its answer is complete. */
  post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      let head = `POST ${path} HTTP/1.1\r\nhost: ${this.#host}\r\ncontent-length: ${body.length}\r\n`;
      for (const name in headers) head += `${name}: ${headers[name] ?? ''}\r\n`;
      this.#socket.write(`${head}\r\n${body}`, 'latin1');
    });
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const bodyLength = this.#received.length - end - 4;
    const length = /\r\ncontent-length: ?(\d+)/i.exec(head)?.[1];
    const complete =
      length === undefined
        ? !/\r\ntransfer-encoding: ?chunked/i.test(head) || this.#received.endsWith('\r\n0\r\n\r\n')
        : bodyLength >= Number(length);
    if (!complete) return;
    this.#received = '';
    this.#answered?.(Number(head.slice(9, 12)));
  }
}
