/** How a message looks in the simulator's records. */
import type { MessageRecord } from '../records.js';
import type { Conversation, HubMessage } from './model.js';

export function messageRecord(
  message: HubMessage,
  conversation: Conversation,
  direction: 'inbound' | 'outbound',
  mark: { readonly started: boolean; readonly duplicate: boolean },
): MessageRecord {
  const text = textOf(message);
  return {
    kind: 'message',
    direction,
    conversationId: conversation.id,
    id: message.id,
    ...(message.messageId === undefined ? {} : { messageId: message.messageId }),
    type: message.type.value,
    sender: message.sender.type,
    ...(text === undefined ? {} : { text }),
    contact: conversation.contact,
    channel: conversation.channelType,
    address: conversation.address,
    ...mark,
    message,
  };
}

/** What there is to read in a message, in whichever member it came. */
export function textOf(message: HubMessage): string | undefined {
  const { content } = message;
  if (content === undefined) return undefined;
  const { text, html, json } = content;
  if (text !== undefined || html !== undefined) return text ?? html;
  const inner: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'content') : undefined;
  return typeof inner === 'string' ? inner : undefined;
}
