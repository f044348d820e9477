import { createHash } from 'node:crypto';
import type { Customer, InboundMessage, InboundType } from '../messages/model.js';
import { customerIdentity, mergeCustomer } from './customer-identity.js';
import { inboundBody } from './inbound-body.js';
import { inboundDefaults, type InboundSwitches } from './switches.js';
import { timeOffsetMinutes } from './time-offset.js';
import type { MessageTypeValue, RequestConversation, RequestMessage, SendMessagesBody } from './types.js';

/** What the bridge knows of a channel; `type`, `address` and `entryPoint` are eGain's, `name` is ours. */
export interface ChannelFacts {
  readonly name: string;
  readonly type: string;
  readonly address: string;
  readonly entryPoint?: string;
}

export interface InboundContext {
  readonly channel: ChannelFacts;
  /** Absent = this message starts the conversation. */
  readonly conversationId?: string | undefined;
  /** From a `customer.info` that came before there was a conversation. */
  readonly pendingInfo?: Customer | undefined;
  /** Both ids of the message that `replyTo` means, as far as they are known; else `replyTo` itself is used. */
  readonly parent?: { readonly messageId?: string | undefined; readonly id?: string | undefined } | undefined;
  /** ISO 8601: put in front of a text that comes late, after later ones went. */
  readonly originalTime?: string | undefined;
}

/** Only these may open a conversation; files travel as `text`. */
export function mayOpen(type: InboundType): boolean {
  return type === 'text' || type === 'choice';
}

/**
 * One message as eGain takes it: text and files apart, because only that is seen in public [wild: DM bridge]. Each part
 * is one send and one check-point; ids are stable over repeats.
 */
export function inboundParts(
  message: InboundMessage,
  switches: InboundSwitches = inboundDefaults,
): readonly InboundMessage[] {
  const { attachments, ...words } = message;
  const hasWords = (message.text ?? '') !== '' || message.type !== 'text';
  if (!switches.filesApart || attachments === undefined || attachments.length === 0 || !hasWords)
    return [message];
  const files: InboundMessage = {
    id: `${message.id}.files`,
    type: 'text',
    customer: message.customer,
    attachments,
    ...(message.sentAt === undefined ? {} : { sentAt: message.sentAt }),
  };
  return [words, files];
}

/** Body of the send operation for one part; pure. Lengths and policies are somebody else's business. */
export function translateInbound(
  message: InboundMessage,
  context: InboundContext,
  switches: InboundSwitches = inboundDefaults,
): SendMessagesBody {
  const customer = mergeCustomer(context.pendingInfo, message.customer);
  const translated: RequestMessage = {
    ...(carriesId.has(message.type) ? { messageId: wireMessageId(message.id) } : {}),
    type: { value: hubType(message, switches) },
    ...inboundBody(message, switches, context.originalTime),
    sender: {
      type: 'customer',
      ...(customer.name === undefined ? {} : { participant: { name: customer.name } }),
    },
    conversation: conversation(message, customer, context, switches),
    ...parent(message, context, switches),
  };
  return {
    ...(switches.source === undefined
      ? {}
      : { metadata: { attributes: [{ name: 'source', value: switches.source }] } }),
    messages: { message: [translated] },
  };
}

export interface NoticeToAgent {
  readonly conversationId: string;
  /** The message that could not be delivered, as the hub knows it. */
  readonly parentMessageId?: string;
  readonly code: string;
  readonly message: string;
}

/** Tells the agent side of a failure; the body of type `error` is not public [assumed]. Never opens a conversation. */
export function translateNotice(notice: NoticeToAgent): SendMessagesBody {
  const { conversationId, parentMessageId, code, message } = notice;
  return {
    messages: {
      message: [
        {
          type: { value: 'error' },
          content: { json: { code, message } },
          sender: { type: 'customer' },
          conversation: { id: conversationId },
          ...(parentMessageId === undefined ? {} : { parent: { messageId: parentMessageId } }),
        },
      ],
    },
  };
}

/** The channel's own id, unless it is longer than the hub is likely to take (255 [assumed]). */
export function wireMessageId(id: string): string {
  return id.length <= 255 ? id : `h-${createHash('sha256').update(id, 'utf8').digest('hex')}`;
}

/** Deletes, typing and the end are seen without an id of their own [wild: DM bridge]. */
const carriesId: ReadonlySet<InboundType> = new Set([
  'text',
  'choice',
  'message.edit',
  'customer.info',
  'authentication.success',
  'authentication.failure',
  'error',
]);

/** eGain has no type for an edit [doc: operation/sendMessage]: it goes as a text that says so. */
function hubType({ type, mode }: InboundMessage, switches: InboundSwitches): MessageTypeValue {
  switch (type) {
    case 'choice':
    case 'message.edit':
      return 'text';
    case 'message.delete':
      return mode === undefined ? switches.deleteType : `delete.${mode}`;
    case 'message.undo':
      return 'undo';
    default:
      return type;
  }
}

function conversation(
  message: InboundMessage,
  customer: Customer,
  context: InboundContext,
  switches: InboundSwitches,
): RequestConversation {
  const { channel, conversationId } = context;
  const identity = customerIdentity(customer, channel.name, switches);
  if (conversationId !== undefined) {
    const repeats = message.type === 'customer.info' || (switches.repeatCustomer && mayOpen(message.type));
    return { id: conversationId, ...(repeats ? { customer: identity.customer } : {}) };
  }
  const offset =
    switches.timeOffset === 'minutes' && customer.timeZone !== undefined && message.sentAt !== undefined
      ? timeOffsetMinutes(customer.timeZone, message.sentAt)
      : undefined;
  return {
    account: { channel: { type: channel.type }, address: channel.address },
    ...(switches.sendEntryPoint && channel.entryPoint !== undefined
      ? { entryPoint: { id: channel.entryPoint } }
      : {}),
    lookupContact: identity.lookup,
    conversationContact: identity.lookup,
    ...(offset === undefined ? {} : { clientInfo: { timeOffset: offset } }),
    customer: identity.customer,
  };
}

function parent(
  message: InboundMessage,
  context: InboundContext,
  switches: InboundSwitches,
): Pick<RequestMessage, 'parent'> {
  // Whatever it answered was said in another conversation, which eGain does not look into from this one [assumed].
  if (context.conversationId === undefined) return {};
  const known = switches.parentRef === 'id' ? context.parent?.id : context.parent?.messageId;
  const id = known ?? (message.replyTo === undefined ? undefined : wireMessageId(message.replyTo));
  return id === undefined ? {} : { parent: { messageId: id } };
}
