/** A simulator with one channel and one account, a callback that writes down what it gets, and a plain client. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { z } from 'zod';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/index.js';

export const scopes = {
  manage: 'app.conversation.conversationmgr.manage',
  read: 'app.conversation.conversationmgr.read',
  interact: 'app.conversation.conversationmgr.interaction.manage',
  watch: 'app.conversation.conversationmgr.interaction.read',
} as const;

export const client = { id: 'bridge', secret: 'bridge-secret-0123456789', scopes: Object.values(scopes) };

const payloadSchema = z.looseObject({
  messages: z.object({
    message: z.array(
      z.looseObject({
        id: z.string(),
        messageId: z.string(),
        status: z.string(),
        created: z.iso.datetime(),
        type: z.object({ value: z.string() }),
        conversation: z.looseObject({ id: z.string() }),
        sender: z.looseObject({ type: z.string() }),
        content: z
          .looseObject({
            html: z.string().optional(),
            text: z.string().optional(),
            json: z.unknown().optional(),
          })
          .optional(),
      }),
    ),
  }),
});

export type CallbackMessage = z.output<typeof payloadSchema>['messages']['message'][number];

export interface ReceivedCallback {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly messages: readonly CallbackMessage[];
}

type Reply = { readonly status: number; readonly body?: string } | 'hang';

export interface Receiver {
  readonly url: string;
  readonly origin: string;
  readonly received: ReceivedCallback[];
  /** Decides every answer; default 200. */
  reply: (callback: ReceivedCallback, count: number) => Reply;
  /** All messages received so far, in order of arrival. */
  messages(): CallbackMessage[];
  texts(): (string | undefined)[];
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: ReceivedCallback[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      const parsed = payloadSchema.safeParse(raw.startsWith('{') ? JSON.parse(raw) : undefined);
      const messages = parsed.success ? parsed.data.messages.message : [];
      const callback = { path: incoming.url ?? '', headers: incoming.headers, raw, messages };
      received.push(callback);
      const answer = receiver.reply(callback, received.length);
      if (answer !== 'hang')
        outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body ?? 'ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const receiver: Receiver = {
    origin,
    url: `${origin}/egain/callback`,
    received,
    reply: () => ({ status: 200 }),
    messages: () => received.flatMap(({ messages }) => messages),
    texts: () => receiver.messages().map(({ content }) => content?.html ?? content?.text),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  /** Parsed body; undefined when there is none. */
  readonly json: unknown;
}

export async function fetchToken(
  simulator: Simulator,
  scope = 'https://api.egain.cloud/auth/.default',
): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    scope,
    client_id: client.id,
    client_secret: client.secret,
  };
  const answer = await request(simulator.tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  return z.object({ access_token: z.string() }).parse(await answer.body.json()).access_token;
}

export async function call(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH',
  url: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string>; raw?: string | Buffer } = {},
): Promise<ApiAnswer> {
  const { token, body, headers = {}, raw } = options;
  const answer = await request(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: raw ?? (body === undefined ? null : JSON.stringify(body)),
  });
  const text = await answer.body.text();
  const isJson = String(answer.headers['content-type'] ?? '').startsWith('application/json') && text !== '';
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    json: isJson ? (JSON.parse(text) as unknown) : undefined,
  };
}

const errorSchema = z.strictObject({
  code: z.string(),
  developerMessage: z.string(),
  details: z.array(z.strictObject({ key: z.string(), value: z.string().optional() })).optional(),
});

/** eGain's code of a refusal; fails when the body is not eGain's error object. */
export function codeOf(answer: ApiAnswer): string {
  return errorSchema.parse(answer.json).code;
}

export function attributeOf(answer: ApiAnswer): string | undefined {
  return errorSchema.parse(answer.json).details?.find(({ key }) => key === 'attribute')?.value;
}

const acceptedSchema = z.strictObject({
  messages: z.strictObject({
    message: z.array(
      z.strictObject({
        id: z.string().length(36),
        messageId: z.string().optional(),
        conversation: z.strictObject({ id: z.string().length(36) }),
      }),
    ),
  }),
});

/** The entries of a 202. */
export function accepted(answer: ApiAnswer): z.output<typeof acceptedSchema>['messages']['message'] {
  if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return acceptedSchema.parse(answer.json).messages.message;
}

export function conversationOf(answer: ApiAnswer): string {
  const [first] = accepted(answer);
  if (first === undefined) throw new Error('nothing accepted');
  return first.conversation.id;
}

type Fields = Record<string, unknown>;

/** A message that starts a conversation; `fields` replace members of it. */
export function starting(messageId: string, text: string, user = '15550100123', fields: Fields = {}): Fields {
  return {
    messageId,
    type: { value: 'text' },
    content: { text },
    sender: { type: 'customer', participant: { name: 'Dana' } },
    conversation: {
      account: { channel: { type: 'custom.support' }, address: 'acme-support' },
      lookupContact: 'phone.mobile',
      conversationContact: 'phone.mobile',
      customer: {
        name: 'Dana',
        type: 'individual',
        contacts: { contact: [{ type: 'phone', subType: 'mobile', address: user }] },
      },
    },
    ...fields,
  };
}

export function continuing(
  messageId: string,
  text: string,
  conversation: string,
  fields: Fields = {},
): Fields {
  return {
    messageId,
    type: { value: 'text' },
    content: { text },
    sender: { type: 'customer' },
    conversation: { id: conversation },
    ...fields,
  };
}

export interface Bench {
  readonly simulator: Simulator;
  readonly receiver: Receiver;
  readonly token: string;
  send(...messages: Fields[]): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** Everything together; `options` replace what is usual. */
export async function startBench(options: Partial<SimulatorOptions> = {}): Promise<Bench> {
  const receiver = await startReceiver();
  const { setup, ...rest } = options;
  const simulator = await startSimulator({
    clients: [client],
    setup: {
      callback: {
        url: receiver.url,
        authentication: { type: 'basic', username: 'egain', password: 'callback-password' },
      },
      accounts: [{ channel: 'custom.support', address: 'acme-support', timeout: 30, entryPoint: '1001' }],
      ...setup,
    },
    ...rest,
  });
  const token = await fetchToken(simulator);
  return {
    simulator,
    receiver,
    token,
    send: (...messages) =>
      call('POST', `${simulator.url}/conversations/messages`, {
        token,
        body: { messages: { message: messages } },
      }),
    close: async () => {
      await simulator.close();
      await receiver.close();
    },
  };
}

/** Waits until `ready` holds; fails after ten seconds with what was waited for. */
export async function until(what: string, ready: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!ready()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
