import type { Conversations } from '../lanes/conversations.js';
import { writeEnvelope } from '../lanes/envelope.js';
import { journeyHead } from '../lanes/journeys.js';
import type { Direction } from '../lanes/keyspace.js';
import type { Lanes, NewMessage } from '../lanes/lanes.js';
import type { InboundMessage } from '../messages/model.js';
import type { OperatorAccess } from './access.js';

export interface TestMessage {
  readonly id: string;
  readonly direction: Direction;
  readonly channel: string;
  readonly customerId: string;
  readonly text: string;
}

/** How long a conversation that nobody but a test message is in is remembered. */
const conversationMs = 60 * 60_000;

/** What a customer would have written. */
export function asCustomer({ id, customerId, text }: TestMessage): InboundMessage {
  return { id, type: 'text', customer: { id: customerId }, text };
}

/**
 * Puts a message where the channel's webhook or eGain's callback would have put it; whoever delivers does the rest. To the
 * customer it goes in a conversation that eGain knows nothing of, so an open one is not touched. @throws what Redis throws
 */
export async function sendTestMessage(
  access: Pick<OperatorAccess, 'keys' | 'queues'> & {
    readonly lanes: Pick<Lanes, 'accept'>;
    readonly conversations: Pick<Conversations, 'bind'>;
  },
  message: TestMessage,
): Promise<void> {
  const { keys, lanes, queues, conversations } = access;
  const { id, direction, channel, customerId, text } = message;
  const common = { mark: keys.messageMark(id), journey: { id, head: journeyHead(direction, channel) } };
  let accepted: NewMessage;
  if (direction === 'in') {
    accepted = {
      ...common,
      lane: keys.inboundLane(channel, customerId),
      target: `in:${channel}`,
      payload: writeEnvelope({ kind: 'inbound', channel, message: asCustomer(message) }),
    };
  } else {
    const conversationId = `test:${id}`;
    await queues.add(await conversations.bind(conversationId, { channel, customerId }, conversationMs));
    const asEgain = {
      id,
      type: { value: 'text' },
      content: { text },
      conversation: { id: conversationId },
      sender: { type: 'egain_agent', participant: { name: 'Test' } },
    };
    accepted = {
      ...common,
      lane: keys.outboundLane(conversationId),
      target: `out:${channel}`,
      payload: writeEnvelope({ kind: 'outbound', id, conversationId, message: asEgain }),
    };
  }
  const { orders } = await lanes.accept([accepted]);
  await queues.add(orders);
}
