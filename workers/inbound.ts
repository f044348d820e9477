import { mergeCustomer } from '../src/egain/customer-identity.js';
import type { Conversations } from '../src/lanes/conversations.js';
import type { Envelope } from '../src/lanes/envelope.js';
import type { Lanes } from '../src/lanes/lanes.js';
import type { Customer, InboundMessage } from '../src/messages/model.js';
import { typingLifeMs, type Deliverer, type Delivery, type Outcome } from './delivery.js';
import type { ChoiceDesk, Meaning, Parent } from './choices.js';
import { persist } from './persist.js';
import { afterSendFailure, type SendFailure } from './send-failure.js';

export type { SendFailure } from './send-failure.js';

/** What eGain answered to a message it took. */
export interface Sent {
  readonly conversationId?: string | undefined;
  /** The hub's id for the message. */
  readonly hubId?: string | undefined;
}

export type SendOutcome =
  { readonly ok: true; readonly sent: Sent } | { readonly ok: false; readonly failure: SendFailure };

/** eGain as the inbound side needs it, for one channel. */
export interface InboundChannel {
  readonly name: string;
  readonly idleMs: number;
  /** May a message of this kind open a conversation (design section 3)? */
  mayOpen(message: InboundMessage): boolean;
  /** The contact address by which eGain knows the customer; undefined unless callbacks' customer data is trusted. */
  contact(customer: Customer): string | undefined;
  /** The message as the parts eGain takes it in, each one call and one check-point; at least one. */
  parts(message: InboundMessage): readonly InboundMessage[];
  /** One call of `POST /conversations/messages`; never throws for what eGain answers. */
  send(
    message: InboundMessage,
    options: {
      /** Absent = this message starts the conversation. */
      readonly conversationId: string | undefined;
      /** What the customer told about themselves before there was a conversation. */
      readonly pendingInfo: Customer | undefined;
      readonly originalTime: number | undefined;
      /** Both ids of the message this one answers, where the bridge knows them. */
      readonly parent: Parent | undefined;
      readonly signal: AbortSignal;
    },
  ): Promise<SendOutcome>;
  /** Tells the agent side of a message that did not reach the customer, or of one that the customer could not send. */
  sendError(
    notice: Extract<Envelope, { kind: 'agent-notice' }>,
    options: { readonly conversationId: string; readonly signal: AbortSignal },
  ): Promise<SendOutcome>;
}

export interface InboundSettings {
  readonly conversationMemoryMs: number;
  /** How long customer data told without a conversation is kept for the next one. */
  readonly infoMs: number;
  /** Whether a message is sent again when eGain may have taken it without our seeing the answer. */
  readonly safeRetry: boolean;
}

/** How many parts of a message are out. */
interface Progress {
  readonly done: number;
  readonly farId?: string | undefined;
}

/** Carries customers' messages to eGain. */
export class InboundDeliverer implements Deliverer {
  readonly #lanes: Lanes;
  readonly #conversations: Conversations;
  readonly #channels: ReadonlyMap<string, InboundChannel>;
  readonly #choices: ChoiceDesk;
  readonly #settings: InboundSettings;
  readonly #onOrders: (orders: Awaited<ReturnType<Conversations['bind']>>) => Promise<void>;
  readonly #now: () => number;

  constructor(parts: {
    readonly lanes: Lanes;
    readonly conversations: Conversations;
    readonly channels: ReadonlyMap<string, InboundChannel>;
    readonly choices: ChoiceDesk;
    readonly settings: InboundSettings;
    /** Gives jobs to outbound lanes that waited for their conversation. */
    readonly onOrders: (orders: Awaited<ReturnType<Conversations['bind']>>) => Promise<void>;
    /** Monotonic, milliseconds. */
    readonly now: () => number;
  }) {
    this.#lanes = parts.lanes;
    this.#conversations = parts.conversations;
    this.#channels = parts.channels;
    this.#choices = parts.choices;
    this.#settings = parts.settings;
    this.#onOrders = parts.onOrders;
    this.#now = parts.now;
  }

