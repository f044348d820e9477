/** What the bridge posts, as a channel application reads it (design 6.1); fields it does not need stay as they are. */
export interface DeliveredMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly type: string;
  readonly customer: { readonly id: string };
  readonly sender: { readonly type: string; readonly name?: string };
  readonly text?: string;
  readonly html?: string;
  readonly part?: { readonly index: number; readonly of: number };
  readonly attachments?: readonly { readonly name: string; readonly url?: string }[];
  readonly rich?: unknown;
  readonly raw?: unknown;
}

/** How an answer ended: `none` = not yet or never given, `reset` = connection cut, `gone` = the caller left first. */
export type AnswerOutcome = 'written' | 'reset' | 'none' | 'gone';

/** One request of the bridge, repeats included. Times in milliseconds since 1970. */
export interface ReceivedRequest {
  readonly webhookId: string;
  /** Its `id`; absent when the request was not believed. */
  readonly messageId?: string;
  readonly at: number;
  readonly outcome: 'taken' | 'repeat' | 'refused' | 'not-taken';
  /** The fault it met. */
  readonly fault?: string;
  readonly answer: AnswerOutcome;
  readonly status?: number;
  /** When the answer was written or the connection ended. */
  readonly endedAt?: number;
}

export type MessageListener = (message: DeliveredMessage) => void;

/** Keeps what arrived, in order, each message once, and tells whoever listens or waits. */
export class Deliveries {
  readonly messages: DeliveredMessage[] = [];
  readonly requests: ReceivedRequest[] = [];
  private readonly taken = new Set<string>();
  private readonly listeners = new Set<MessageListener>();
  private readonly keep: number;

  /** Remembers at least the last `keep` messages, requests and ids, so that a long demo does not grow for ever. */
  constructor(keep: number) {
    this.keep = keep;
  }

  /** Takes a message unless its `webhook-id` was here before. */
  take(webhookId: string, message: DeliveredMessage): 'taken' | 'repeat' {
    if (this.taken.has(webhookId)) return 'repeat';
    this.taken.add(webhookId);
    this.messages.push(message);
    if (this.messages.length > 2 * this.keep) this.messages.splice(0, this.keep);
    if (this.taken.size > 2 * this.keep) {
      for (const old of [...this.taken].slice(0, this.keep)) this.taken.delete(old);
    }
    for (const listener of this.listeners) listener(message);
    return 'taken';
  }

  record(request: ReceivedRequest): void {
    this.requests.push(request);
    if (this.requests.length > 2 * this.keep) this.requests.splice(0, this.keep);
  }

  /** Calls `listener` for every further message, until the function returned is called. */
  listen(listener: MessageListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Resolves as soon as `enough` holds for the messages so far; rejects after `deadlineMs`, saying how many came. */
  async until(enough: (messages: readonly DeliveredMessage[]) => boolean, deadlineMs: number): Promise<void> {
    if (enough(this.messages)) return;
    await new Promise<void>((resolve, reject) => {
      const stop = this.listen(() => {
        if (!enough(this.messages)) return;
        clearTimeout(timer);
        stop();
        resolve();
      });
      const timer = setTimeout(() => {
        stop();
        reject(
          new Error(`the sample channel waited ${deadlineMs} ms; ${this.messages.length} messages came`),
        );
      }, deadlineMs);
    });
  }

  forget(): void {
    this.messages.length = 0;
    this.requests.length = 0;
    this.taken.clear();
  }
}
