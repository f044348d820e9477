/** The conversations of a tenant, and the memory of what was accepted. */
import { randomUUID } from 'node:crypto';
import type { MovableClock } from '../clock.js';
import type { Conversation, HubMessage, Phase } from './model.js';
import type { CustomerData } from './schema.js';

/** What a repeat is answered with. */
export interface Accepted {
  readonly id: string;
  readonly conversationId: string;
}

export interface ConversationStart {
  readonly accountId: string;
  readonly channelType: string;
  readonly address: string;
  readonly contact: string;
  readonly customer: CustomerData;
  readonly phase: Phase;
  readonly conversationContact?: string;
  readonly entryPoint?: string;
}

/** Accepted message ids remembered for `deduplicate`: enough for hours of a test, small enough for memory. */
const acceptedLimit = 500_000;

export class Conversations {
  readonly #clock: MovableClock;
  readonly #historyLimit: number;
  readonly #byId = new Map<string, Conversation>();
  readonly #open = new Map<string, string>();
  readonly #accepted = new Map<string, Accepted>();

  /** @param historyLimit messages kept per conversation; older ones are forgotten. */
  constructor(clock: MovableClock, historyLimit: number) {
    this.#clock = clock;
    this.#historyLimit = historyLimit;
  }

  open(start: ConversationStart): Conversation {
    const conversation: Conversation = {
      ...start,
      id: randomUUID(),
      created: this.#clock.iso(),
      lastActivity: this.#clock.now(),
      messages: [],
      deleted: new Set(),
    };
    this.restore(conversation);
    return conversation;
  }

  restore(conversation: Conversation): void {
    this.#byId.set(conversation.id, conversation);
    if (conversation.phase !== 'ended')
      this.#open.set(`${conversation.accountId}\n${conversation.contact}`, conversation.id);
  }

  get(id: string): Conversation | undefined {
    return this.#byId.get(id);
  }

  /** In order of their start. */
  all(): Iterable<Conversation> {
    return this.#byId.values();
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The customer's newest conversation on that account, while it is open. */
  openFor(accountId: string, contact: string): Conversation | undefined {
    const found = this.#byId.get(this.#open.get(`${accountId}\n${contact}`) ?? '');
    return found?.phase === 'ended' ? undefined : found;
  }

  append(conversation: Conversation, message: HubMessage): void {
    conversation.messages.push(message);
    conversation.lastActivity = this.#clock.now();
    if (conversation.messages.length > this.#historyLimit * 1.25)
      conversation.messages = conversation.messages.slice(-this.#historyLimit);
  }

  accepted(accountId: string, contact: string, messageId: string): Accepted | undefined {
    return this.#accepted.get(`${accountId}\n${contact}\n${messageId}`);
  }

  remember(conversation: Conversation, message: HubMessage): void {
    if (message.messageId === undefined) return;
    const key = `${conversation.accountId}\n${conversation.contact}\n${message.messageId}`;
    this.#accepted.set(key, { id: message.id, conversationId: conversation.id });
    if (this.#accepted.size <= acceptedLimit) return;
    const { value } = this.#accepted.keys().next();
    if (value !== undefined) this.#accepted.delete(value);
  }

  clear(): void {
    this.#byId.clear();
    this.#open.clear();
    this.#accepted.clear();
  }
}
