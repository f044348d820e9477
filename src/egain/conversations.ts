import * as z from 'zod';
import type { EgainTransport } from './http.js';
import type { CallOptions } from './resource.js';
import { sendMessages } from './send-messages.js';
import type { SendMessagesAnswer, SendMessagesBody } from './types.js';
import { readAnswer } from './validate.js';
import { seenFlag, seenList, seenNameValue, seenObject, seenReference, seenText } from './wire-fields.js';

const party = seenObject({ type: seenText, participant: seenObject({ name: seenText }) });
const historyMessage = z.looseObject({
  id: seenText,
  messageId: seenText,
  type: seenObject({ value: seenText }),
  content: z.union([z.string(), seenObject({ text: seenText, html: seenText, redact: seenFlag })]),
  sender: party,
  recipients: seenObject({ recipient: seenList(z.unknown()) }),
  status: seenText,
  created: seenText,
  sent: seenText,
});
const history = z.looseObject({
  id: seenText,
  account: seenObject({ address: seenText, channel: seenObject({ type: seenText }) }),
  conversationContact: seenText,
  entryPoint: seenReference,
  customer: seenObject({
    name: seenText,
    type: seenText,
    attributes: seenList(seenNameValue),
    contacts: seenObject({
      contact: seenList(z.looseObject({ type: seenText, subType: seenText, address: seenText })),
    }),
  }),
  messages: seenObject({ message: seenList(historyMessage) }),
});

export type ConversationHistory = z.infer<typeof history>;

export interface Conversations {
  send(body: SendMessagesBody, options?: CallOptions): Promise<SendMessagesAnswer>;
  /** Completed conversations only; what it answers for a running one is unknown [doc: operation/fetchConversation]. */
  fetch(id: string, options?: CallOptions): Promise<ConversationHistory>;
}

export function conversations(transport: EgainTransport): Conversations {
  return {
    send: (body, options) => sendMessages(transport, body, options),
    fetch: async (id, options) => {
      const operation = 'fetchConversation';
      const answer = await transport.request(operation, {
        method: 'GET',
        path: `/conversations/${encodeURIComponent(id)}`,
        signal: options?.signal,
      });
      return readAnswer(operation, history, answer.body);
    },
  };
}
