/** What a bot or an agent can do in a conversation, as data for the control API, and the doing of it. */
import { z } from 'zod';
import { attachmentSchema, contentSchema } from '../conversations/schema.js';
import { maySend } from '../conversations/message-types.js';
import { agentText, type Draft, notify, systemParty, write } from '../conversations/system.js';
import { endFromOtherSide, escalate, otherSide } from '../conversations/lifecycle.js';
import type { Conversation, HubMessage, Party } from '../conversations/model.js';
import type { World } from '../world.js';
import { richContent, sampleDraft, sampleTypes } from './samples.js';

const by = z.strictObject({ type: z.string().min(1), name: z.string().optional() });
const common = {
  /** Who does it; absent = the bot or agent in charge. */
  by: by.optional(),
  /** The sender's own id for the message; made up when absent. */
  messageId: z.string().min(1).max(255).optional(),
};

export const actionSchema = z.discriminatedUnion('do', [
  z.strictObject({ ...common, do: z.literal('join'), name: z.string().min(1).optional() }),
  z.strictObject({ ...common, do: z.literal('typing'), on: z.boolean() }),
  z.strictObject({ ...common, do: z.literal('text'), text: z.string(), html: z.string().optional() }),
  z.strictObject({ ...common, do: z.literal('html'), html: z.string() }),
  /** `kind` as in eGain's type after `richMessage.`; `json` goes into `content.json` untouched, absent = a sample. */
  z.strictObject({ ...common, do: z.literal('rich'), kind: z.string().min(1), json: z.unknown().optional() }),
  z.strictObject({ ...common, do: z.literal('file'), files: z.array(attachmentSchema).min(1) }),
  z.strictObject({
    ...common,
    do: z.literal('transfer'),
    to: z.enum(['agent', 'queue', 'escalation']),
    name: z.string().min(1),
  }),
  z.strictObject({ ...common, do: z.literal('escalate') }),
  z.strictObject({ ...common, do: z.literal('available') }),
  z.strictObject({ ...common, do: z.literal('unavailable') }),
  /** A message of this type with a body as it may come from eGain, by somebody who may send it. */
  z.strictObject({ ...common, do: z.literal('sample'), type: z.enum(sampleTypes) }),
  z.strictObject({ ...common, do: z.literal('system'), text: z.string() }),
  z.strictObject({ ...common, do: z.literal('end') }),
  /** Any type with any content, even into a conversation that is over. */
  z.strictObject({
    ...common,
    do: z.literal('send'),
    type: z.string().min(1),
    content: contentSchema.optional(),
    attachments: z.array(attachmentSchema).min(1).optional(),
    parentMessageId: z.string().optional(),
  }),
]);

export type Action = z.output<typeof actionSchema>;
export type ActionInput = z.input<typeof actionSchema>;

/** Messages the action made; `ended` when the conversation is over and the action cannot be done any more. */
export type ActionResult =
  | { readonly ok: true; readonly messages: readonly HubMessage[] }
  | { readonly ok: false; readonly reason: 'ended' };

/** Does the action and sends what it makes to the customer side. */
export function act(world: World, conversation: Conversation, action: Action): ActionResult {
  const draft = draftOf(world, conversation, action);
  if (draft === undefined) return special(world, conversation, action);
  if (conversation.phase === 'ended' && action.do !== 'send') return { ok: false, reason: 'ended' };
  const message = write(world, conversation, draft);
  world.callbacks.send(conversation, [message]);
  return { ok: true, messages: [message] };
}

/** The message an action consists of; undefined for those that are more than a message. */
export function draftOf(world: World, conversation: Conversation, action: Action): Draft | undefined {
  if (action.do === 'join') conversation.agentName = action.name ?? world.responder.agentName;
  if (action.do === 'join' && conversation.phase !== 'ended') conversation.phase = 'agent';
  const sender = senderOf(world, conversation, action);
  const head = { sender, messageId: action.messageId };
  switch (action.do) {
    case 'join':
      return { ...head, type: 'agent.join', content: { json: { agentName: conversation.agentName } } };
    case 'typing':
      return { ...head, type: action.on ? 'typing.start' : 'typing.end' };
    case 'text':
      return { ...head, type: 'text', content: agentText(world, action.text, action.html) };
    case 'html':
      return { ...head, type: 'text', content: agentText(world, action.html, action.html) };
    case 'rich':
      return { ...head, type: `richMessage.${action.kind}`, content: richContent(action.kind, action.json) };
    case 'file':
      return { ...head, type: 'text', attachments: { attachment: action.files } };
    case 'transfer':
      return { ...head, type: `${action.to}.transfer`, content: { json: { name: action.name } } };
    case 'available':
    case 'unavailable':
      return { ...head, type: `agent.${action.do}` };
    case 'sample':
      if (action.type === 'conversation.end') return undefined;
      return sampleDraft(world, conversation, action.type, head);
    case 'send':
      return {
        ...head,
        type: action.type,
        content: action.content,
        attachments: action.attachments === undefined ? undefined : { attachment: action.attachments },
        parent: action.parentMessageId === undefined ? undefined : { messageId: action.parentMessageId },
      };
    case 'escalate':
    case 'system':
    case 'end':
      return undefined;
  }
}

function special(world: World, conversation: Conversation, action: Action): ActionResult {
  if (conversation.phase === 'ended') return { ok: false, reason: 'ended' };
  const before = conversation.messages.length;
  if (action.do === 'escalate') escalate(world, conversation);
  if (action.do === 'system') notify(world, conversation, undefined, action.text);
  if (action.do === 'end' || action.do === 'sample')
    endFromOtherSide(world, conversation, senderOf(world, conversation, action));
  return { ok: true, messages: conversation.messages.slice(before) };
}

function senderOf(world: World, conversation: Conversation, action: Action): Party {
  if (action.by === undefined) return defaultSender(world, conversation, action);
  const { type, name } = action.by;
  return { type, ...(name === undefined ? {} : { participant: { name } }) };
}

/** Some types are an agent's alone, and the state of a conversation is told by the hub [SDK]. */
function defaultSender(world: World, conversation: Conversation, action: Action): Party {
  const speaker = otherSide(world, conversation);
  if (action.do !== 'sample') return speaker;
  if (action.type === 'conversation.state') return systemParty;
  if (maySend(speaker.type, action.type)) return speaker;
  return { type: 'egain_agent', participant: { name: world.responder.agentName } };
}
