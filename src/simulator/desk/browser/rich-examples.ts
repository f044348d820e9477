/**
 * One action for each kind of message beyond plain text, to send as it is or after a change. The shapes of list picker and
 * rich link are public; the others are guesses that any reader of eGain's messages must be able to take.
 */
import type { Action } from './control.js';

export interface Example {
  readonly name: string;
  readonly action: Action;
}

function item(id: string, title: string, subtitle: string): object {
  return { id, title, subtitle, actions: [{ type: 'postback' }] };
}

const shoes = item('ord-1', 'A-100', 'Shoes');
const coat = item('ord-2', 'A-101', 'Coat');
const returned = item('ret-1', 'R-7', 'Gloves, on their way back');

function picker(
  title: string,
  multipleSelection: boolean,
  sections: readonly [string, readonly object[]][],
): Action {
  const list = {
    multipleSelection,
    sections: sections.map(([section, items], order) => ({
      title: section,
      order,
      multipleSelection,
      items,
    })),
  };
  return { do: 'rich', kind: 'listpicker', json: { type: 'list', version: '1', title, list } };
}

function rich(kind: string, json: object): Action {
  return { do: 'rich', kind, json: { type: kind, version: '1', ...json } };
}

export const examples: readonly Example[] = [
  { name: 'List picker, one choice', action: picker('Which order?', false, [['Orders', [shoes, coat]]]) },
  {
    name: 'List picker, several choices',
    action: picker('Which orders?', true, [['Orders', [shoes, coat]]]),
  },
  {
    name: 'List picker with sections',
    action: picker('What is it about?', false, [
      ['Orders', [shoes, coat]],
      ['Returns', [returned]],
    ]),
  },
  {
    name: 'Quick reply',
    action: rich('quickreply', {
      title: 'Did this help?',
      items: [
        { id: 'yes', title: 'Yes' },
        { id: 'no', title: 'No' },
      ],
    }),
  },
  {
    name: 'Time picker',
    action: rich('timepicker', {
      title: 'When may we call?',
      event: {
        title: 'Call back',
        timeslots: [
          { id: 'slot-1', startTime: '2030-05-06T09:00:00.000Z', duration: 1800 },
          { id: 'slot-2', startTime: '2030-05-06T14:30:00.000Z', duration: 1800 },
        ],
      },
    }),
  },
  {
    name: 'Rich link',
    action: {
      do: 'rich',
      kind: 'richlink',
      json: {
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
    },
  },
  {
    name: 'Template',
    action: rich('template', {
      title: 'Your delivery',
      text: 'It arrives tomorrow between 9 and 12.',
      buttons: [{ id: 'change', title: 'Change the day' }],
    }),
  },
  {
    name: 'Form',
    action: rich('form', {
      title: 'Return an item',
      fields: [
        { id: 'order', title: 'Order number', type: 'text' },
        { id: 'reason', title: 'Reason', type: 'select', options: [{ id: 'size', title: 'Wrong size' }] },
      ],
    }),
  },
  {
    name: 'Payment',
    action: rich('payment', {
      title: 'Invoice 2030-17',
      amount: '49.90',
      currency: 'EUR',
      url: 'https://pay.example.com/2030-17',
    }),
  },
  { name: 'App', action: rich('app', { title: 'Share your screen', url: 'https://app.example.com/share' }) },
  {
    name: 'Authentication',
    action: rich('authentication', { title: 'Please sign in', url: 'https://login.example.com/authorize' }),
  },
  {
    name: 'Page push',
    action: { do: 'send', type: 'pagePush', content: { text: 'https://help.example.com/returns' } },
  },
  { name: 'Line of the hub’s own', action: { do: 'system', text: 'Your call may be recorded.' } },
  {
    name: 'Error',
    action: {
      do: 'send',
      type: 'error',
      content: { json: { code: 'unsupported-content', message: 'The agent cannot see the last message.' } },
    },
  },
];
