import type { ConversationCustomer } from '../src/lanes/conversations.js';
import type { OutboundMessage } from '../src/messages/model.js';
import type { Delivery } from './delivery.js';

/** The customer of a conversation, as far as it is remembered. */
export function customerOf({
  customerId: id,
  language,
  timeZone,
}: ConversationCustomer): OutboundMessage['customer'] {
  return {
    id,
    ...(language === undefined ? {} : { language }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

/** One that comes after messages that were written later tells its reader when it was written (I2). */
export function lateMessage({ originalTime }: Delivery, message: OutboundMessage): OutboundMessage {
  if (originalTime === undefined || message.text === undefined) return message;
  const when = `${new Date(originalTime).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const late = { ...message, text: `[${when}] ${message.text}` };
  delete late.html;
  return late;
}
