/** Messages to the customer side: written down, recorded and handed to the callback. */
import { randomUUID } from 'node:crypto';
import { hubText } from '../resources/channels.js';
import type { World } from '../world.js';
import type { Conversation, HubMessage, Party } from './model.js';
import { messageRecord } from './record.js';
import type { Content, CustomerData } from './schema.js';

/** What somebody on the other side says; the hub adds ids and times. */
export interface Draft {
  readonly type: string;
  readonly sender: Party;
  readonly messageId?: string | undefined;
  readonly content?: Content | undefined;
  readonly attachments?: HubMessage['attachments'] | undefined;
  readonly attributes?: HubMessage['attributes'] | undefined;
  readonly parent?: { readonly messageId: string } | undefined;
  /** New data about the customer, for `customer.info`. */
  readonly customer?: CustomerData | undefined;
}

/** Puts a message into the conversation without sending it; see `emit`. */
export function write(world: World, conversation: Conversation, draft: Draft): HubMessage {
  const now = world.clock.iso();
  const message: HubMessage = {
    id: randomUUID(),
    messageId: draft.messageId ?? randomUUID(),
    type: { value: draft.type },
    ...(draft.content === undefined ? {} : { content: draft.content }),
    sender: draft.sender,
    recipients: { recipient: [customerParty(conversation)] },
    conversation: {
      id: conversation.id,
      ...(draft.customer === undefined ? {} : { customer: draft.customer }),
    },
    ...(draft.attributes === undefined ? {} : { attributes: draft.attributes }),
    ...(draft.attachments === undefined ? {} : { attachments: draft.attachments }),
    ...(draft.parent === undefined ? {} : { parent: draft.parent }),
    status: 'sent',
    created: now,
    sent: now,
  };
  world.conversations.append(conversation, message);
  world.records.add(messageRecord(message, conversation, 'outbound', { started: false, duplicate: false }));
  return message;
}

function customerParty({ customer }: Conversation): Party {
  return {
    type: 'customer',
    ...(customer.name === undefined ? {} : { participant: { name: customer.name } }),
  };
}

/** Writes a message and sends it to the customer side. */
export function emit(world: World, conversation: Conversation, draft: Draft): HubMessage {
  const message = write(world, conversation, draft);
  world.callbacks.send(conversation, [message]);
  return message;
}

export const systemParty: Party = { type: 'system', participant: { name: 'system' } };

/**
 * A text of the hub's own, in the channel's words where it has some, else `fallback`; nothing when the channel wants
 * no hub texts (switch `systemMessages`).
 */
export function notify(
  world: World,
  conversation: Conversation,
  notice: { readonly property: string; readonly value?: string } | undefined,
  fallback: string | undefined,
): void {
  const { systemMessages } = world.switches.current;
  const channel = world.resources.channelOf(conversation.accountId);
  const declared = channel?.restrictions?.outbound?.systemMessages !== false;
  if (systemMessages === 'never' || (systemMessages === 'declared' && !declared)) return;
  const language = world.resources.accounts.get(conversation.accountId)?.chatConfigurations.defaultLanguage;
  const own =
    notice === undefined || channel === undefined ? undefined : hubText(channel, notice.property, language);
  const text = own?.replaceAll('{0}', () => notice?.value ?? '') ?? fallback;
  if (text === undefined) return;
  emit(world, conversation, { type: 'text', sender: systemParty, content: agentText(world, text) });
}

/** An agent's text in the member of `content` that the switch names. */
export function agentText(world: World, text: string, html?: string): Content {
  switch (world.switches.current.agentTextField) {
    case 'html':
      return { html: html ?? escapeHtml(text) };
    case 'text':
      return { text };
    case 'json':
      return { json: { content: html ?? text } };
  }
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (sign) => entities[sign] ?? sign).replaceAll('\n', '<br>');
}
