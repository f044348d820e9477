import { z } from 'zod';
import type { EgainTransport } from './http.js';
import type { CallOptions } from './resource.js';
import type { SendMessagesAnswer, SendMessagesBody } from './types.js';

const text = z.string().optional().catch(undefined);
const accepted = z.looseObject({
  id: text,
  messageId: text,
  conversation: z.looseObject({ id: text }).optional().catch(undefined),
});
const answerSchema = z.looseObject({
  messages: z
    .looseObject({ message: z.union([z.array(accepted), accepted.transform((one) => [one])]) })
    .catch({ message: [] }),
});

/**
 * `POST /conversations/messages` [doc: operation/sendMessage]. 202 means accepted, not delivered [assumed]. An answer of
 * another shape still counts as accepted and comes back without entries: a repeat would be the greater harm.
 */
export async function sendMessages(
  transport: EgainTransport,
  body: SendMessagesBody,
  options: CallOptions = {},
): Promise<SendMessagesAnswer> {
  const answer = await transport.request('sendMessage', {
    method: 'POST',
    path: '/conversations/messages',
    body,
    signal: options.signal,
  });
  return readAnswer(answer.body);
}

function readAnswer(body: unknown): SendMessagesAnswer {
  if (isUsual(body)) return body;
  const read = answerSchema.safeParse(body);
  return read.success ? read.data : { messages: { message: [] } };
}

type Part = Readonly<Record<string, unknown>> | null | undefined;

/**
 * One message with its ids: what nearly every answer is. Seen at a glance, since every message sent is answered and a
 * schema costs as much as the request's body does.
 */
function isUsual(body: unknown): body is SendMessagesAnswer {
  const list = ((body as Part)?.['messages'] as Part)?.['message'];
  if (!Array.isArray(list) || list.length !== 1) return false;
  const message = (list as readonly unknown[])[0] as Part;
  const conversation = message?.['conversation'] as Part;
  return (
    typeof message?.['id'] === 'string' &&
    ['string', 'undefined'].includes(typeof message['messageId']) &&
    typeof conversation?.['id'] === 'string'
  );
}

/** The conversation to remember [wild: DM bridge]; undefined when the answer does not tell. */
export function conversationIdOf(answer: SendMessagesAnswer): string | undefined {
  return answer.messages.message.find((message) => message.conversation?.id !== undefined)?.conversation?.id;
}
