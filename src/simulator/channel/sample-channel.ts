/**
 * A small channel application, as an integrator would write it: it receives the bridge's webhooks, drops repeats, and
 * posts what its customers write. It uses the public `standardwebhooks` package and none of the bridge's own code.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { BridgeSender, type CustomerMessage, type SendOptions, type SentMessage } from './bridge-sender.js';
import {
  Deliveries,
  type DeliveredMessage,
  type MessageListener,
  type ReceivedRequest,
} from './deliveries.js';
import { drawFault, seededRandom, type Fault } from './faults.js';

export interface SampleChannelOptions {
  /** 0 or absent takes a free one. */
  readonly port?: number;
  /** `whsec_…`; the first one signs, any of them is believed. */
  readonly secrets: readonly [string, ...string[]];
  /** Public address of the bridge; may be given later with `connect`. */
  readonly bridgeUrl?: string;
  /** The channel's name in the bridge's configuration. */
  readonly channel: string;
  readonly faults?: readonly Fault[];
  /** The same seed gives the same faults in the same order. */
  readonly seed?: number;
  /** How many messages and requests it remembers at least; 100,000 when absent. */
  readonly keep?: number;
}

export interface SampleChannel {
  /** Where the bridge is to post. */
  readonly url: string;
  connect(bridgeUrl: string): void;
  send(message: CustomerMessage, options?: SendOptions): Promise<SentMessage>;
  /** Messages in the order they came, repeats dropped. */
  received(): readonly DeliveredMessage[];
  /** Every request, repeats and refused ones included. */
  requests(): readonly ReceivedRequest[];
  /** Returns the function that stops it. */
  onMessage(listener: MessageListener): () => void;
  until(enough: (messages: readonly DeliveredMessage[]) => boolean, deadlineMs: number): Promise<void>;
  setFaults(faults: readonly Fault[], seed?: number): void;
  forget(): void;
  close(): Promise<void>;
}

/** The largest body the bridge sends: its text limit in HTML, and a list. */
const largestBody = 4 * 1024 * 1024;

function readBody(request: IncomingMessage, then: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > largestBody) request.destroy();
    else chunks.push(chunk);
  });
  request.on('end', () => then(Buffer.concat(chunks).toString('utf8')));
  request.on('error', () => request.destroy());
}

/** The message of a request that one of the secrets signed; nothing for any other. */
function believed(
  verifiers: readonly Webhook[],
  request: IncomingMessage,
  body: string,
): DeliveredMessage | undefined {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const headers = {
    'webhook-id': header('webhook-id'),
    'webhook-timestamp': header('webhook-timestamp'),
    'webhook-signature': header('webhook-signature'),
  };
  for (const verifier of verifiers) {
    try {
      return verifier.verify(body, headers) as DeliveredMessage;
    } catch {
      // The next secret may fit.
    }
  }
  return undefined;
}

function answer(response: ServerResponse, fault: Fault | undefined): void {
  if (fault === undefined || fault.kind === 'delay') {
    response.writeHead(200).end();
  } else if (fault.kind === 'reset') {
    response.destroy();
  } else if (fault.kind === 'slow') {
    void drip(response, '{"status":"received"}', fault.intervalMs ?? 50);
  } else if (fault.kind === 'status') {
    response.writeHead(fault.status ?? 503, datesOf(fault)).end();
  }
}

function datesOf(fault: Fault): Readonly<Record<string, string>> {
  const { retryAfterSeconds, retryAfterDateInMs, clockOffsetMs = 0 } = fault;
  const now = Date.now() + clockOffsetMs;
  return {
    ...(clockOffsetMs === 0 ? {} : { date: new Date(now).toUTCString() }),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...(retryAfterDateInMs === undefined
      ? {}
      : { 'retry-after': new Date(now + retryAfterDateInMs).toUTCString() }),
  };
}

async function drip(response: ServerResponse, text: string, intervalMs: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
  for (const character of text) {
    if (response.destroyed) return;
    response.write(character);
    await sleep(intervalMs);
  }
  response.end();
}

/** A record that is completed once it is known how the answer ended. */
function follow(
  request: Pick<ReceivedRequest, 'webhookId' | 'messageId' | 'at' | 'outcome'>,
  response: ServerResponse,
  fault: Fault | undefined,
): ReceivedRequest {
  const record: { -readonly [Field in keyof ReceivedRequest]: ReceivedRequest[Field] } = {
    ...request,
    answer: 'none',
    ...(fault === undefined ? {} : { fault: fault.name ?? fault.kind }),
  };
  const end = (): void => {
    if (record.endedAt !== undefined) return;
    record.endedAt = Date.now();
    if (response.writableFinished) {
      record.answer = 'written';
      record.status = response.statusCode;
    } else if (fault?.kind !== 'hang') {
      record.answer = fault?.kind === 'reset' ? 'reset' : 'gone';
    }
  };
  if (response.destroyed) end();
  else response.once('finish', end).once('close', end);
  return record;
}

/** Listens on loopback and resolves once it does. */
export async function startSampleChannel(options: SampleChannelOptions): Promise<SampleChannel> {
  const verifiers = options.secrets.map((secret) => new Webhook(secret));
  const signer = new Webhook(options.secrets[0]);
  const deliveries = new Deliveries(options.keep ?? 100_000);
  let faults = options.faults ?? [];
  let random = seededRandom(options.seed ?? 1);
  let sender =
    options.bridgeUrl === undefined
      ? undefined
      : new BridgeSender(options.bridgeUrl, options.channel, signer);

  const handle = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const webhookId = String(request.headers['webhook-id'] ?? '');
    const at = Date.now();
    const message = believed(verifiers, request, body);
    const record = (outcome: ReceivedRequest['outcome'], fault?: Fault): void =>
      deliveries.record(
        follow({ webhookId, at, outcome, ...(message && { messageId: message.id }) }, response, fault),
      );
    if (message === undefined) {
      record('refused');
      response.writeHead(401).end();
      return;
    }
    const fault = drawFault(faults, random);
    const accept = (): void => {
      record(deliveries.take(webhookId, message), fault);
      answer(response, fault);
    };
    if (fault?.kind === 'delay') {
      setTimeout(accept, fault.delayMs ?? 0);
    } else if (fault === undefined || fault.processed === true) {
      accept();
    } else {
      record('not-taken', fault);
      answer(response, fault);
    }
  };

  const server = createServer((request, response) =>
    readBody(request, (body) => handle(request, response, body)),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}/from-bridge`,
    connect: (bridgeUrl) => {
      void sender?.close();
      sender = new BridgeSender(bridgeUrl, options.channel, signer);
    },
    send: (message, sendOptions) =>
      sender === undefined
        ? Promise.reject(new Error('the sample channel does not know the address of the bridge yet'))
        : sender.send(message, sendOptions),
    received: () => deliveries.messages,
    requests: () => deliveries.requests,
    onMessage: (listener) => deliveries.listen(listener),
    until: (enough, deadlineMs) => deliveries.until(enough, deadlineMs),
    setFaults: (next, seed = 1) => {
      faults = next;
      random = seededRandom(seed);
    },
    forget: () => deliveries.forget(),
    close: async () => {
      await sender?.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
