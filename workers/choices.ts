import { writeEnvelope } from '../src/lanes/envelope.js';
import { journeyHead } from '../src/lanes/journeys.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import type { Lanes } from '../src/lanes/lanes.js';
import type { Offers } from '../src/lanes/offers.js';
import { offerOf, type KeptOffer, type OfferState } from '../src/messages/choices/offer.js';
import { isMadeBy, mayAnswer, resolve, type Resolution } from '../src/messages/choices/resolve.js';
import type { Customer, InboundMessage, OutboundMessage, RichContent } from '../src/messages/model.js';
import { without } from '../src/messages/without.js';
import type { Delivery } from './delivery.js';
import type { Queues } from './queues.js';

/** What a channel says around choices, in the language of its reader (BCP 47; undefined = the channel's default). */
export interface ChoiceSpeaker {
  /** What asks for the next page of a long list. */
  moreWords(language: string | undefined): readonly string[];
  /** The options from `from` on, as text. */
  page(offer: KeptOffer, from: number, language: string | undefined): string;
}

/** Both ids of the message that an answer refers to. */
export type Parent = KeptOffer['parent'];

/** What became known of a message: it goes on as `message`; `settled` is written once it is delivered. */
export type Meaning =
  | {
      readonly kind: 'message';
      readonly message: InboundMessage;
      readonly parent?: Parent;
      readonly settled?: { readonly key: string; readonly state: OfferState };
    }
  | { readonly kind: 'ignored'; readonly reason: string };

export interface ChoiceDeskParts {
  readonly offers: Offers;
  readonly keys: Keyspace;
  readonly lanes: Lanes;
  readonly queues: Queues;
  readonly speakers: ReadonlyMap<string, ChoiceSpeaker>;
  /** How long an offer can be answered, in milliseconds. */
  readonly openMs: number;
}

/** Remembers what customers are offered and finds out which of it they chose. */
export class ChoiceDesk {
  readonly #parts: ChoiceDeskParts;

  constructor(parts: ChoiceDeskParts) {
    this.#parts = parts;
  }

  /** Before the message goes out. `messageId` is its sender's own id, which eGain's answers may have to name. */
  async offered(channel: string, message: OutboundMessage, rich: RichContent, ids: Parent): Promise<void> {
    const { id: key, conversationId, customer } = message;
    const offer = offerOf(rich, { key, conversationId, parent: ids });
    if (offer !== undefined) await this.#parts.offers.keep(channel, customer.id, offer);
  }

  /** What the message means for the offers made to its sender; the same again after a crash. */
  async meaning(
    delivery: Delivery,
    channel: string,
    message: InboundMessage,
    conversationId: string | undefined,
  ): Promise<Meaning> {
    const { replyTo } = message;
    // Words can only answer what the open conversation offered; a tap may come late.
    const isAnswer = mayAnswer(message) && (message.type === 'choice' || conversationId !== undefined);
    if (!isAnswer && replyTo === undefined) return { kind: 'message', message };
    const { language } = message.customer;
    // What it answers was offered before it was accepted, so it was seen when the message was read.
    const offers = delivery.offers ? await this.#parts.offers.of(channel, message.customer.id) : [];
    const speaker = this.#parts.speakers.get(channel);
    const resolution = resolve(message, {
      offers,
      conversationId,
      acceptedAt: delivery.acceptedAt,
      openMs: this.#parts.openMs,
      moreWords: speaker?.moreWords(language) ?? [],
    });
    if (resolution.kind === 'more') {
      const text = speaker?.page(resolution.offer, resolution.from, language) ?? '';
      await this.#showPage(delivery, channel, message, resolution, text);
      return { kind: 'ignored', reason: 'next-page' };
    }
    const meaning = meaningOf(message, resolution, delivery.acceptedAt);
    if (resolution.kind !== 'none' || message.type === 'choice' || replyTo === undefined) return meaning;
    // The channel knows one of the ids of what it shows; eGain may want the other.
    const parent = offers.find((offer) => isMadeBy(offer, replyTo))?.parent;
    return parent === undefined || meaning.kind !== 'message' ? meaning : { ...meaning, parent };
  }

  /** The answer is delivered: the offer is over. */
  settle(delivery: Delivery, { key, state }: NonNullable<Extract<Meaning, { kind: 'message' }>['settled']>) {
    return this.#parts.offers.settle(delivery.holding, key, state);
  }

  async #showPage(
    delivery: Delivery,
    channel: string,
    message: InboundMessage,
    { offer, from, count }: Extract<Resolution, { kind: 'more' }>,
    text: string,
  ): Promise<void> {
    const { keys, lanes, queues, offers } = this.#parts;
    const customer = reader(message.customer);
    const id = `page:${message.id}`;
    const { orders } = await lanes.accept([
      {
        lane: keys.noticeLane(channel, customer.id),
        target: `out:${channel}`,
        // A message that is worked on again after a crash shows its page once.
        mark: keys.messageMark(id),
        journey: { id, head: journeyHead('out', channel) },
        payload: writeEnvelope({
          kind: 'notice',
          channel,
          customer,
          notice: { id, name: 'bridge_options_page', parameters: [text], count: 1 },
        }),
      },
    ]);
    await queues.add(orders);
    const shown = { count: from + count, from, by: message.id };
    await offers.settle(delivery.holding, offer.key, { ...offer.state, shown });
  }
}

function reader({ id, language }: Customer): Customer {
  return { id, ...(language === undefined ? {} : { language }) };
}

/** The message as eGain is to get it. */
function meaningOf(
  message: InboundMessage,
  resolution: Exclude<Resolution, { kind: 'more' }>,
  acceptedAt: number,
): Meaning {
  const rest = without(message, 'choices', 'replyTo', 'text');
  switch (resolution.kind) {
    case 'none':
      // What was never offered is no choice: the agent reads what the customer saw.
      return message.type === 'choice'
        ? { kind: 'message', message: asText(message) }
        : { kind: 'message', message };
    case 'repeat':
      return { kind: 'ignored', reason: 'second-tap' };
    case 'stale':
      return { kind: 'message', message: { ...rest, type: 'text', text: resolution.title } };
    case 'form':
    case 'choice': {
      const { offer } = resolution;
      const options = resolution.kind === 'choice' ? resolution.options : [];
      const answered = { by: message.id, at: acceptedAt, tokens: options.map(({ token }) => token) };
      const answer =
        resolution.kind === 'choice'
          ? { choices: options.map(({ id, title }) => ({ id, title })) }
          : { values: resolution.values };
      return {
        kind: 'message',
        message: { ...rest, type: 'choice', ...answer },
        parent: offer.parent,
        settled: { key: offer.key, state: { ...offer.state, answered } },
      };
    }
  }
}

function asText(message: InboundMessage): InboundMessage {
  const { choices = [] } = message;
  const isSaid = (text: string | undefined): text is string => text !== undefined && text.trim() !== '';
  const titles = choices.map(({ id, title }) => (isSaid(title) ? title : id)).join(', ');
  const isNamed = choices.some(({ title }) => isSaid(title));
  const rest = without(message, 'choices', 'replyTo');
  return { ...rest, type: 'text', text: !isNamed && isSaid(message.text) ? message.text : titles };
}
