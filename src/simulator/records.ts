/**
 * Everything the simulator saw and did, numbered and timed, so that a test can hold it against what a client claims.
 * A request appears once its outcome is decided; its messages appear just before, at the moment they were taken.
 */
import type { HubMessage } from './conversations/model.js';

/** How an answer ended: `none` = never given (hang), `reset` = connection cut, `gone` = the caller left first. */
export type AnswerOutcome = 'written' | 'reset' | 'none' | 'gone';

export interface RequestRecord {
  readonly kind: 'request';
  /** eGain's operationId, `requestToken`, or `unknown`. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly receivedAt: string;
  readonly clientId?: string;
  /** Whether the operation was carried out with success, whatever the caller got to hear of it. */
  readonly processed: boolean;
  readonly answer: AnswerOutcome;
  readonly status?: number;
  readonly code?: string;
  readonly fault?: string;
  readonly body?: unknown;
}

export interface MessageRecord {
  readonly kind: 'message';
  readonly direction: 'inbound' | 'outbound';
  readonly conversationId: string;
  readonly id: string;
  readonly messageId?: string;
  readonly type: string;
  readonly sender: string;
  readonly text?: string;
  /** Lookup contact of the customer, `type.subType:address`. */
  readonly contact: string;
  readonly channel: string;
  readonly address: string;
  /** This message opened the conversation. */
  readonly started: boolean;
  /** Recognised as a repeat and not taken again (`deduplicate`). */
  readonly duplicate: boolean;
  readonly message: HubMessage;
}

/**
 * One attempt: `delivered` 2xx; `retry` failed and will be tried again; `failed` given up; `renewed` 401, a new
 * Authorization follows; `dropped` never sent, by a fault; `no-callback` nobody to send to.
 */
export interface CallbackRecord {
  readonly kind: 'callback';
  readonly delivery: string;
  readonly attempt: number;
  readonly url?: string;
  readonly role: string;
  readonly outcome: 'delivered' | 'retry' | 'failed' | 'renewed' | 'dropped' | 'no-callback';
  readonly status?: number;
  readonly error?: string;
  readonly fault?: string;
  readonly durationMs: number;
  readonly messages: readonly {
    readonly id: string;
    readonly messageId?: string;
    readonly conversationId: string;
    readonly type: string;
    readonly text?: string;
  }[];
}

/** The hub asked the callback's token endpoint for a token. */
export interface CallbackTokenRecord {
  readonly kind: 'callback-token';
  readonly url: string;
  readonly status?: number;
  readonly error?: string;
}

/** The mail eGain would send to a role's `notificationEmail`. */
export interface MailRecord {
  readonly kind: 'mail';
  readonly to: string;
  readonly subject: string;
}

/** What the hub got when it fetched an attachment or an asset was uploaded. */
export interface FileRecord {
  readonly kind: 'file';
  readonly origin: 'attachment' | 'upload';
  readonly name: string;
  readonly url: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly error?: string;
}

export type RecordBody =
  RequestRecord | MessageRecord | CallbackRecord | CallbackTokenRecord | MailRecord | FileRecord;
export type SimulatorRecord = RecordBody & { readonly sequence: number; readonly at: string };

export class Records {
  readonly #iso: () => string;
  readonly #limit: number;
  #kept: SimulatorRecord[] = [];
  #next = 1;
  readonly #listeners = new Set<(record: SimulatorRecord) => void>();

  /** @param limit records kept; older ones are forgotten. */
  constructor(iso: () => string, limit: number) {
    this.#iso = iso;
    this.#limit = limit;
  }

  add(body: RecordBody): void {
    const record: SimulatorRecord = { sequence: this.#next, at: this.#iso(), ...body };
    this.#next += 1;
    this.#kept.push(record);
    // Cutting a quarter at a time keeps the cost per record constant.
    if (this.#kept.length > this.#limit * 1.25) this.#kept = this.#kept.slice(-this.#limit);
    for (const listener of this.#listeners) listener(record);
  }

  /** Records after sequence number `sequence`, oldest first. */
  since(sequence: number, limit = Infinity): readonly SimulatorRecord[] {
    const first = this.#kept[0]?.sequence ?? this.#next;
    const start = Math.max(0, sequence + 1 - first);
    return this.#kept.slice(start, start + limit);
  }

  /** Sequence number of the newest record, 0 when there is none yet. */
  get last(): number {
    return this.#next - 1;
  }

  /** Forgets what was kept; the numbering goes on, so a reader's `since` stays good. */
  clear(): void {
    this.#kept = [];
  }

  subscribe(listener: (record: SimulatorRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
