import type { Loss } from '../src/messages/model.js';
import type { Envelope } from '../src/lanes/envelope.js';
import type { Holding, OpenedConversation, SaidInConversation } from '../src/lanes/lanes.js';

/** One attempt at one message, as the deliverers see it. Times in milliseconds by Redis's clock. */
export interface Delivery {
  readonly envelope: Envelope;
  readonly holding: Holding;
  readonly acceptedAt: number;
  readonly now: () => number;
  /** Attempts made before this one. */
  readonly attempts: number;
  /** Inbound: the open conversation; outbound: whose conversation it is. Empty when unknown. */
  readonly mapping: string;
  /** Inbound without a conversation: what the customer told before, as JSON; undefined = it must be looked up. */
  readonly pendingInfo?: string | undefined;
  /** Inbound: whether the customer was offered something lately that the message may answer. */
  readonly offers: boolean;
  /** How far a message in parts has come; empty at the start (I5). */
  readonly plan: string;
  /** A revived dead letter that later messages overtook: its text tells this time. */
  readonly originalTime: number | undefined;
  /** Fires when the job was taken away. */
  readonly signal: AbortSignal;
}

/** What the far end's answer says about the far end as a whole, for its gate. */
export type GateWord =
  | { readonly kind: 'well' }
  | { readonly kind: 'failed'; readonly atOnce?: boolean }
  | { readonly kind: 'throttled'; readonly forMs: number | undefined };

/**
 * How an attempt ended: this union is the whole vocabulary between deliverers and the drain.
 * - `delivered`, `ignored`: the message is done. `mapping` replaces the lane's mapping for the messages behind it.
 * - `again`: try later. Only `countsAsAttempt` outcomes make the back-off grow; `afterMs` overrides it.
 * - `wait`: the head cannot go yet through no fault of the far end; past `untilMs` after acceptance it dies of `reason`.
 * - `dead`: it will never go. - `fenced`: the lane is somebody else's by now.
 */
export type Outcome =
  | {
      readonly kind: 'delivered';
      readonly conversationId?: string | undefined;
      readonly farId?: string | undefined;
      readonly mapping?: string;
      readonly keepMappingMs?: number;
      /** To be written together with the message's end. */
      readonly opened?: OpenedConversation | undefined;
      readonly said?: SaidInConversation | undefined;
      /** What of it the customer could not be shown as it was meant. */
      readonly losses?: readonly Loss[] | undefined;
    }
  | { readonly kind: 'ignored'; readonly reason: string; readonly mapping?: string }
  | {
      readonly kind: 'again';
      readonly error: string;
      readonly countsAsAttempt: boolean;
      readonly afterMs?: number | undefined;
      readonly gate?: GateWord;
    }
  | { readonly kind: 'wait'; readonly reason: string; readonly afterMs: number; readonly untilMs: number }
  | { readonly kind: 'dead'; readonly reason: string; readonly detail: string; readonly gate?: GateWord }
  | { readonly kind: 'fenced' };

export interface Deliverer {
  /** Makes one attempt. Never throws for what the far end does; throws only what Redis throws. */
  deliver(delivery: Delivery): Promise<Outcome>;
}

/** How long typing stays true (I4). */
export const typingLifeMs = 5000;