  async deliver(delivery: Delivery): Promise<Outcome> {
    const { envelope } = delivery;
    if (envelope.kind !== 'inbound' && envelope.kind !== 'agent-notice') {
      return { kind: 'dead', reason: 'unreadable', detail: 'an outbound message lies in an inbound lane' };
    }
    const channel = this.#channels.get(envelope.channel);
    if (channel === undefined)
      return { kind: 'again', error: 'channel-not-configured', countsAsAttempt: false };
    if (envelope.kind === 'agent-notice') {
      const conversationId = envelope.conversationId === '' ? delivery.mapping : envelope.conversationId;
      if (conversationId === '') return { kind: 'ignored', reason: 'no-conversation' };
      const outcome = await channel.sendError(envelope, { conversationId, signal: delivery.signal });
      if (outcome.ok) return { kind: 'delivered', conversationId, farId: outcome.sent.hubId };
      return outcome.failure.kind === 'start-anew'
        ? { kind: 'ignored', reason: 'no-conversation' }
        : this.#failed(outcome.failure);
    }
    const { message } = envelope;
    const typing = message.type === 'typing.start' || message.type === 'typing.end';
    if (typing && delivery.now() - delivery.acceptedAt > typingLifeMs)
      return { kind: 'ignored', reason: 'stale-typing' };
    const open = delivery.mapping === '' ? undefined : delivery.mapping;
    if (open === undefined && !channel.mayOpen(message)) return this.#withoutConversation(delivery, message);
    const meaning = await this.#choices.meaning(delivery, channel.name, message, open);
    return meaning.kind === 'ignored' ? meaning : this.#send(delivery, channel, meaning, open);
  }

