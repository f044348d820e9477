import type { InboundMessage } from '../src/messages/model.js';
import type { FileStates } from './inbound-files.js';

/** How many parts of a message are out, and what became of its files. */
export interface Progress {
  readonly done: number;
  readonly farId?: string | undefined;
  readonly files?: FileStates;
  /** A dead letter that is tried again: only these of its files are left, for the so-manieth time. */
  readonly only?: readonly number[];
  readonly round?: number;
}

/** The files of a message that are left, as a message of their own. */
export function onlyFiles(message: InboundMessage, only: readonly number[], round = 1): InboundMessage {
  const { customer, sentAt } = message;
  return {
    id: `${message.id}.late${round}`,
    type: 'text',
    customer,
    attachments: (message.attachments ?? []).filter((_, index) => only.includes(index)),
    ...(sentAt === undefined ? {} : { sentAt }),
  };
}
