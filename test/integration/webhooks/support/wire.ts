import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer as it came off the wire; header names in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A connection with nothing between the test and the bytes, for requests that no client library would send. */
export interface Wire {
  write(bytes: string | Buffer): void;
  /** The next answer; rejects when the connection ends without one. Interim answers (1xx) count. */
  answer(options?: { readonly head?: boolean }): Promise<Answer>;
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<void>;
  isClosed(): boolean;
  /** Breaks the connection. */
  destroy(): void;
}

export async function openWire(port: number, localAddress?: string): Promise<Wire> {
  const socket: Socket = connect({
    port,
    host: '127.0.0.1',
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  let received = Buffer.alloc(0);
  let over = false;
  let news = (): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    news();
  });
  // A reset after the answer is part of what tests look at, by what they could read before it.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      over = true;
      news();
      resolve();
    });
  });
  await once(socket, 'connect');
  return {
    write: (bytes) => void socket.write(bytes),
    answer: async ({ head = false } = {}) => {
      for (;;) {
        const read = readAnswer(received, head);
        if (read !== undefined) {
          received = received.subarray(read.length);
          return read.answer;
        }
        if (over) throw new Error(`The connection ended without an answer: ${received.toString('latin1')}`);
        await new Promise<void>((resolve) => (news = resolve));
      }
    },
    closed,
    isClosed: () => over,
    destroy: () => void socket.destroy(),
  };
}

function readAnswer(bytes: Buffer, head: boolean): { answer: Answer; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const size = head ? 0 : Number(headers.get('content-length') ?? 0);
  if (bytes.length < end + 4 + size) return undefined;
  const body = bytes.subarray(end + 4, end + 4 + size).toString('utf8');
  return { answer: { status: Number(first.split(' ')[1]), headers, body }, length: end + 4 + size };
}

export interface Shape {
  readonly method?: string;
  readonly path: string;
  /** In order, repeats allowed; `content-length` is added unless it or `transfer-encoding` is there. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Buffer;
}

/** The bytes of one HTTP/1.1 request. */
export function bytesOf({ method = 'POST', path, headers = [], body = '' }: Shape): Buffer {
  const framed = headers.some(([name]) =>
    ['content-length', 'transfer-encoding'].includes(name.toLowerCase()),
  );
  const lines = [
    ['host', 'bridge.test'],
    ...headers,
    ...(framed ? [] : [['content-length', String(Buffer.byteLength(body))]]),
  ].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'),
    Buffer.isBuffer(body) ? body : Buffer.from(body),
  ]);
}

/** One chunk of a chunked body; without a text the last one. */
export function chunk(text: string | Buffer = ''): Buffer {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}
