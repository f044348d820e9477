import type { Dispatcher } from 'undici';
import type { ChannelAdapter, Outbox, RenderLimits } from '../src/channels/adapter.js';
import { readCustomer, type ConversationCustomer, type Conversations } from '../src/lanes/conversations.js';
import { conversationOfMisfit, type Envelope, type Notice } from '../src/lanes/envelope.js';
import type { Lanes, SaidInConversation } from '../src/lanes/lanes.js';
import type { Fitted } from '../src/messages/fit.js';
import type { Loss, OutboundMessage } from '../src/messages/model.js';
import type { ChoiceDesk, Parent } from './choices.js';
import type { Notices } from './notices.js';
import type { OutboundFiles } from './outbound-files.js';
import { startPlan, type Plan } from './outbound-plan.js';
import { persist } from './persist.js';
import { customerOf, lateMessage } from './reader.js';
import { afterSendResult } from './send-result.js';
import { typingLifeMs, type Deliverer, type Delivery, type Outcome } from './delivery.js';

/** A channel as the outbound side needs it. */
export interface OutboundChannel {
  readonly name: string;
  readonly adapter: ChannelAdapter<unknown>;
  readonly settings: unknown;
  readonly limits: RenderLimits;
  /** The message as the manifest and the channel let this customer have it. */
  readonly fit: (message: OutboundMessage) => Fitted;
  readonly dispatcher: Dispatcher;
  readonly outbox: Outbox;
  readonly timeoutMs: number;
  /** How long a silent conversation counts as open, in milliseconds. */
  readonly idleMs: number;
  readonly noticeText: (notice: Notice, language: string | undefined) => string;
  /** What the manifest makes of a message: events in words, texts of the hub and typing left out where not wanted. */
  readonly present: (message: Draft, language: string | undefined) => Presented;
}

type Draft = Omit<OutboundMessage, 'customer'>;

export type Presented =
  | { readonly kind: 'message'; readonly message: Draft }
  | { readonly kind: 'ignored'; readonly reason: string };

/** eGain's message as an OutboundMessage that still lacks its customer, or why nobody is to see it. */
export type Translated =
  | {
      readonly kind: 'message';
      readonly message: Draft;
      /** The ids eGain gave the message. */
      readonly ids: Parent;
    }
  | { readonly kind: 'ignored'; readonly reason: string };

export type OutboundTranslator = (envelope: Extract<Envelope, { kind: 'outbound' }>) => Translated;

export interface OutboundSettings {
  readonly unknownConversationWaitMs: number;
  readonly conversationMemoryMs: number;
}

export interface OutboundParts {
  readonly lanes: Lanes;
  readonly conversations: Conversations;
  readonly channels: ReadonlyMap<string, OutboundChannel>;
  readonly translate: OutboundTranslator;
  readonly choices: ChoiceDesk;
  readonly notices: Pick<Notices, 'notForCustomer'>;
  readonly settings: OutboundSettings;
  readonly files: Pick<OutboundFiles, 'offer'>;
  /** Monotonic, milliseconds. */
  readonly now: () => number;
  /** Contact addresses that a callback repeats of its customer; none unless they are trusted. */
  readonly contactsOf: (envelope: Extract<Envelope, { kind: 'outbound' }>) => readonly string[];
  /** Gives jobs to lanes that waited for their conversation. */
  readonly onOrders: (orders: Awaited<ReturnType<Conversations['bind']>>) => Promise<void>;
}

/** Well below the margin that is added to eGain's own idle time (two minutes by default). */
const touchEveryMs = 5000;
const mostTouched = 10_000;

/** Carries eGain's messages, and the bridge's own notices, to the customer on the channel. */
export class OutboundDeliverer implements Deliverer {
  readonly #lanes: Lanes;
  readonly #conversations: Conversations;
  readonly #channels: ReadonlyMap<string, OutboundChannel>;
  readonly #translate: OutboundTranslator;
  readonly #choices: ChoiceDesk;
  readonly #notices: OutboundParts['notices'];
  readonly #contactsOf: OutboundParts['contactsOf'];
  readonly #onOrders: OutboundParts['onOrders'];
  readonly #settings: OutboundSettings;
  readonly #files: OutboundParts['files'];
  readonly #now: () => number;
  /** When this process last prolonged a conversation; forgotten as a whole when it grows large. */
  readonly #touched = new Map<string, number>();

