/** Conversations as the hub keeps them. */
import type { Content, CustomerData, RequestMessage } from './schema.js';

export interface Party {
  readonly type: string;
  readonly participant?: { readonly name?: string | undefined } | undefined;
}

/** The message object of callbacks and of the history (contract 10.5, 12.3). */
export interface HubMessage {
  readonly id: string;
  readonly messageId?: string;
  readonly type: { readonly value: string };
  readonly content?: Content;
  readonly sender: Party;
  readonly recipients?: { readonly recipient: readonly Party[] };
  readonly conversation: { readonly id: string; readonly customer?: CustomerData };
  readonly attributes?: RequestMessage['attributes'];
  readonly attachments?: RequestMessage['attachments'];
  readonly parent?: { readonly messageId: string };
  readonly status: string;
  readonly created: string;
  readonly sent: string;
}

/** Who answers: the bot, nobody yet, an agent; `ended` takes no more messages. */
export type Phase = 'bot' | 'waiting' | 'agent' | 'ended';

export interface Conversation {
  readonly id: string;
  readonly accountId: string;
  readonly channelType: string;
  readonly address: string;
  /** `type.subType:address` of the contact that identifies the customer. */
  readonly contact: string;
  readonly conversationContact?: string;
  readonly entryPoint?: string;
  readonly created: string;
  customer: CustomerData;
  phase: Phase;
  /** Whether the customer has the chat before their eyes, as far as they told. */
  presence?: 'active' | 'inactive';
  /** How the last authentication in mid-conversation ended. */
  authentication?: 'success' | 'failure';
  endedBy?: 'customer' | 'agent' | 'timeout' | 'control';
  /** Name of who speaks on the other side. */
  agentName?: string;
  /** Milliseconds since 1970 of the last message, for the account's timeout. */
  lastActivity: number;
  messages: HubMessage[];
  /** Ids of messages the customer took back. */
  readonly deleted: Set<string>;
}
