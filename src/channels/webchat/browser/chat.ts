import type { Keep } from './keep.js';
import { Connection, type ConnectionState } from './connection.js';
import { Outgoing } from './outgoing.js';
import {
  readEvent,
  type ChatEvent,
  type ChatMessage,
  type ChatSession,
  type StreamEvent,
} from './protocol.js';
import { Transcript, type Entry } from './transcript.js';
import type { UploadedFile } from './upload.js';

export interface ChatParts {
  readonly base: string;
  readonly keep: Keep;
  readonly identity: () => Promise<string>;
  readonly about: { readonly language: string; readonly timeZone: string };
  readonly onEntries: (entries: readonly Entry[]) => void;
  readonly onSession: (session: ChatSession) => void;
  readonly onState: (state: ConnectionState) => void;
  /** Something new was said by the other side. */
  readonly onNews: (event: ChatEvent) => void;
  /** The other side began or stopped writing. */
  readonly onTyping: (name: string | undefined, writing: boolean) => void;
}

/** Whoever waits for the network waits no longer than until it is back. */
function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
  });
}

/** Older words that were never sent are not sent by themselves any more. Milliseconds. */
const stillMeant = 10 * 60_000;

/** One chat in one tab: what was said, what is on its way, and the connection. */
export class Chat {
  readonly #parts: ChatParts;
  readonly #transcript = new Transcript();
  readonly #outgoing: Outgoing;
  readonly #connection: Connection;

  constructor(parts: ChatParts) {
    this.#parts = parts;
    const { keep, base, identity, about, onState } = parts;
    this.#transcript.merge(keep.kept.entries);
    this.#connection = new Connection({
      base,
      fetch: (...request) => fetch(...request),
      wait,
      random: () => Math.random(),
      tab: crypto.randomUUID(),
      token: () => keep.kept.token,
      identity,
      about,
      onSession: (session) => this.#begin(session),
      onEvent: (event) => this.#take(event),
      onState,
    });
    this.#outgoing = new Outgoing({
      post: (message) => this.#connection.post(message),
      settle: ({ id }, state) => {
        this.#transcript.settle(`own:${id}`, state);
        this.#changed();
      },
      wait,
      random: () => Math.random(),
    });
  }

  start(): void {
    this.#parts.onEntries(this.#transcript.entries);
    void this.#connection.run();
  }

  say(text: string, files: readonly UploadedFile[]): void {
    this.#post({
      id: crypto.randomUUID(),
      type: 'text',
      ...(text !== '' && { text }),
      ...(files.length > 0 && {
        attachments: files.map(({ name, assetId }) => ({ name, assetId })),
      }),
      sentAt: new Date().toISOString(),
    });
  }

  choose(entry: Entry, choices: readonly { readonly id: string; readonly title: string }[]): void {
    this.#post({
      id: crypto.randomUUID(),
      type: 'choice',
      choices: choices.map(({ id, title }) => ({ id, title })),
      replyTo: entry.id,
      sentAt: new Date().toISOString(),
    });
  }

  retry(entry: Entry): void {
    const message = messageOf(entry);
    if (message !== undefined) this.#post(message);
  }

  /** Typing, coming and going: nobody waits for it and it is not sent again. */
  tell(
    type: 'typing.start' | 'typing.end' | 'customer.active' | 'customer.inactive' | 'conversation.end',
  ): void {
    void this.#connection.post({ id: crypto.randomUUID(), type });
  }

  session(): Promise<ChatSession | undefined> {
    return this.#connection.session();
  }

  #post(message: ChatMessage): void {
    const { id, type, text, choices, replyTo, attachments } = message;
    this.#transcript.say(
      {
        key: `own:${id}`,
        id,
        type,
        ...(text !== undefined && { text }),
        ...(choices !== undefined && { choices }),
        ...(replyTo !== undefined && { replyTo }),
        ...(attachments !== undefined && { attachments }),
      },
      Date.now(),
    );
    this.#changed();
    this.#outgoing.send(message);
  }

  /** Somebody else's words must not be seen in this browser any more. */
  #begin(session: ChatSession): void {
    const { kept } = this.#parts.keep;
    if (kept.customer !== '' && kept.customer !== session.customer.id) this.#transcript.clear();
    else this.#transcript.merge(kept.entries);
    this.#parts.keep.write({
      token: session.token,
      customer: session.customer.id,
      entries: this.#transcript.entries,
    });
    this.#parts.onSession(session);
    this.#parts.onEntries(this.#transcript.entries);
    for (const entry of this.#transcript.entries) this.#goOn(entry);
  }

  /** What was on its way when its tab was closed goes on; under the same id, so it arrives once. */
  #goOn(entry: Entry): void {
    if (entry.state !== 'sending') return;
    const message = messageOf(entry);
    if (message !== undefined && Date.now() - entry.at < stillMeant) this.#outgoing.send(message);
    else this.#transcript.settle(entry.key, 'failed');
  }

  #take({ id, data }: StreamEvent): void {
    const event = readEvent(data);
    if (event === undefined) return;
    if (event.type === 'typing.start' || event.type === 'typing.end') {
      this.#parts.onTyping(event.sender?.name, event.type === 'typing.start');
      return;
    }
    const isNew = id !== '' && this.#transcript.add(event, id);
    if (isNew && event.own !== true) this.#parts.onNews(event);
    this.#changed();
  }

  #changed(): void {
    const { keep, onEntries } = this.#parts;
    const { token, customer } = keep.kept;
    keep.write({ token, customer, entries: this.#transcript.entries });
    onEntries(this.#transcript.entries);
  }
}

/** An own entry as it was posted. */
function messageOf({
  id,
  own,
  type,
  text,
  choices,
  replyTo,
  attachments = [],
  at,
}: Entry): ChatMessage | undefined {
  if (own !== true || (type !== 'text' && type !== 'choice')) return undefined;
  const files = attachments.flatMap((file) =>
    'assetId' in file && typeof file.assetId === 'string' ? [{ name: file.name, assetId: file.assetId }] : [],
  );
  return {
    id,
    type,
    ...(text !== undefined && { text }),
    ...(choices !== undefined && { choices }),
    ...(replyTo !== undefined && { replyTo }),
    ...(files.length > 0 && { attachments: files }),
    sentAt: new Date(at).toISOString(),
  };
}
