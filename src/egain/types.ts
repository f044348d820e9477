/**
 * What travels between the bridge and Conversation Manager. Every enumeration is open and every object keeps the
 * fields nobody told us about: the hub asks its clients to tolerate both [doc: operation/sendMessage].
 */

/** The known words, for completion; any other word is allowed. */
export type Open<Known extends string> = Known | (string & {});

/** Roles of senders and recipients [doc: createasset.md]; `system` marks what the hub itself wrote [wild]. */
export type SenderRole = Open<
  'customer' | 'egain_agent' | 'custom_agent' | 'egain_bot' | 'custom_bot' | 'system'
>;

/** The message types of the send operation [doc: operation/sendMessage]. */
export const messageTypeValues = [
  'text',
  'typing.start',
  'typing.end',
  'escalation.transfer',
  'pagePush',
  'conversation.state',
  'agent.join',
  'agent.available',
  'agent.unavailable',
  'agent.transfer',
  'queue.transfer',
  'richMessage.listpicker',
  'richMessage.quickreply',
  'richMessage.template',
  'richMessage.timepicker',
  'richMessage.richlink',
  'richMessage.form',
  'richMessage.payment',
  'richMessage.app',
  'richMessage.authentication',
  'authentication.success',
  'authentication.failure',
  'customer.info',
  'customer.active',
  'customer.inactive',
  'error',
  'delete.soft',
  'delete.permanent',
  'undo',
  'conversation.end',
] as const;
export type MessageTypeValue = Open<(typeof messageTypeValues)[number]>;

export interface NameValue {
  readonly name: string;
  readonly value: string;
}

/** `external` is sent by a public program for message attributes [wild: DM bridge]. */
export interface MessageAttribute extends NameValue {
  readonly external?: boolean;
}

export interface Party {
  readonly type: SenderRole;
  readonly participant?:
    { readonly name?: string | undefined; readonly [field: string]: unknown } | undefined;
  readonly [field: string]: unknown;
}

export interface Contact {
  readonly type: Open<'phone' | 'email'>;
  readonly subType?: Open<'mobile'>;
  readonly address: string;
}

export interface HubCustomer {
  readonly name?: string;
  readonly type?: Open<'individual'>;
  readonly attributes?: readonly NameValue[];
  readonly contacts?: { readonly contact: readonly Contact[] };
  readonly [field: string]: unknown;
}

/** One of `text`, `html` or `json`; `redact` is seen in the history of a conversation [doc: operation/fetchConversation]. */
export interface HubContent {
  readonly text?: string | undefined;
  readonly html?: string | undefined;
  readonly json?: unknown;
  readonly redact?: boolean | undefined;
  readonly [field: string]: unknown;
}

/** `size` in bytes; a public program writes it as text [wild: DM bridge]. `id` is an asset's [assumed]. */
export interface HubAttachment {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly contentType?: string | undefined;
  readonly size?: number | string | undefined;
  readonly url?: string | undefined;
  readonly [field: string]: unknown;
}

/** Names the account by channel type and business address; needed to start a conversation [wild: DM bridge]. */
export interface AccountAddress {
  readonly channel: { readonly type: string };
  readonly address: string;
}

/** With `id` the conversation goes on; without it account and customer start one [wild: DM bridge]. */
export interface RequestConversation {
  readonly id?: string;
  readonly account?: AccountAddress;
  readonly entryPoint?: { readonly id: string };
  /** Which contact identifies the customer: `type` or `type.subType` [wild: DM bridge]. */
  readonly lookupContact?: string;
  readonly conversationContact?: string;
  readonly clientInfo?: {
    readonly timeOffset?: number;
    readonly referrerName?: string;
    readonly referrerUrl?: string;
  };
  readonly customer?: HubCustomer;
  readonly [field: string]: unknown;
}

export interface RequestMessage {
  /** Chosen by the sender, at most 255 characters [assumed]. */
  readonly messageId?: string;
  readonly type: { readonly value: MessageTypeValue };
  readonly content?: HubContent;
  readonly sender: Party;
  readonly conversation: RequestConversation;
  readonly attributes?: { readonly attribute: readonly MessageAttribute[] };
  readonly attachments?: { readonly attachment: readonly HubAttachment[] };
  readonly parent?: { readonly messageId: string };
  readonly [field: string]: unknown;
}

/** Body of `POST /conversations/messages`; how many messages it may hold is unknown, one is seen [wild]. */
export interface SendMessagesBody {
  readonly metadata?: { readonly attributes: readonly NameValue[] };
  readonly messages: { readonly message: readonly RequestMessage[] };
}

/** One entry of the 202 answer: `conversation.id` is what has to be remembered [wild: DM bridge]. */
export interface AcceptedMessage {
  readonly id?: string | undefined;
  readonly messageId?: string | undefined;
  readonly conversation?: { readonly id?: string | undefined; readonly [field: string]: unknown } | undefined;
  readonly [field: string]: unknown;
}

export interface SendMessagesAnswer {
  readonly messages: { readonly message: readonly AcceptedMessage[] };
  readonly [field: string]: unknown;
}

/** A message as the hub delivers it to a callback: only `type` and `conversation.id` can be relied on [wild, assumed]. */
export interface HubMessage {
  readonly id?: string | undefined;
  readonly messageId?: string | undefined;
  readonly type: { readonly value: MessageTypeValue; readonly [field: string]: unknown };
  /** A bare string is met as well as the object (contract, section 14, point 6). */
  readonly content?: string | HubContent | undefined;
  readonly sender?: Party | undefined;
  readonly conversation: { readonly id: string; readonly [field: string]: unknown };
  readonly attachments?: { readonly attachment: readonly HubAttachment[] } | undefined;
  readonly parent?:
    { readonly messageId?: string | undefined; readonly [field: string]: unknown } | undefined;
  readonly created?: string | undefined;
  readonly [field: string]: unknown;
}
