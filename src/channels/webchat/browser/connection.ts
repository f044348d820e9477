import { EventReader } from './event-reader.js';
import type { PostResult } from './outgoing.js';
import { readJson, type ChatMessage, type ChatSession, type StreamEvent } from './protocol.js';

/** `refused`: this visitor may not chat here, and trying again would not change it. */
export type ConnectionState = 'connecting' | 'online' | 'offline' | 'refused';

export interface ConnectionParts {
  /** Address of the chat, with a slash at its end. */
  readonly base: string;
  readonly fetch: typeof fetch;
  readonly wait: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** This tab: 8 to 64 letters, digits, dashes and underscores. */
  readonly tab: string;
  /** The token of the session before, '' when there is none. */
  readonly token: () => string;
  /** Who the site says the visitor is, '' when it does not say. */
  readonly identity: () => Promise<string>;
  readonly about: { readonly language: string; readonly timeZone: string };
  readonly onSession: (session: ChatSession) => void;
  readonly onEvent: (event: StreamEvent) => void;
  readonly onState: (state: ConnectionState) => void;
}

const firstPauseMs = 1000;
const longestPauseMs = 30_000;
/** The bridge says something every 15 seconds; a stream that is silent for longer is dead. */
const silenceMs = 40_000;
/** What was shown is acknowledged a little later, together. */
const acknowledgeMs = 500;

/** A session and its stream of events, opened again whenever they end: nothing is missed and nothing comes twice. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #closing = new AbortController();
  #session: ChatSession | undefined;
  #opening: Promise<ChatSession | undefined> | undefined;
  #customer = '';
  #refused = false;
  /** The last event of the stream. */
  #cursor = '';
  #acknowledged = '';
  #acknowledging = false;
  #pauseMs = firstPauseMs;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Resolves when it was closed or refused. */
  async run(): Promise<void> {
    const { wait, random, onState } = this.#parts;
    onState('connecting');
    for (;;) {
      const outcome = await this.#stream();
      if (this.#closing.signal.aborted) return;
      if (outcome === 'refused') {
        onState('refused');
        return;
      }
      if (outcome === 'ended') continue;
      onState('offline');
      await wait(this.#pauseMs * (0.5 + random() / 2));
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
    }
  }

  close(): void {
    this.#closing.abort();
  }

  /** Posts a message; a session that has ended is renewed on the way. */
  async post(message: ChatMessage): Promise<PostResult> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const session = await this.session();
      if (session === undefined) return { kind: 'again' };
      const answer = await this.call('messages', session, message);
      if (answer?.status === 401) {
        this.#drop(session);
        continue;
      }
      return resultOf(answer);
    }
    return { kind: 'again' };
  }

  /** The session, opened when there is none. Undefined when that cannot be done now. */
  session(): Promise<ChatSession | undefined> {
    if (this.#session !== undefined) return Promise.resolve(this.#session);
    // However many ask, one session is opened.
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  /** One call with the session's token; undefined when no answer came. */
  async call(name: string, session: ChatSession, body: object): Promise<Response | undefined> {
    try {
      return await this.#parts.fetch(`${this.#parts.base}${name}`, {
        method: 'POST',
        headers: { ...this.#headers(session), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    } catch {
      return undefined;
    }
  }

  #headers({ token }: ChatSession): Record<string, string> {
    return { authorization: `Bearer ${token}`, 'chat-tab': this.#parts.tab };
  }

  #drop(session: ChatSession): void {
    if (this.#session === session) this.#session = undefined;
  }

  async #open(): Promise<ChatSession | undefined> {
    const { base, about, token, identity, onSession } = this.#parts;
    try {
      const before = token();
      const who = await identity();
      const answer = await this.#parts.fetch(`${base}session`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(before === '' ? {} : { authorization: `Bearer ${before}` }),
        },
        body: JSON.stringify({ ...about, ...(who === '' ? {} : { identity: who }) }),
      });
      this.#refused = [401, 403, 404].includes(answer.status);
      if (!answer.ok) return undefined;
      const session = (await answer.json()) as ChatSession;
      // Another customer's events have other ids.
      if (this.#customer !== session.customer.id) this.#cursor = '';
      this.#customer = session.customer.id;
      this.#session = session;
      onSession(session);
      return session;
    } catch {
      return undefined;
    }
  }

  /** One stream from its beginning to its end. `ended`: in so many words, so the next one can begin at once. */
  async #stream(): Promise<'ended' | 'broken' | 'refused'> {
    const session = await this.session();
    if (session === undefined) return this.#refused ? 'refused' : 'broken';
    const silence = new AbortController();
    const stop = (): void => silence.abort();
    this.#closing.signal.addEventListener('abort', stop, { once: true });
    let timer = setTimeout(stop, silenceMs);
    try {
      const answer = await this.#parts.fetch(`${this.#parts.base}events`, {
        headers: {
          ...this.#headers(session),
          ...(this.#cursor === '' ? {} : { 'last-event-id': this.#cursor }),
        },
        signal: silence.signal,
      });
      if (answer.status === 401) {
        this.#drop(session);
        return 'broken';
      }
      if (!answer.ok || answer.body === null) return 'broken';
      this.#parts.onState('online');
      this.#pauseMs = firstPauseMs;
      const reader = answer.body.getReader();
      const events = new EventReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return 'broken';
        clearTimeout(timer);
        timer = setTimeout(stop, silenceMs);
        for (const event of events.push(decoder.decode(value, { stream: true }))) {
          if (event.name === 'end') return this.#ended(event, session);
          this.#take(event);
        }
      }
    } catch {
      return 'broken';
    } finally {
      clearTimeout(timer);
      this.#closing.signal.removeEventListener('abort', stop);
      silence.abort();
    }
  }

  /** A session that is over is opened anew; a process that leaves has others beside it. */
  #ended(event: StreamEvent, session: ChatSession): 'ended' | 'broken' {
    const why = readJson(event.data);
    const expired = typeof why === 'object' && why !== null && 'reason' in why && why.reason === 'expired';
    if (expired) this.#drop(session);
    return expired ? 'ended' : 'broken';
  }

  #take(event: StreamEvent): void {
    this.#parts.onEvent(event);
    if (event.id === '') return;
    this.#cursor = event.id;
    if (!this.#acknowledging) void this.#acknowledge();
  }

  async #acknowledge(): Promise<void> {
    this.#acknowledging = true;
    await this.#parts.wait(acknowledgeMs);
    const cursor = this.#cursor;
    const session = this.#session;
    const answer = session === undefined ? undefined : await this.call('events', session, { cursor });
    if (answer?.ok === true) this.#acknowledged = cursor;
    this.#acknowledging = false;
    // What comes next, or the next stream, acknowledges the rest.
    if (answer?.ok === true && this.#acknowledged !== this.#cursor) void this.#acknowledge();
  }
}

function resultOf(answer: Response | undefined): PostResult {
  if (answer === undefined) return { kind: 'again' };
  if (answer.ok) return { kind: 'accepted' };
  if (answer.status < 500 && answer.status !== 408 && answer.status !== 429) return { kind: 'refused' };
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? { kind: 'again', afterMs: seconds * 1000 } : { kind: 'again' };
}
