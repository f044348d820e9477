import * as z from 'zod';

const shape = z.object({
  messages: z.object({
    message: z.tuple([z.object({ id: z.string(), conversation: z.object({ id: z.string() }) })]),
  }),
});

export interface CallbackIds {
  readonly id: string;
  readonly conversationId: string;
}

/** The two ids of the one message in the body. */
export function callbackIds(body: unknown): CallbackIds {
  const [message] = shape.parse(body).messages.message;
  return { id: message.id, conversationId: message.conversation.id };
}
