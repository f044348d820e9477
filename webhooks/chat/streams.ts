import type { ServerResponse } from 'node:http';
import type { ChatSessions } from '../../src/lanes/chat-sessions.js';
import type { Outbox } from '../../src/lanes/outbox.js';
import type { OutboxSignals } from '../../src/lanes/outbox-signals.js';
import { callerOf } from '../caller.js';
import { EventStream, type StreamPlace } from './event-stream.js';
import { Refusal, unavailable } from '../reply.js';

/** Times in milliseconds. */
export interface StreamSettings {
  /** How often every outbox is looked at, whatever was announced. */
  readonly pollMs: number;
  /** How often something is written to a silent stream, so that nobody in between takes it for dead. */
  readonly beatMs: number;
  readonly mostStreams: number;
}

export const streamSettings: StreamSettings = { pollMs: 5000, beatMs: 15_000, mostStreams: 20_000 };

export interface OpenStream extends StreamPlace {
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Undefined: a session without a record. */
  readonly sessionId: string | undefined;
  /** Who shares a limit: channel and address. */
  readonly group: string;
  readonly mostOfGroup: number;
}

/** The open event streams of this process; what they tell lies in Redis, so any other process can go on with them. */
export class ChatStreams {
  readonly #outbox: Outbox;
  readonly #signals: OutboxSignals;
  readonly #sessions: ChatSessions;
  readonly #settings: StreamSettings;
  readonly #now: () => number;
  readonly #streams = new Set<EventStream>();
  readonly #groups = new Map<string, number>();
  readonly #timers: readonly NodeJS.Timeout[];
  #closed = false;

  constructor(parts: {
    readonly outbox: Outbox;
    readonly signals: OutboxSignals;
    readonly sessions: ChatSessions;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    readonly settings: StreamSettings;
  }) {
    this.#outbox = parts.outbox;
    this.#signals = parts.signals;
    this.#sessions = parts.sessions;
    this.#now = parts.now;
    this.#settings = parts.settings;
    this.#timers = [
      setInterval(() => this.#each((stream) => stream.look()), parts.settings.pollMs),
      setInterval(() => this.#beat(), parts.settings.beatMs),
    ];
  }

  /** Begins to answer with events. @throws {Refusal} 429 or 503 when there are too many, 503 when the process leaves. */
  open(response: ServerResponse, options: OpenStream): void {
    if (this.#closed) throw unavailable('the bridge is shutting down');
    if (this.#streams.size >= this.#settings.mostStreams) throw unavailable('too many open chats', 5);
    const group = groupOf(options.group);
    const size = this.#groups.get(group) ?? 0;
    if (size >= options.mostOfGroup)
      throw new Refusal('too-many-requests', 'too many open chats from this address', {
        'retry-after': '10',
      });
    if (response.destroyed) return;
    const stream = new EventStream(response, options, this.#outbox);
    this.#streams.add(stream);
    this.#groups.set(group, size + 1);
    const forget = this.#signals.listen(this.#outbox.signal(options.lane), (fleeting) => {
      if (fleeting === undefined) stream.look();
      else stream.tell(this.#outbox.open(options.lane, fleeting));
    });
    const forgetSession = this.#untilEnded(stream, options);
    // Timers hold at most 24 days, sessions may last longer; the browser just comes again.
    const lifeMs = Math.min(options.expiresAt - this.#now(), 24 * 86_400_000);
    const expiry = setTimeout(() => stream.end('expired'), lifeMs);
    response.once('close', () => {
      clearTimeout(expiry);
      forget();
      forgetSession();
      this.#streams.delete(stream);
      const left = (this.#groups.get(group) ?? 1) - 1;
      if (left > 0) this.#groups.set(group, left);
      else this.#groups.delete(group);
    });
    stream.look();
  }

  /** A session that ends, in whatever process, takes its streams with it. */
  #untilEnded(stream: EventStream, { lane, sessionId }: OpenStream): () => void {
    if (sessionId === undefined) return () => undefined;
    return this.#signals.listen(this.#sessions.signal(lane, sessionId), () => {
      this.#sessions.isOpen(lane, sessionId).then(
        (open) => {
          if (!open) stream.end('expired');
        },
        // Redis is away: when it is back, the signal comes again.
        () => undefined,
      );
    });
  }

  /** Ends every stream in so many words; their browsers come again, to another process. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#each((stream) => stream.end('restart'));
  }

  #each(act: (stream: EventStream) => void): void {
    for (const stream of this.#streams) act(stream);
  }

  #beat(): void {
    this.#each((stream) => {
      stream.beat();
      // A tab counts as closed when it was not seen for a minute; while its stream is open it is there.
      void this.#outbox.acknowledge(stream.place.lane, stream.place.tab, '').catch(() => undefined);
    });
  }
}

function groupOf(group: string): string {
  const colon = group.indexOf(':');
  return `${group.slice(0, colon)}:${callerOf(group.slice(colon + 1))}`;
}
