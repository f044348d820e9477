/**
 * A body for each of the types a customer-role client may receive (contract 13), as it may come from eGain. Shapes of list
 * picker, rich link, `conversation.state` and `agent.join` are public, the others are guesses (contract 10.4).
 */
import type { Conversation, Party } from '../conversations/model.js';
import { maySend, messageTypes } from '../conversations/message-types.js';
import type { Content } from '../conversations/schema.js';
import { agentText, type Draft } from '../conversations/system.js';
import type { World } from '../world.js';

/** What an agent or a bot may send. */
export const sampleTypes = messageTypes.filter(
  (type) => maySend('egain_agent', type) || maySend('egain_bot', type),
);
export type SampleType = (typeof sampleTypes)[number];

const structures: Readonly<Record<string, unknown>> = {
  'conversation.state': { status: 'escalated', content: '' },
  'agent.transfer': { name: 'Kim' },
  'queue.transfer': { name: 'Returns' },
  'escalation.transfer': { name: 'Service' },
  error: { code: 'unsupported-content', message: 'The message cannot be shown to the agent.' },
  'richMessage.listpicker': {
    type: 'list',
    version: '1',
    title: 'Which order?',
    subtitle: 'Last 30 days',
    list: {
      multipleSelection: false,
      sections: [
        {
          title: 'Orders',
          order: 0,
          multipleSelection: false,
          items: [
            { id: 'ord-1', title: 'A-100', subtitle: 'Shoes', actions: [{ type: 'postback' }] },
            { id: 'ord-2', title: 'A-101', subtitle: 'Coat', actions: [{ type: 'postback' }] },
          ],
        },
      ],
    },
  },
  'richMessage.quickreply': {
    type: 'quickreply',
    version: '1',
    title: 'Did this help?',
    items: [
      { id: 'yes', title: 'Yes' },
      { id: 'no', title: 'No' },
    ],
  },
  'richMessage.timepicker': {
    type: 'timepicker',
    version: '1',
    title: 'When may we call?',
    event: {
      title: 'Call back',
      timeslots: [
        { id: 'slot-1', startTime: '2030-05-06T09:00:00.000Z', duration: 1800 },
        { id: 'slot-2', startTime: '2030-05-06T14:30:00.000Z', duration: 1800 },
      ],
    },
  },
  'richMessage.richlink': {
    type: 'web_url',
    version: '1',
    imageid: '1',
    images: [
      {
        imageid: '1',
        title: 'Winter coats',
        url: 'https://cdn.example.com/coat.jpg',
        link: 'https://shop.example.com/coats',
        mimeType: 'image/jpeg',
        style: 'icon',
      },
    ],
  },
  'richMessage.template': {
    type: 'template',
    version: '1',
    title: 'Your delivery',
    text: 'It arrives tomorrow between 9 and 12.',
    buttons: [{ id: 'change', title: 'Change the day' }],
  },
  'richMessage.form': {
    type: 'form',
    version: '1',
    title: 'Return an item',
    fields: [
      { id: 'order', title: 'Order number', type: 'text' },
      { id: 'reason', title: 'Reason', type: 'select', options: [{ id: 'size', title: 'Wrong size' }] },
    ],
  },
  'richMessage.payment': {
    type: 'payment',
    version: '1',
    title: 'Invoice 2030-17',
    amount: '49.90',
    currency: 'EUR',
    url: 'https://pay.example.com/2030-17',
  },
  'richMessage.app': {
    type: 'app',
    version: '1',
    title: 'Share your screen',
    url: 'https://app.example.com/share',
  },
  'richMessage.authentication': {
    type: 'authentication',
    version: '1',
    title: 'Please sign in',
    url: 'https://login.example.com/authorize',
  },
};

/** `json` as it is, or the sample of that kind; nothing for a kind without one. */
export function richContent(kind: string, json: unknown): Content {
  return { json: json ?? structures[`richMessage.${kind}`] };
}

export function sampleDraft(
  world: World,
  conversation: Conversation,
  type: SampleType,
  head: { readonly sender: Party; readonly messageId?: string | undefined },
): Draft {
  const draft: Draft = { ...head, type };
  switch (type) {
    case 'text':
      return { ...draft, content: agentText(world, 'How can I help?', '<p>How can I <b>help</b>?</p>') };
    case 'agent.join':
      return { ...draft, content: { json: { agentName: head.sender.participant?.name ?? 'agent' } } };
    case 'pagePush':
      return { ...draft, content: { text: 'https://help.example.com/returns' } };
    case 'customer.info':
      return {
        ...draft,
        customer: { name: 'Dana Example', attributes: [{ name: 'tier', value: 'gold' }] },
      };
    case 'error':
      return { ...draft, content: { json: structures[type] }, parent: lastOfCustomer(conversation) };
    default:
      return type in structures ? { ...draft, content: { json: structures[type] } } : draft;
  }
}

/** The message a failure is about: the customer's last, by the id the customer side gave it. */
function lastOfCustomer({ messages }: Conversation): Draft['parent'] {
  const messageId = messages.findLast(({ sender }) => sender.type === 'customer')?.messageId;
  return messageId === undefined ? undefined : { messageId };
}
