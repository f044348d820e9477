/** What goes into one callback request. */
import type { Conversation, HubMessage } from '../conversations/model.js';
import { textOf } from '../conversations/record.js';
import type { CallbackRecord } from '../records.js';

export interface Letter {
  readonly conversation: Conversation;
  readonly message: HubMessage;
}

export interface Parcel {
  readonly side: 'customer' | 'bot' | 'agent';
  readonly letters: readonly Letter[];
  readonly delayMs: number;
  readonly wrongAuthorization: boolean;
  /** Names of the faults that struck it, for its records. */
  readonly faults: string;
}

export function parcelOf(side: Parcel['side'], letters: readonly Letter[]): Parcel {
  return { side, letters, delayMs: 0, wrongAuthorization: false, faults: '' };
}

/** Several parcels of one lane as one. */
export function joinParcels(side: Parcel['side'], parcels: readonly Parcel[]): Parcel {
  return {
    side,
    letters: parcels.flatMap(({ letters }) => letters),
    delayMs: Math.max(...parcels.map(({ delayMs }) => delayMs)),
    wrongAuthorization: parcels.some(({ wrongAuthorization }) => wrongAuthorization),
    faults: parcels
      .map(({ faults }) => faults)
      .filter((names) => names !== '')
      .join(' '),
  };
}

/** The conversation whose lane and callback the parcel takes; a mixed parcel goes by its first message. */
export function conversationOf(parcel: Parcel): Conversation | undefined {
  return parcel.letters[0]?.conversation;
}

export type AttemptFields = Pick<
  CallbackRecord,
  'delivery' | 'attempt' | 'url' | 'outcome' | 'status' | 'error' | 'durationMs'
>;

export function callbackRecord(parcel: Parcel, fields: AttemptFields): CallbackRecord {
  return {
    kind: 'callback',
    role: parcel.side,
    ...fields,
    ...(parcel.faults === '' ? {} : { fault: parcel.faults }),
    messages: parcel.letters.map(({ message }) => {
      const text = textOf(message);
      return {
        id: message.id,
        ...(message.messageId === undefined ? {} : { messageId: message.messageId }),
        conversationId: message.conversation.id,
        type: message.type.value,
        ...(text === undefined ? {} : { text }),
      };
    }),
  };
}
