import { mergeCustomer } from '../src/egain/customer-identity.js';
import type { Conversations } from '../src/lanes/conversations.js';
import type { Lanes } from '../src/lanes/lanes.js';
import type { Customer, InboundMessage } from '../src/messages/model.js';
import { typingLifeMs, type Deliverer, type Delivery, type Outcome } from './delivery.js';
import type { ChoiceDesk, Meaning, Parent } from './choices.js';
import type { InboundChannel, InboundSettings } from './inbound-channel.js';
import { onlyFiles, type Progress } from './inbound-progress.js';
import type { Carried, InboundFiles } from './inbound-files.js';
import { withOwnParent, type HubIdOf } from './own-parent.js';
import { persist } from './persist.js';
import { afterSendFailure, type SendFailure } from './send-failure.js';

export type { InboundChannel, SendOutcome, Sent } from './inbound-channel.js';
export type { SendFailure } from './send-failure.js';

/** Carries customers' messages to eGain. */
export class InboundDeliverer implements Deliverer {
  readonly #lanes: Lanes;
  readonly #conversations: Conversations;
  readonly #channels: ReadonlyMap<string, InboundChannel>;
  readonly #choices: ChoiceDesk;
  readonly #settings: InboundSettings;
  readonly #files: Pick<InboundFiles, 'carry'>;
  readonly #onOrders: (orders: Awaited<ReturnType<Conversations['bind']>>) => Promise<void>;
  readonly #hubIdOf: HubIdOf;
  readonly #now: () => number;

  constructor(parts: {
    readonly lanes: Lanes;
    readonly conversations: Conversations;
    readonly channels: ReadonlyMap<string, InboundChannel>;
    readonly choices: ChoiceDesk;
    readonly settings: InboundSettings;
    readonly files: Pick<InboundFiles, 'carry'>;
    /** Gives jobs to outbound lanes that waited for their conversation. */
    readonly onOrders: (orders: Awaited<ReturnType<Conversations['bind']>>) => Promise<void>;
    readonly hubIdOf: HubIdOf;
    /** Monotonic, milliseconds. */
    readonly now: () => number;
  }) {
    this.#lanes = parts.lanes;
    this.#conversations = parts.conversations;
    this.#channels = parts.channels;
    this.#choices = parts.choices;
    this.#settings = parts.settings;
    this.#files = parts.files;
    this.#onOrders = parts.onOrders;
    this.#hubIdOf = parts.hubIdOf;
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
    if (meaning.kind === 'ignored') return meaning;
    const whole = withOwnParent(meaning, delivery.holding.lane, this.#hubIdOf);
    return this.#send(delivery, channel, await whole, open);
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
    let progress: Progress = delivery.plan === '' ? { done: 0 } : (JSON.parse(delivery.plan) as Progress);
    const { message } = meaning;
    const left = progress.only === undefined ? message : onlyFiles(message, progress.only, progress.round);
    const keep = (next: Progress): Promise<boolean> => {
      progress = next;
      return this.#checkpoint(delivery, next);
    };
    const parts = channel.parts(left);
    let conversation = open;
    let missing: Extract<Carried, { kind: 'ready' }> | undefined;
    let outcome: Outcome = { kind: 'delivered', farId: progress.farId, conversationId: conversation };
    for (let part = parts[progress.done]; part !== undefined; part = parts[progress.done]) {
      const last = progress.done + 1 === parts.length;
      let ready: InboundMessage | undefined = part;
      if (part.attachments !== undefined && part.attachments.length > 0) {
        const carried = await this.#files.carry(delivery, channel.name, part, progress.files ?? [], (files) =>
          keep({ ...progress, files }),
        );
        if (carried.kind !== 'ready') return this.#notCarried(carried);
        ready = carried.message;
        if (carried.failed.length > 0 || (ready === undefined && parts.length === 1)) missing = carried;
      }
      if (ready !== undefined) {
        const isLast = last && missing === undefined;
        outcome = await this.#sendPart(delivery, channel, ready, conversation, isLast, parent);
        if (outcome.kind !== 'delivered') return outcome;
        conversation = outcome.mapping ?? conversation;
      }
      progress = { ...progress, done: progress.done + 1, farId: progress.farId ?? outcome.farId };
      if (progress.done < parts.length && !(await keep(progress))) return { kind: 'fenced' };
    }
    if (settled !== undefined) await this.#keep(delivery, () => this.#choices.settle(delivery, settled));
    if (missing !== undefined) return this.#withoutFiles(delivery, progress, missing);
    return {
      ...outcome,
      farId: progress.farId,
      ...(conversation === open || conversation === undefined ? {} : { mapping: conversation }),
    };
  }

  /** What could be sent is out. A dead letter remains of the files that could not; tried again, it is those alone. */
  async #withoutFiles(
    delivery: Delivery,
    progress: Progress,
    { failed, detail }: Extract<Carried, { kind: 'ready' }>,
  ): Promise<Outcome> {
    if (failed.length > 0) {
      const only = failed.map((index) => progress.only?.[index] ?? index);
      const kept = await this.#checkpoint(delivery, { done: 0, only, round: (progress.round ?? 0) + 1 });
      if (!kept) return { kind: 'fenced' };
    }
    const reason = failed.length > 0 ? 'file-expired' : 'file-refused';
    return {
      kind: 'dead',
      reason,
      detail,
      ...(progress.farId === undefined ? {} : { gate: { kind: 'well' } }),
    };
  }

  #notCarried(carried: Exclude<Carried, { kind: 'ready' }>): Outcome {
    if (carried.kind === 'fenced') return carried;
    if (carried.kind === 'wait') return { ...carried, kind: 'again' };
    const { failure } = carried;
    // There is no conversation in this call: a 404 is a wrong address.
    return this.#failed(failure.kind === 'start-anew' ? { kind: 'retry', error: failure.error } : failure);
  }

  async #checkpoint(delivery: Delivery, progress: Progress): Promise<boolean> {
    const text = JSON.stringify(progress);
    const kept = await this.#keep(delivery, () => this.#lanes.checkpoint(delivery.holding, text));
    return kept === 'kept';
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
