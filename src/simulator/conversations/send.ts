/** `POST /conversations/messages` (contract 10): check everything first, then take all messages or none. */
import { type Answer, type Call, type Operation } from '../http/answer.js';
import { missing, refuse, privateCodes, refuseShape } from '../refusals.js';
import type { World } from '../world.js';
import { checkContent, checkFiles, checkParent } from './checks.js';
import { beyondLimits } from './limits.js';
import { maySend } from './message-types.js';
import type { Conversation } from './model.js';
import { type RequestMessage, sendMessageSchema } from './schema.js';
import { expireIfIdle } from './lifecycle.js';
import { planStart, type Start } from './start.js';
import type { Accepted } from './store.js';
import { take, takeRepeat } from './take.js';

type Plan =
  | { readonly kind: 'repeat'; readonly first: Accepted }
  | { readonly kind: 'continue'; readonly conversation: Conversation }
  | { readonly kind: 'start'; readonly start: Start };

/** A refusal is told apart from a plan by having a status. */
type Planned = Plan | Answer;

export function sendMessageOperation(world: World): Operation {
  return {
    operationId: 'sendMessage',
    method: 'POST',
    path: '/conversations/messages',
    scopes: ['app.conversation.conversationmgr.interaction.manage'],
    handle: (call) => sendMessage(world, call),
  };
}

function sendMessage(world: World, call: Call): Answer {
  const parsed = sendMessageSchema.safeParse(call.body);
  if (!parsed.success) return refuseShape(call.body, parsed.error);
  const messages = parsed.data.messages.message;
  const { maxMessagesPerSend } = world.switches.current;
  if (maxMessagesPerSend > 0 && messages.length > maxMessagesPerSend)
    return refuse(privateCodes.tooManyMessages, `At most ${maxMessagesPerSend} messages per request`);
  const plans: [RequestMessage, Plan][] = [];
  for (const [index, message] of messages.entries()) {
    const planned = plan(world, message, `messages.message[${index}]`);
    if ('status' in planned) return planned;
    plans.push([message, planned]);
  }
  const answers = plans.map(([message, planned]) => carryOut(world, message, planned));
  return { status: 202, body: { messages: { message: answers } } };
}

function plan(world: World, message: RequestMessage, at: string): Planned {
  const { switches, conversations } = world;
  const { senderRefusal, deduplicate, unknownConversationCode, deadConversationCode } = switches.current;
  const type = message.type.value;
  if (!maySend(message.sender.type, type))
    return refuse(
      senderRefusal === 403 ? '403-901' : privateCodes.senderNotAllowed,
      `A ${message.sender.type} may not send ${type}`,
    );
  const problem = checkContent(message, at) ?? checkFiles(world, message, `${at}.attachments`);
  if (problem !== undefined) return problem;

  const { id } = message.conversation;
  if (id === undefined) return planNew(world, message, at);
  const conversation = conversations.get(id);
  if (conversation === undefined) return refuse(unknownConversationCode, `No conversation has the id ${id}`);
  if (deduplicate && message.messageId !== undefined) {
    const first = conversations.accepted(conversation.accountId, conversation.contact, message.messageId);
    if (first !== undefined) return { kind: 'repeat', first };
  }
  expireIfIdle(world, conversation);
  if (conversation.phase === 'ended')
    return refuse(deadConversationCode, 'The conversation is over; start a new one');
  return (
    checkParent(world, message, conversation, at) ??
    checkLimits(world, message, conversation.accountId) ?? { kind: 'continue', conversation }
  );
}

function planNew(world: World, message: RequestMessage, at: string): Planned {
  const start = planStart(world, message, at);
  if ('status' in start) return start;
  const { deduplicate, reuseOpenConversation, startTypes } = world.switches.current;
  const account = start.route.account.id;
  if (deduplicate && message.messageId !== undefined) {
    const first = world.conversations.accepted(account, start.contact, message.messageId);
    if (first !== undefined) return { kind: 'repeat', first };
  }
  const open = reuseOpenConversation ? world.conversations.openFor(account, start.contact) : undefined;
  if (open !== undefined) expireIfIdle(world, open);
  if (open === undefined || open.phase === 'ended') {
    if (startTypes.length > 0 && !startTypes.includes(message.type.value))
      return missing(`${at}.conversation.id`);
    return checkLimits(world, message, account) ?? { kind: 'start', start };
  }
  return (
    checkParent(world, message, open, at) ??
    checkLimits(world, message, account) ?? { kind: 'continue', conversation: open }
  );
}

function checkLimits(world: World, message: RequestMessage, accountId: string): Answer | undefined {
  if (world.switches.current.inboundLimit !== 'refuse' || message.sender.type !== 'customer')
    return undefined;
  const channel = world.resources.channelOf(accountId);
  const beyond = channel === undefined ? undefined : beyondLimits(message, channel);
  return beyond === undefined
    ? undefined
    : refuse(beyond.code, `Beyond the channel's restrictions: ${beyond.why}`);
}

function carryOut(world: World, message: RequestMessage, planned: Plan): object {
  const accepted =
    planned.kind === 'repeat' ? takeRepeat(world, message, planned.first) : take(world, message, planned);
  return {
    id: accepted.id,
    ...(message.messageId === undefined ? {} : { messageId: message.messageId }),
    conversation: { id: accepted.conversationId },
  };
}
