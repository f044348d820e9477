import { createEgainTransport, type EgainTransport, type EgainTransportOptions } from './http.js';
import { sendMessages, type CallOptions } from './send-messages.js';
import type { SendMessagesAnswer, SendMessagesBody } from './types.js';

export interface EgainClient extends EgainTransport {
  sendMessages(body: SendMessagesBody, options?: CallOptions): Promise<SendMessagesAnswer>;
}

export function createEgainClient(options: EgainTransportOptions): EgainClient {
  const transport = createEgainTransport(options);
  return {
    ...transport,
    sendMessages: (body, callOptions) => sendMessages(transport, body, callOptions),
  };
}
