/** From what a customer sent back to the options it means. Pure: clock, offers and words are handed in. */
import type { Choice, InboundMessage } from '../model.js';
import { matchExact, matchOne, matchSeveral } from './match.js';
import { normalised } from './normalise.js';
import { pageLength, type KeptOffer, type OfferedOption } from './offer.js';
import { tokenPattern } from './token.js';

/** A second tap of the same button within this time, in milliseconds, is the first one. */
const secondTapMs = 10_000;

/** In UTF-16 units: nobody types more than this to choose, and no longer text is even looked up. */
export const longestAnswer = 300;

export interface ResolveContext {
  /** Every offer that is still remembered for this customer, in any order. */
  readonly offers: readonly KeptOffer[];
  /** The conversation that is open; an offer of any other is over. */
  readonly conversationId: string | undefined;
  /** When the message was accepted, by the clock the offers were stamped with, in milliseconds. */
  readonly acceptedAt: number;
  /** How long an offer can be answered, in milliseconds. */
  readonly openMs: number;
  /** What asks for the next page of a long list, in the customer's language. */
  readonly moreWords: readonly string[];
}

type FormValues = NonNullable<InboundMessage['values']>;

/**
 * - `none`: no answer to anything offered: plain text, and the offer stays open. - `choice`: these options, by an open
 * offer. - `form`: the values of a form's fields. - `stale`: an option of an offer that is over: its title, as text.
 * - `repeat`: a second tap. - `more`: shows the options from `from` on.
 */
export type Resolution =
  | { readonly kind: 'none' }
  | { readonly kind: 'choice'; readonly offer: KeptOffer; readonly options: readonly OfferedOption[] }
  | { readonly kind: 'form'; readonly offer: KeptOffer; readonly values: FormValues }
  | { readonly kind: 'stale'; readonly title: string }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'more'; readonly offer: KeptOffer; readonly from: number; readonly count: number };

const none: Resolution = { kind: 'none' };

/** Whether a message of this kind is an answer at all, before anybody looks for offers. */
export function mayAnswer(message: InboundMessage): boolean {
  if (message.type === 'choice') return true;
  const text = message.text ?? '';
  return (
    message.type === 'text' && text !== '' && text.length <= longestAnswer && !message.attachments?.length
  );
}

/** What a message means for the offers made to its sender. A message resolved again, after a crash, means the same. */
export function resolve(message: InboundMessage, context: ResolveContext): Resolution {
  // Whatever was accepted before an offer was made cannot be its answer; the newest offer goes first.
  const offers = context.offers
    .filter(({ at }) => at <= context.acceptedAt)
    .toSorted((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1));
  if (offers.length === 0 || !mayAnswer(message)) return none;
  if (message.type === 'choice') return tapped(message, message.choices ?? [], offers, context);
  const text = (message.text ?? '').trim();
  return tokenPattern.test(text)
    ? tapped(message, [{ id: text }], offers, context)
    : typed(message, normalised(text), offers, context);
}

function isOpen(offer: KeptOffer, message: InboundMessage, context: ResolveContext): boolean {
  const { answered } = offer.state;
  return (
    offer.conversationId === context.conversationId &&
    context.acceptedAt - offer.at < context.openMs &&
    (answered === undefined || answered.by === message.id)
  );
}

function tapped(
  message: InboundMessage,
  choices: readonly Choice[],
  offers: readonly KeptOffer[],
  context: ResolveContext,
): Resolution {
  if (choices.length === 0) return none;
  for (const offer of meantFirst(offers, message.replyTo)) {
    const values = formValues(offer, choices);
    if (values !== undefined) {
      if (isOpen(offer, message, context)) return { kind: 'form', offer, values };
      return { kind: 'stale', title: values.map(({ title, value }) => `${title}: ${value}`).join('\n') };
    }
    const options = choices.map((choice) => optionOf(choice, offer)).filter((option) => option !== undefined);
    if (options.length < choices.length) continue;
    const chosen = [...new Set(options)];
    if (chosen.length > 1 && !offer.multiple) return none;
    if (isOpen(offer, message, context)) return { kind: 'choice', offer, options: chosen };
    return isSecondTap(offer, chosen, context)
      ? { kind: 'repeat' }
      : { kind: 'stale', title: chosen.map(({ title }) => title).join(', ') };
  }
  return none;
}

/** Whether the offer was made by the message of this id, whichever of its ids that is. */
export function isMadeBy({ key, parent }: Pick<KeptOffer, 'key' | 'parent'>, id: string): boolean {
  return [key, parent.id, parent.messageId].includes(id);
}

/** The offer that the answer points at goes before the newest. */
function meantFirst(offers: readonly KeptOffer[], replyTo: string | undefined): readonly KeptOffer[] {
  if (replyTo === undefined) return offers;
  const meant = offers.filter((offer) => isMadeBy(offer, replyTo));
  return [...meant, ...offers.filter((offer) => !meant.includes(offer))];
}

/** By the token, else by eGain's id; two options of one id are told apart by their titles. */
function optionOf({ id, title }: Choice, { options }: KeptOffer): OfferedOption | undefined {
  const byToken = options.find(({ token }) => token === id);
  if (byToken !== undefined) return byToken;
  const byId = options.filter((option) => option.id === id);
  return byId.find((option) => option.title === title) ?? byId[0];
}

function formValues({ fields }: KeptOffer, choices: readonly Choice[]): FormValues | undefined {
  if (fields === undefined) return undefined;
  const values = choices.flatMap(({ id, title: value = '' }) => {
    const field = fields.find((each) => each.id === id);
    return field === undefined ? [] : [{ id, title: field.title, value }];
  });
  return values.length === choices.length ? values : undefined;
}

function isSecondTap(
  { state }: KeptOffer,
  chosen: readonly OfferedOption[],
  { acceptedAt }: ResolveContext,
): boolean {
  const { answered } = state;
  if (answered === undefined || acceptedAt - answered.at >= secondTapMs) return false;
  const before = new Set(answered.tokens);
  return before.size === chosen.length && chosen.every(({ token }) => before.has(token));
}

/** A number or a beginning answers the newest offer only: to an older one it would be a guess. */
function typed(
  message: InboundMessage,
  text: string,
  offers: readonly KeptOffer[],
  context: ResolveContext,
): Resolution {
  const [newest, ...older] = offers.filter(({ options }) => options.length > 0);
  if (newest !== undefined && isOpen(newest, message, context)) {
    const one = matchOne(text, newest.options);
    const options = newest.multiple ? matchSeveral(text, newest.options) : one === undefined ? [] : [one];
    if (options.length > 0) return { kind: 'choice', offer: newest, options };
    const more = nextPage(newest, message, text, context);
    if (more !== undefined) return more;
  }
  for (const offer of older) {
    const option = isOpen(offer, message, context) ? matchExact(text, offer.options) : undefined;
    if (option !== undefined) return { kind: 'choice', offer, options: [option] };
  }
  return none;
}

function nextPage(
  offer: KeptOffer,
  message: InboundMessage,
  text: string,
  { moreWords }: ResolveContext,
): Resolution | undefined {
  if (!moreWords.some((word) => normalised(word) === text)) return undefined;
  const total = offer.options.length;
  const { shown } = offer.state;
  // Asked again by the same message, after a crash, it is the same page.
  const isSame = shown !== undefined && shown.by === message.id;
  const from = isSame ? shown.from : (shown?.count ?? pageLength(total, 0));
  const count = pageLength(total, from);
  return count === 0 ? undefined : { kind: 'more', offer, from, count };
}