  constructor(parts: OutboundParts) {
    this.#lanes = parts.lanes;
    this.#conversations = parts.conversations;
    this.#channels = parts.channels;
    this.#translate = parts.translate;
    this.#choices = parts.choices;
    this.#notices = parts.notices;
    this.#contactsOf = parts.contactsOf;
    this.#onOrders = parts.onOrders;
    this.#settings = parts.settings;
    this.#files = parts.files;
    this.#now = parts.now;
  }

  async deliver(delivery: Delivery): Promise<Outcome> {
    const { envelope } = delivery;
    if (envelope.kind === 'misfit') return this.#misfit(envelope);
    if (envelope.kind === 'notice') return this.#notice(delivery, envelope);
    if (envelope.kind !== 'outbound') {
      return { kind: 'dead', reason: 'unreadable', detail: 'an inbound message lies in an outbound lane' };
    }
    const whose = readCustomer(delivery.mapping);
    if (whose === undefined) return this.#unknown(delivery, envelope);
    const channel = this.#channels.get(whose.channel);
    if (channel === undefined)
      return { kind: 'again', error: 'channel-not-configured', countsAsAttempt: false };
    const translated = this.#translate(envelope);
    if (translated.kind === 'ignored') return { kind: 'ignored', reason: translated.reason };
    const presented = channel.present(translated.message, whose.language);
    if (presented.kind === 'ignored') return { kind: 'ignored', reason: presented.reason };
    const { type } = presented.message;
    const message = await this.#unlessOver(presented.message, whose);
    if (type === 'typing.start' || type === 'typing.end') {
      if (delivery.now() - delivery.acceptedAt > typingLifeMs)
        return { kind: 'ignored', reason: 'stale-typing' };
    }
    const fitted = channel.fit({ ...message, customer: customerOf(whose) });
    // What goes out is prepared once; a message that is on its way has it all behind it.
    if (delivery.plan === '') await this.#prepare(delivery, envelope, channel, fitted, translated.ids);
    const late = lateMessage(delivery, fitted.message);
    const outcome = await this.#send(delivery, channel, late, whose, fitted.losses);
    // An end counts, even where the channel has no way to show it.
    const isOver = outcome.kind === 'ignored' && type === 'conversation.end';
    if (outcome.kind !== 'delivered' && !isOver) return outcome;
    const said = await this.#follow(delivery, whose, channel, envelope.conversationId, type);
    if (outcome.kind !== 'delivered') return outcome;
    return {
      ...outcome,
      conversationId: envelope.conversationId,
      keepMappingMs: this.#settings.conversationMemoryMs,
      said,
    };
  }

  /** Somebody is to look at it, unless it was meant for a conversation whose customer is forgotten. */
  async #misfit(envelope: Extract<Envelope, { kind: 'misfit' }>): Promise<Outcome> {
    const conversationId = conversationOfMisfit(envelope);
    if (conversationId !== undefined && (await this.#conversations.wasForgotten(conversationId)))
      return { kind: 'ignored', reason: 'forgotten' };
    return { kind: 'dead', reason: 'malformed', detail: envelope.reason };
  }

  /** Words of an end are for a customer who is still in that conversation; later ones are told by the event alone. */
  async #unlessOver(message: Draft, whose: ConversationCustomer): Promise<Draft> {
    if (message.type !== 'conversation.end' || message.text === undefined) return message;
    const open = await this.#conversations.open(whose.channel, whose.customerId);
    if (open === message.conversationId) return message;
    const silent = { ...message };
    delete silent.text;
    return silent;
  }

