import type { OutboundMessage } from '../messages/model.js';
import { readAttachments, readStructure, readText, textField } from './hub-content.js';
import { richContent, richText } from './rich-content.js';
import { outboundDefaults, type OutboundSwitches } from './switches.js';
import type { HubMessage } from './types.js';

/** The worker knows the customer, the hub does not tell (contract, 12.3). */
export type OutboundDraft = Omit<OutboundMessage, 'customer'>;

export type TranslatedOutbound =
  | { readonly kind: 'message'; readonly message: OutboundDraft }
  | { readonly kind: 'ignored'; readonly reason: 'echo' | 'system-message' | 'empty' };

export interface OutboundContext {
  readonly id: string;
  readonly conversationId: string;
  readonly htmlToText: (html: string) => string;
}

/** What a type fills in; the rest is the same for all. */
type Body = Omit<OutboundDraft, 'id' | 'conversationId' | 'sender'> & { readonly senderName?: string };
type Translate = (hub: HubMessage, context: OutboundContext, switches: OutboundSwitches) => Body;

const richPrefix = 'richMessage.';
/** Sent by eGain's relay, perhaps by the hub itself (contract, 16 #17). */
const literalEnd = 'agent.end.conversation';

/** Pure and total: a type nobody has heard of still becomes a message, with eGain's name and `raw`. */
export function translateOutbound(
  hub: HubMessage,
  context: OutboundContext,
  switches: OutboundSwitches = outboundDefaults,
): TranslatedOutbound {
  const sender = hub.sender?.type ?? 'unknown';
  if (sender === 'customer' && switches.dropEchoes) return { kind: 'ignored', reason: 'echo' };
  const { senderName, ...body } = translator(hub.type.value)(hub, context, switches);
  if (body.type === 'text') {
    if (body.text === undefined && body.attachments === undefined)
      return { kind: 'ignored', reason: 'empty' };
    if (sender === 'system' && !switches.forwardSystemMessages) {
      return { kind: 'ignored', reason: 'system-message' };
    }
  }
  const name = senderName ?? hub.sender?.participant?.name;
  const about = hub.parent?.messageId;
  return {
    kind: 'message',
    message: {
      id: context.id,
      conversationId: context.conversationId,
      ...body,
      ...(about === undefined || about === '' ? {} : { replyTo: about }),
      type: body.type === 'text' && sender === 'system' ? 'system' : body.type,
      sender: { type: sender, ...(name === undefined || name === '' ? {} : { name }) },
    },
  };
}

function translator(type: string): Translate {
  return translators.get(type) ?? (type.startsWith(richPrefix) ? rich : unknown);
}

const text: Translate = (hub, context, switches) => {
  const read = readText(hub.content, switches.textPreference, context.htmlToText);
  if (switches.treatLiteralEnd && read.text?.trim() === literalEnd) return { type: 'conversation.end' };
  const attachments = readAttachments(hub);
  return { type: 'text', ...read, ...(attachments.length === 0 ? {} : { attachments }) };
};

const rich: Translate = (hub, context, switches) => {
  const structure = readStructure(hub.content);
  const content = richContent(hub.type.value.slice(richPrefix.length), structure ?? {});
  const read = typeof hub.content === 'string' ? {} : plainBeside(hub, context, switches);
  // Words that were sent in place of a structure are read; a structure that broke on its way is not for reading.
  const bare = typeof structure === 'string' && !looksLikeJson(structure) ? structure : undefined;
  const intro = read.text ?? bare;
  const words = read.text ?? richText(content) ?? bare;
  const attachments = readAttachments(hub);
  return {
    type: 'rich',
    ...(words === undefined ? {} : { text: words }),
    ...(read.html === undefined ? {} : { html: read.html }),
    ...(attachments.length === 0 ? {} : { attachments }),
    rich: intro === undefined ? content : { ...content, intro },
  };
};

const unknown: Translate = (hub, context, switches) => ({
  type: hub.type.value,
  ...readText(hub.content, switches.textPreference, context.htmlToText),
  raw: hub,
});

const translators: ReadonlyMap<string, Translate> = new Map<string, Translate>([
  ['text', text],
  ['typing.start', () => ({ type: 'typing.start' })],
  ['typing.end', () => ({ type: 'typing.end' })],
  ['conversation.end', () => ({ type: 'conversation.end' })],
  [
    'agent.join',
    (hub) => {
      const senderName = textField(readStructure(hub.content), 'agentName', 'name');
      return { type: 'agent.join', ...(senderName === undefined ? {} : { senderName }) };
    },
  ],
  [
    'agent.unavailable',
    (hub, context, switches) => ({ type: 'agent.unavailable', ...said(hub, context, switches) }),
  ],
  [
    'conversation.state',
    (hub, context, switches) => ({
      type: 'conversation.state',
      ...said(hub, context, switches),
      ...event('status', textField(readStructure(hub.content), 'status', 'state')),
      raw: hub,
    }),
  ],
  // That the target's name lies in the content is [assumed] (contract 10.4).
  ...['agent.transfer', 'queue.transfer', 'escalation.transfer'].map((type): [string, Translate] => [
    type,
    (hub) => ({
      type,
      ...event('name', textField(readStructure(hub.content), 'name', 'agentName', 'queueName')),
      raw: hub,
    }),
  ]),
  ['agent.available', (hub) => ({ type: 'agent.available', raw: hub })],
  // Data about the customer is for programs, not for reading.
  ['customer.info', (hub) => ({ type: 'customer.info', raw: hub })],
  [
    'error',
    // Its words are written for developers [assumed]; the customer gets a line of the channel's own.
    (hub) => ({ type: 'error', ...event('code', textField(readStructure(hub.content), 'code')), raw: hub }),
  ],
  [
    'pagePush',
    (hub, context, switches) => {
      const url = textField(readStructure(hub.content), 'url', 'link', 'href');
      const read =
        url === undefined ? readText(hub.content, switches.textPreference, context.htmlToText) : {};
      return { type: 'page.push', ...read, ...(url === undefined ? {} : { text: url }), raw: hub };
    },
  ],
]);

/** One fact of an event, where the content tells it. */
function event(fact: 'status' | 'name' | 'code', value: string | undefined): Pick<Body, 'event'> {
  return value === undefined ? {} : { event: { [fact]: value } };
}

/** Structured content with words for the customer in it, as `conversation.state` has them in `content` [SDK]. */
function said(hub: HubMessage, context: OutboundContext, switches: OutboundSwitches): { text?: string } {
  const structure = readStructure(hub.content);
  const words =
    typeof structure === 'object'
      ? textField(structure, 'content', 'text', 'message')
      : readText(hub.content, switches.textPreference, context.htmlToText).text;
  return words === undefined ? {} : { text: words };
}

/** Plain words that stand beside the structure; the structure itself as JSON text is not meant for reading. */
function plainBeside(hub: HubMessage, context: OutboundContext, switches: OutboundSwitches) {
  const readable = switches.textPreference.filter((field) => field !== 'json');
  const read = readText(hub.content, readable, context.htmlToText);
  return read.text !== undefined && looksLikeJson(read.text) ? {} : read;
}

const looksLikeJson = (text: string): boolean => /^\s*[[{]/.test(text);
