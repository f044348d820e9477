/** A chat as a browser's tab speaks to the bridge, with nothing of the bridge's own code in it. */
import { Agent, request } from 'undici';
import { eventually } from './eventually.js';

export interface ChatAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly json: Record<string, unknown>;
}

export interface SeenEvent {
  /** '' for a fleeting one. */
  readonly id: string;
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** One open event stream, with what it told so far. */
export interface ChatStream {
  readonly status: number;
  readonly headers: ChatAnswer['headers'];
  readonly events: SeenEvent[];
  /** Texts of the messages, in the order they came. */
  texts(): string[];
  until(enough: (stream: ChatStream) => boolean): Promise<void>;
  /** True once the other side has ended it, or it broke. */
  readonly ended: boolean;
  close(): void;
}

export interface CallOptions {
  readonly method?: string;
  readonly token?: string;
  readonly origin?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call of `/chat/{channel}/{name}`. A text as body goes as it is. */
export async function callChat(
  url: string,
  channel: string,
  name: string,
  options: CallOptions = {},
): Promise<ChatAnswer> {
  const { method = 'POST', body } = options;
  const answer = await request(`${url}/chat/${channel}/${name}`, {
    method: method as 'POST',
    headers: headersOf(options),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text };
  return { status: answer.statusCode, headers: answer.headers, json };
}

function headersOf({ token, origin, body, headers }: CallOptions): Record<string, string> {
  return {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(origin === undefined ? {} : { origin }),
    ...headers,
  };
}

let tabs = 0;

/** A tab of a session; several may share one token. */
export class ChatTab {
  readonly id: string;
  readonly token: string;
  url: string;
  readonly #channel: string;
  readonly #agent = new Agent({ connections: null });
  #messages = 0;

  constructor(url: string, channel: string, token: string) {
    this.url = url;
    this.#channel = channel;
    this.token = token;
    tabs += 1;
    this.id = `tab-of-test-${tabs}`;
  }

  /** A new anonymous session with its first tab. */
  static async open(url: string, channel: string): Promise<ChatTab> {
    const { status, json } = await callChat(url, channel, 'session', { body: {} });
    if (status !== 200) throw new Error(`no session: ${status} ${JSON.stringify(json)}`);
    return new ChatTab(url, channel, String(json['token']));
  }

  say(text: string, more: Record<string, unknown> = {}): Promise<ChatAnswer> {
    this.#messages += 1;
    const message = { id: `${this.id}-${this.#messages}`, type: 'text', text, ...more };
    return callChat(this.url, this.#channel, 'messages', { token: this.token, body: message });
  }

  /** Uploads a file in its two steps; what the last one was answered with. */
  async upload(name: string, bytes: Buffer): Promise<ChatAnswer> {
    const wish = { name, size: bytes.length };
    const offered = await callChat(this.url, this.#channel, 'uploads', { token: this.token, body: wish });
    if (offered.status !== 201) return offered;
    const form = new FormData();
    form.append('file', new File([new Uint8Array(bytes)], name));
    const answer = await fetch(`${this.url}/chat/${this.#channel}/uploads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${String(offered.json['ticket'])}` },
      body: form,
    });
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      json: (await answer.json()) as Record<string, unknown>,
    };
  }

  /** Everything up to this event was shown. */
  acknowledge(cursor: string): Promise<ChatAnswer> {
    return callChat(this.url, this.#channel, 'events', {
      token: this.token,
      body: { cursor },
      headers: { 'chat-tab': this.id },
    });
  }

  async stream(cursor?: string): Promise<ChatStream> {
    const answer = await request(`${this.url}/chat/${this.#channel}/events`, {
      dispatcher: this.#agent,
      bodyTimeout: 0,
      headers: {
        authorization: `Bearer ${this.token}`,
        'chat-tab': this.id,
        ...(cursor === undefined ? {} : { 'last-event-id': cursor }),
      },
    });
    const events: SeenEvent[] = [];
    let text = '';
    const state = { ended: false };
    answer.body.setEncoding('utf8');
    answer.body
      .on('data', (chunk: string) => {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        events.push(...blocks.flatMap(readBlock));
      })
      .on('error', () => undefined)
      .on('close', () => (state.ended = true));
    const stream: ChatStream = {
      status: answer.statusCode,
      headers: answer.headers,
      events,
      texts: () => events.filter(({ name }) => name === 'message').map(({ data }) => String(data['text'])),
      until: async (enough) => {
        await eventually(() => enough(stream), { what: `the stream; it told ${JSON.stringify(events)}` });
      },
      get ended() {
        return state.ended;
      },
      close: () => void answer.body.destroy(),
    };
    return stream;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

function readBlock(block: string): SeenEvent[] {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return [];
  return [
    {
      id: fields.get('id') ?? '',
      name: fields.get('event') ?? '',
      data: JSON.parse(data) as Record<string, unknown>,
    },
  ];
}