  async #prepare(
    delivery: Delivery,
    envelope: Extract<Envelope, { kind: 'outbound' }>,
    channel: OutboundChannel,
    { message, rich, losses, refusedFiles }: Fitted,
    ids: Parent,
  ): Promise<void> {
    if (rich !== undefined) await this.#choices.offered(channel.name, message, rich, ids);
    const unread = losses
      .filter(({ what }) => what === 'content')
      .map(({ why: reason }) => ({ reason, params: [] }));
    for (const refusal of [...refusedFiles, ...unread])
      await this.#notices.notForCustomer(envelope, delivery.mapping, refusal);
  }

  /** A callback may overtake the answer to the message that opened its conversation (I2). */
  async #unknown(delivery: Delivery, envelope: Extract<Envelope, { kind: 'outbound' }>): Promise<Outcome> {
    for (const address of this.#contactsOf(envelope)) {
      const whose = await this.#conversations.customerOfContact(address);
      if (whose === undefined) continue;
      const orders = await this.#conversations.bind(
        envelope.conversationId,
        whose,
        this.#settings.conversationMemoryMs,
      );
      await this.#onOrders(orders);
      // The lane has another job now, which knows the customer.
      return { kind: 'fenced' };
    }
    if (await this.#conversations.wasForgotten(envelope.conversationId))
      return { kind: 'ignored', reason: 'forgotten' };
    const age = Math.max(0, delivery.now() - delivery.acceptedAt);
    return {
      kind: 'wait',
      reason: 'unknown-conversation',
      // `bind` wakes the lane; looking again by itself is for the case that this write was lost.
      afterMs: Math.min(Math.max(age, 250), 2000),
      untilMs: this.#settings.unknownConversationWaitMs,
    };
  }

  async #notice(
    delivery: Delivery,
    envelope: Extract<Delivery['envelope'], { kind: 'notice' }>,
  ): Promise<Outcome> {
    const channel = this.#channels.get(envelope.channel);
    if (channel === undefined)
      return { kind: 'again', error: 'channel-not-configured', countsAsAttempt: false };
    const { customer, notice } = envelope;
    const language =
      customer.language ?? (await this.#conversations.languageOf(envelope.channel, customer.id));
    return this.#send(delivery, channel, {
      id: notice.id,
      conversationId: '',
      type: 'system',
      customer,
      sender: { type: 'system' },
      text: channel.noticeText(notice, language),
    });
  }

  async #send(
    delivery: Delivery,
    channel: OutboundChannel,
    message: OutboundMessage,
    whose?: ConversationCustomer,
    before: readonly Loss[] = [],
  ): Promise<Outcome> {
    const { adapter, settings } = channel;
    const started = await startPlan(this.#files, delivery, channel, message, whose);
    if ('kind' in started) return started;
    let plan: Plan = started;
    const files = plan.failed ?? [];
    if (plan.operations.length === 0 && files.length === 0)
      return { kind: 'ignored', reason: 'nothing-to-show' };
    for (let next = plan.operations[plan.done]; next !== undefined; next = plan.operations[plan.done]) {
      const result = await adapter.send(next, settings, {
        dispatcher: channel.dispatcher,
        now: Date.now,
        timeoutMs: channel.timeoutMs,
        signal: delivery.signal,
        outbox: channel.outbox,
      });
      if (result.kind !== 'sent') return afterSendResult(result);
      plan = { ...plan, done: plan.done + 1, farId: plan.farId ?? result.providerIds[0] };
      if (plan.done < plan.operations.length && !(await this.#checkpoint(delivery, plan)))
        return { kind: 'fenced' };
    }
    if (files.length === 0) {
      const losses = [...before, ...(plan.losses ?? [])];
      return { kind: 'delivered', farId: plan.farId, ...(losses.length > 0 && { losses }) };
    }
    const left: Plan = { operations: [], done: 0, only: files, round: (plan.round ?? 0) + 1 };
    if (!(await this.#checkpoint(delivery, left))) return { kind: 'fenced' };
    return { kind: 'dead', reason: 'file-expired', detail: plan.detail ?? '' };
  }

  async #checkpoint(delivery: Delivery, plan: Plan): Promise<boolean> {
    const text = JSON.stringify(plan);
    const kept = await this.#keep(delivery, () => this.#lanes.checkpoint(delivery.holding, text));
    return kept === 'kept';
  }

  /** What a delivered message means for its conversation: it lives on, or it is over. */
  async #follow(
    delivery: Delivery,
    whose: ConversationCustomer,
    channel: OutboundChannel,
    conversationId: string,
    type: string,
  ): Promise<SaidInConversation | undefined> {
    if (type === 'conversation.end') {
      await this.#keep(delivery, () => this.#conversations.end(whose, conversationId));
    } else if (!type.startsWith('typing.') && this.#isTouchDue(conversationId)) {
      const { idleMs } = channel;
      const said = this.#conversations.saying(delivery.holding.lane, whose, conversationId, idleMs);
      if (said !== undefined) return said;
      await this.#keep(delivery, () => this.#conversations.touch(whose, conversationId, idleMs));
    }
    return undefined;
  }

  /** Idle times are minutes and have a margin: prolonging one again within seconds would only cost. */
  #isTouchDue(conversationId: string): boolean {
    const now = this.#now();
    const before = this.#touched.get(conversationId);
    if (before !== undefined && now - before < touchEveryMs) return false;
    if (this.#touched.size >= mostTouched) this.#touched.clear();
    this.#touched.set(conversationId, now);
    return true;
  }

  #keep<T>(delivery: Delivery, write: () => Promise<T>): Promise<T> {
    return persist(write, { signal: delivery.signal, now: this.#now });
  }
}
