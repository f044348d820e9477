import type { Envelope } from '../src/lanes/envelope.js';
import type { Customer, InboundMessage } from '../src/messages/model.js';
import type { Parent } from './choices.js';
import type { SendFailure } from './send-failure.js';

/** What eGain answered to a message it took. */
export interface Sent {
  readonly conversationId?: string | undefined;
  /** The hub's id for the message. */
  readonly hubId?: string | undefined;
}

export type SendOutcome =
  { readonly ok: true; readonly sent: Sent } | { readonly ok: false; readonly failure: SendFailure };

export interface InboundSettings {
  readonly conversationMemoryMs: number;
  /** How long customer data told without a conversation is kept for the next one. */
  readonly infoMs: number;
  /** Whether a message is sent again when eGain may have taken it without our seeing the answer. */
  readonly safeRetry: boolean;
}

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
