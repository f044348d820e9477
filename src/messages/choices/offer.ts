/** What was offered to a customer and may still be answered; kept on our side, so that nobody can forge an option. */
import type { RichContent } from '../model.js';

export interface OfferedOption {
  readonly token: string;
  /** eGain's id of the option. */
  readonly id: string;
  /** As the customer saw it. */
  readonly title: string;
  /** Kept only of a list that is shown in pages. */
  readonly subtitle?: string;
  readonly section?: string;
}

/** Times in milliseconds. */
export interface Offer {
  /** The id by which the channel knows the message that made the offer. */
  readonly key: string;
  /** Both ids of that message, as far as eGain told them. */
  readonly parent: { readonly id?: string; readonly messageId?: string };
  readonly conversationId: string;
  readonly multiple: boolean;
  readonly options: readonly OfferedOption[];
  /** A form's fields, where the channel shows one: an answer brings a value for each. */
  readonly fields?: readonly { readonly id: string; readonly title: string }[];
}

/** What has become of an offer so far. */
export interface OfferState {
  /** The answer: which options, by which message, when that was accepted. */
  readonly answered?: { readonly by: string; readonly at: number; readonly tokens: readonly string[] };
  /** How many options the customer has been shown as text; the last ones from `from` on, asked for by message `by`. */
  readonly shown?: { readonly count: number; readonly from: number; readonly by: string };
}

export interface KeptOffer extends Offer {
  /** When it was made, before the customer could see it. */
  readonly at: number;
  readonly state: OfferState;
}

/** Options shown as text at once; the customer asks for more. A list that is hardly longer is shown whole. */
export const pageSize = 10;
export const longestPage = 20;

/** How many of `count` options the page that begins at `from` shows. */
export function pageLength(count: number, from: number): number {
  if (from === 0 && count <= longestPage) return count;
  return Math.min(pageSize, Math.max(0, count - from));
}

/** How long an offer is waited for, unless it is set; afterwards a tap only tells what was on the button. */
export const usualOpenMs = 24 * 60 * 60 * 1000;

/** More would only be held against the room it takes in Redis: what the customer sees can still be answered in words. */
const mostBytes = 256 * 1024;

/** Kinds without options that are answered all the same, by a message that names them as what it replies to. */
const answered: ReadonlySet<string> = new Set(['authentication', 'payment', 'app', 'form']);

/**
 * The offer that a rich message makes, or nothing when there is nothing to choose or too much to remember. The options
 * must carry their tokens.
 */
export function offerOf(
  rich: RichContent,
  message: Pick<Offer, 'key' | 'parent' | 'conversationId'>,
): Offer | undefined {
  const isPaged = rich.options.length > longestPage;
  const options = rich.options.flatMap((option): OfferedOption[] => {
    const { token, id, title, subtitle, section } = option;
    if (token === undefined) return [];
    const bare = { token, id, title: title === '' ? id : title };
    if (!isPaged) return [bare];
    return [{ ...bare, ...(subtitle && { subtitle }), ...(section && { section }) }];
  });
  const fields = rich.fields?.map(({ id, title }) => ({ id, title }));
  if (options.length === 0 && fields === undefined && !answered.has(rich.kind)) return undefined;
  const offer: Offer = {
    ...message,
    multiple: rich.multiple === true,
    options,
    ...(fields === undefined ? {} : { fields }),
  };
  return JSON.stringify(offer).length > mostBytes ? undefined : offer;
}
