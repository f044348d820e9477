/** `GET /conversations/{id}`: a conversation that is over, with its messages (contract 10.5). */
import type { Operation } from '../http/answer.js';
import { notFound } from '../refusals.js';
import type { World } from '../world.js';
import { expireIfIdle } from './lifecycle.js';
import type { Conversation, HubMessage } from './model.js';

export function fetchConversationOperation(world: World): Operation {
  return {
    operationId: 'fetchConversation',
    method: 'GET',
    path: '/conversations/{id}',
    scopes: [
      'app.conversation.conversationmgr.interaction.manage',
      'app.conversation.conversationmgr.interaction.read',
    ],
    language: true,
    handle: ({ id }) => {
      const conversation = world.conversations.get(id);
      if (conversation !== undefined) expireIfIdle(world, conversation);
      // What a running one gets is not known; not found is what the contract assumes.
      return conversation?.phase === 'ended'
        ? { status: 200, body: history(conversation) }
        : notFound(`/conversations/${id}`);
    },
  };
}

function history(conversation: Conversation): object {
  const { id, address, channelType, conversationContact, entryPoint, customer, messages } = conversation;
  return {
    id,
    account: { address, channel: { type: channelType } },
    ...(conversationContact === undefined ? {} : { conversationContact }),
    ...(entryPoint === undefined ? {} : { entryPoint: { id: entryPoint } }),
    customer,
    messages: { message: messages.map(historyMessage) },
  };
}

/** As in callbacks, only that the conversation is not named again. */
function historyMessage(message: HubMessage): object {
  return { ...message, conversation: undefined };
}
