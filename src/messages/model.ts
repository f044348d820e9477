/**
 * The words every room shares: what a customer sends (inbound) and what a customer is sent (outbound),
 * freed from any provider's and from eGain's own wire format. Pure data, serialisable as JSON.
 */

/** A person on a channel. `id` is the channel's own id for them and unique within that channel only. */
export interface Customer {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  /** BCP 47, e.g. `pt-BR`. */
  readonly language?: string;
  /** IANA name, e.g. `Europe/Lisbon`. */
  readonly timeZone?: string;
  /** Which of the addresses a signed source vouches for; the others never identify the customer to eGain. */
  readonly verified?: readonly ('email' | 'phone')[];
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A file by reference; bytes never travel in a message (I10). `size` in bytes. */
export interface Attachment {
  readonly name: string;
  readonly contentType?: string;
  readonly size?: number;
  readonly url?: string;
  /** eGain asset id, when the file was uploaded first. */
  readonly assetId?: string;
}

/** One chosen option of an offer (list picker, quick reply, …). */
export interface Choice {
  readonly id: string;
  readonly title?: string;
}

/** What a customer may send through a channel; the names are the generic webhook channel's own. */
export const inboundTypes = [
  'text',
  'choice',
  'typing.start',
  'typing.end',
  'message.edit',
  'message.delete',
  'message.undo',
  'customer.info',
  'customer.active',
  'customer.inactive',
  'authentication.success',
  'authentication.failure',
  'error',
  'conversation.end',
] as const;
export type InboundType = (typeof inboundTypes)[number];

export interface InboundMessage {
  /** The channel's message id, unique per customer; with channel and customer it is the duplicate key (I3). */
  readonly id: string;
  readonly type: InboundType;
  readonly customer: Customer;
  readonly text?: string;
  readonly attachments?: readonly Attachment[];
  readonly choices?: readonly Choice[];
  /** A filled-in form, of type `choice`: what was asked and what was answered. */
  readonly values?: readonly { readonly id: string; readonly title: string; readonly value: string }[];
  /** The message this one answers, changes, deletes or complains of: an id the channel knows. */
  readonly replyTo?: string;
  /** How a `message.delete` is meant, where the channel tells one kind from the other. */
  readonly mode?: 'soft' | 'permanent';
  /** What an authentication brought to light, by name. Never a credential. */
  readonly result?: Readonly<Record<string, string>>;
  /** Of type `error`: what the channel could not do with the message that `replyTo` names. */
  readonly error?: { readonly code: string; readonly message?: string };
  /** ISO 8601 with milliseconds, by the channel's clock. */
  readonly sentAt?: string;
}

/**
 * What the customer side is sent. The first ten are normalised; any other eGain type keeps eGain's own name
 * and travels with `raw`, so that a type nobody has heard of still arrives.
 */
export const outboundTypes = [
  'text',
  'typing.start',
  'typing.end',
  'rich',
  'page.push',
  'agent.join',
  'agent.unavailable',
  'conversation.state',
  'conversation.end',
  'system',
] as const;
export type OutboundType = (typeof outboundTypes)[number] | (string & {});

/** One selectable entry of a rich message. */
export interface RichOption {
  readonly id: string;
  /** Short and unguessable, `c.` and six letters or digits: what a button carries and an answer brings back. */
  readonly token?: string;
  readonly title: string;
  readonly subtitle?: string;
  readonly section?: string;
  /** ISO 8601: when a time picker's slot begins. */
  readonly start?: string;
}

/** One thing a form asks for; `options` = only these answers are meant. */
export interface RichField {
  readonly id: string;
  readonly title: string;
  readonly options?: readonly string[];
}

/** A rich message reduced to what any channel can show; `raw` is eGain's content, untouched. */
export interface RichContent {
  /** eGain's type without its `richMessage.` prefix: `listpicker`, `quickreply`, … */
  readonly kind: string;
  /** Plain words that stood beside the structure: read before the title. */
  readonly intro?: string;
  readonly title?: string;
  readonly subtitle?: string;
  readonly options: readonly RichOption[];
  readonly multiple?: boolean;
  readonly links?: readonly { readonly title?: string; readonly url: string }[];
  /** What a form asks for. */
  readonly fields?: readonly RichField[];
  /** What a payment is about, as eGain wrote it; `currency` is ISO 4217 where it is known. */
  readonly amount?: { readonly value: number; readonly currency?: string };
  /** How many options more there were than anybody is shown. */
  readonly leftOut?: number;
  readonly raw: unknown;
}

/** Something a channel could not show as it was meant. Words from closed lists, never a text (I9). */
export interface Loss {
  readonly what: string;
  readonly why: string;
  readonly shown: 'text' | 'none';
}

export interface OutboundMessage {
  /** The hub's id, else the sender's `messageId`: stable over repeats. */
  readonly id: string;
  readonly conversationId: string;
  readonly type: OutboundType;
  readonly customer: Customer;
  /** `type` is eGain's: `egain_agent`, `custom_agent`, `egain_bot`, `custom_bot`, `system`, … */
  readonly sender: { readonly type: string; readonly name?: string };
  /** Plain text, always present when there is anything to read. */
  readonly text?: string;
  /** As eGain sent it; a channel that shows it must sanitise it first. */
  readonly html?: string;
  readonly attachments?: readonly Attachment[];
  readonly rich?: RichContent;
  /** The message this one is about, by the id it had on its way to eGain. */
  readonly replyTo?: string;
  /** Of events: the new state of the conversation, the agent or queue it goes to, the code of an error. */
  readonly event?: { readonly status?: string; readonly name?: string; readonly code?: string };
  /** eGain's message as received, for types the bridge has no word for. */
  readonly raw?: unknown;
}
