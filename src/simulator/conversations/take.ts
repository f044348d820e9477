/** Taking one message: it gets the hub's id, a place in its conversation and a record, and things follow from it. */
import { randomUUID } from 'node:crypto';
import type { World } from '../world.js';
import { findParent } from './checks.js';
import { end, open, wake } from './lifecycle.js';
import { beyondLimits } from './limits.js';
import type { Conversation, HubMessage } from './model.js';
import { messageRecord } from './record.js';
import type { RequestMessage } from './schema.js';
import type { Start } from './start.js';
import type { Accepted } from './store.js';
import { notify } from './system.js';

type Taking =
  | { readonly kind: 'continue'; readonly conversation: Conversation }
  | { readonly kind: 'start'; readonly start: Start };

export function take(world: World, message: RequestMessage, taking: Taking): Accepted {
  const started = taking.kind === 'start';
  const conversation = started ? open(world, message, taking.start) : taking.conversation;
  const stored = hubMessage(world, message, conversation);
  world.conversations.append(conversation, stored);
  world.conversations.remember(conversation, stored);
  world.records.add(messageRecord(stored, conversation, 'inbound', { started, duplicate: false }));
  const files = message.attachments?.attachment ?? [];
  world.assets.use(files);
  if (world.switches.current.fetchAttachments) world.attachments.fetch(files);
  if (message.sender.type !== 'customer') {
    world.callbacks.send(conversation, [stored]);
  } else {
    if (world.switches.current.echoToSender) world.callbacks.send(conversation, [stored]);
    world.callbacks.sendToOtherSide(conversation, stored);
    applyToConversation(world, message, conversation);
    tellLimit(world, message, conversation);
  }
  if (message.type.value === 'conversation.end')
    end(world, conversation, message.sender.type === 'customer' ? 'customer' : 'agent');
  else if (message.sender.type === 'customer') wake(world, conversation, stored, started);
  return { id: stored.id, conversationId: conversation.id };
}

/** A repeat is recorded and answered as the first time, and nothing follows from it. */
export function takeRepeat(world: World, message: RequestMessage, first: Accepted): Accepted {
  const conversation = world.conversations.get(first.conversationId);
  if (conversation !== undefined) {
    const stored = { ...hubMessage(world, message, conversation), id: first.id };
    world.records.add(messageRecord(stored, conversation, 'inbound', { started: false, duplicate: true }));
  }
  return first;
}

function hubMessage(world: World, message: RequestMessage, conversation: Conversation): HubMessage {
  const now = world.clock.iso();
  const content = cut(world, message, conversation);
  return {
    id: randomUUID(),
    ...(message.messageId === undefined ? {} : { messageId: message.messageId }),
    type: { value: message.type.value },
    ...(content === undefined ? {} : { content }),
    sender: message.sender,
    conversation: { id: conversation.id },
    ...(message.attributes === undefined ? {} : { attributes: message.attributes }),
    ...(message.attachments === undefined ? {} : { attachments: message.attachments }),
    ...(message.parent === undefined ? {} : { parent: { messageId: message.parent.messageId } }),
    status: 'sent',
    created: now,
    sent: now,
  };
}

function cut(world: World, message: RequestMessage, conversation: Conversation): HubMessage['content'] {
  const { content } = message;
  if (world.switches.current.inboundLimit !== 'cut' || content?.text === undefined) return content;
  const channel = world.resources.channelOf(conversation.accountId);
  const limit = channel === undefined ? undefined : beyondLimits(message, channel)?.cutTo;
  return limit === undefined
    ? content
    : { ...content, text: Array.from(content.text).slice(0, limit).join('') };
}

function applyToConversation(world: World, message: RequestMessage, conversation: Conversation): void {
  const type = message.type.value;
  if (type === 'customer.info')
    conversation.customer = { ...conversation.customer, ...message.conversation.customer };
  if (type === 'customer.active' || type === 'customer.inactive')
    conversation.presence = type === 'customer.active' ? 'active' : 'inactive';
  if (type === 'authentication.success' || type === 'authentication.failure')
    conversation.authentication = type === 'authentication.success' ? 'success' : 'failure';
  const target = message.parent === undefined ? undefined : findParent(world, message, conversation);
  if (target === undefined) return;
  if (type === 'delete.soft' || type === 'delete.permanent') conversation.deleted.add(target.id);
  if (type === 'delete.permanent')
    conversation.messages = conversation.messages.map((entry) =>
      entry.id === target.id ? { ...entry, content: {}, status: 'deleted' } : entry,
    );
  if (type === 'undo') conversation.deleted.delete(target.id);
}

/** With `inboundLimit: notify` the customer is told in the channel's own words. */
function tellLimit(world: World, message: RequestMessage, conversation: Conversation): void {
  if (world.switches.current.inboundLimit !== 'notify') return;
  const channel = world.resources.channelOf(conversation.accountId);
  const beyond = channel === undefined ? undefined : beyondLimits(message, channel);
  if (beyond === undefined) return;
  notify(world, conversation, beyond.notice, `Not delivered: ${beyond.why}.`);
}