  async #withoutConversation(delivery: Delivery, message: InboundMessage): Promise<Outcome> {
    if (message.type !== 'customer.info') return { kind: 'ignored', reason: 'no-conversation' };
    const { lane } = delivery.holding;
    await this.#keep(delivery, async () => {
      const told = await this.#conversations.pendingInfo(lane);
      const all = mergeCustomer(
        told === undefined ? undefined : (JSON.parse(told) as Customer),
        message.customer,
      );
      await this.#conversations.keepInfo(lane, JSON.stringify(all), this.#settings.infoMs);
    });
    return { kind: 'ignored', reason: 'kept-for-next-start' };
  }

  /** Sends what is left of the message, part by part; each part is kept as done before the next one goes (I5). */
  async #send(
    delivery: Delivery,
    channel: InboundChannel,
    meaning: Extract<Meaning, { kind: 'message' }>,
    open: string | undefined,
  ): Promise<Outcome> {
    const { parent, settled } = meaning;
    const parts = channel.parts(meaning.message);
    let { done, farId } =
      delivery.plan === '' ? { done: 0, farId: undefined } : (JSON.parse(delivery.plan) as Progress);
    let conversation = open;
    let outcome: Outcome = { kind: 'delivered', farId, conversationId: conversation };
    for (let part = parts[done]; part !== undefined; part = parts[done]) {
      outcome = await this.#sendPart(
        delivery,
        channel,
        part,
        conversation,
        done + 1 === parts.length,
        parent,
      );
      if (outcome.kind !== 'delivered') return outcome;
      conversation = outcome.mapping ?? conversation;
      farId ??= outcome.farId;
      done += 1;
      if (done < parts.length) {
        const progress: Progress = { done, farId };
        const kept = await this.#keep(delivery, () =>
          this.#lanes.checkpoint(delivery.holding, JSON.stringify(progress)),
        );
        if (kept !== 'kept') return { kind: 'fenced' };
      }
    }
    if (settled !== undefined) await this.#keep(delivery, () => this.#choices.settle(delivery, settled));
    return {
      ...outcome,
      farId,
      ...(conversation === open || conversation === undefined ? {} : { mapping: conversation }),
    };
  }

  async #sendPart(
    delivery: Delivery,
    channel: InboundChannel,
    message: InboundMessage,
    open: string | undefined,
    last: boolean,
    parent?: Parent,
  ): Promise<Outcome> {
    const told = open === undefined ? await this.#told(delivery) : undefined;
    if (open === undefined) await this.#rememberContact(delivery, channel, message.customer);
    const outcome = await channel.send(message, {
      conversationId: open,
      pendingInfo: told === undefined ? undefined : (JSON.parse(told) as Customer),
      originalTime: delivery.originalTime,
      parent,
      signal: delivery.signal,
    });
    if (!outcome.ok) {
      const { failure } = outcome;
      return failure.kind === 'start-anew'
        ? this.#startAnew(delivery, channel, message, open, last, failure.error)
        : this.#failed(failure);
    }
    const { hubId, conversationId = open } = outcome.sent;
    const delivered = { kind: 'delivered', farId: hubId, conversationId } as const;
    if (message.type === 'conversation.end') {
      const kept = await this.#keep(delivery, () =>
        this.#conversations.setOpen(delivery.holding, undefined, 1),
      );
      return kept === 'fenced' ? { kind: 'fenced' } : { ...delivered, mapping: '' };
    }
    if (conversationId === undefined || conversationId === open)
      return { ...delivered, keepMappingMs: channel.idleMs };
    const infoTold = told !== undefined;
    return this.#opened(delivery, channel, message.customer, conversationId, delivered, last, infoTold);
  }

  /** What the customer told before there was a conversation. */
  async #told({ pendingInfo, mapping, holding }: Delivery): Promise<string | undefined> {
    // It was read together with the lane, unless a conversation was open then.
    if (pendingInfo === undefined || mapping !== '') return this.#conversations.pendingInfo(holding.lane);
    return pendingInfo === '' ? undefined : pendingInfo;
  }

  /** If the answer to a start is lost, a callback that repeats the contact can still be brought home. */
  async #rememberContact(delivery: Delivery, channel: InboundChannel, customer: Customer): Promise<void> {
    const address = channel.contact(customer);
    if (address === undefined) return;
    const whose = { channel: channel.name, customerId: customer.id };
    await this.#keep(delivery, () =>
      this.#conversations.rememberContact(address, whose, this.#settings.conversationMemoryMs),
    );
  }

  /** eGain says that the conversation is over: what may open one goes again without it, once; the rest is too late. */
  async #startAnew(
    delivery: Delivery,
    channel: InboundChannel,
    message: InboundMessage,
    open: string | undefined,
    last: boolean,
    error: string,
  ): Promise<Outcome> {
    // Without an id there is nothing to start anew from: eGain refuses the start itself.
    if (open === undefined) return { kind: 'dead', reason: 'refused', detail: error, gate: { kind: 'well' } };
    const kept = await this.#keep(delivery, () =>
      this.#conversations.setOpen(delivery.holding, undefined, 1),
    );
    if (kept === 'fenced') return { kind: 'fenced' };
    if (channel.mayOpen(message)) return this.#sendPart(delivery, channel, message, undefined, last);
    const end = await this.#withoutConversation(delivery, message);
    return end.kind === 'ignored' ? { ...end, mapping: '' } : end;
  }

  /** The order matters (I2): whose conversation it is, then the customer's open one; the caller acknowledges after. */
  async #opened(
    delivery: Delivery,
    channel: InboundChannel,
    customer: Customer,
    conversationId: string,
    delivered: Extract<Outcome, { kind: 'delivered' }>,
    last: boolean,
    infoTold: boolean,
  ): Promise<Outcome> {
    const { id: customerId, language, timeZone } = customer;
    const whose = {
      channel: channel.name,
      customerId,
      ...(language === undefined ? {} : { language }),
      ...(timeZone === undefined ? {} : { timeZone }),
    };
    const { conversationMemoryMs: memoryMs } = this.#settings;
    if (last) {
      const conversation = { id: conversationId, memoryMs, idleMs: channel.idleMs };
      const opened = this.#conversations.opening(delivery.holding.lane, conversation, whose, infoTold);
      if (opened !== undefined) return { ...delivered, mapping: conversationId, opened };
    }
    const orders = await this.#keep(delivery, () =>
      this.#conversations.bind(conversationId, whose, memoryMs),
    );
    await this.#onOrders(orders);
    const kept = await this.#keep(delivery, () =>
      this.#conversations.setOpen(delivery.holding, conversationId, channel.idleMs),
    );
    if (kept === 'fenced') return { kind: 'fenced' };
    if (infoTold) await this.#keep(delivery, () => this.#conversations.dropInfo(delivery.holding.lane));
    return { ...delivered, mapping: conversationId };
  }

  #failed(failure: Exclude<SendFailure, { kind: 'start-anew' }>): Outcome {
    return afterSendFailure(failure, this.#settings.safeRetry);
  }

  #keep<T>(delivery: Delivery, write: () => Promise<T>): Promise<T> {
    return persist(write, { signal: delivery.signal, now: this.#now });
  }
}
