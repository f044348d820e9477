/** Every kind of rich message out and its answer back, once where the channel draws it and once where it is text. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ActionInput } from '../../src/simulator/agents/actions.js';
import type { DeliveredMessage } from '../../src/simulator/channel/deliveries.js';
import { startSampleChannel, type SampleChannel } from '../../src/simulator/channel/sample-channel.js';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type World } from '../support/world.js';

let world: World;
let plain: SampleChannel;

const german = [
  { name: 'bridge_choose_one', value: 'Antworten Sie mit einer Nummer.' },
  { name: 'bridge_form_reply', value: 'Bitte antworten Sie mit diesen Angaben.' },
  { name: 'msg_hub_invalid_content_type_to_customer', value: 'Das kann hier nicht gezeigt werden.' },
  { name: 'bridge_file_unavailable', value: 'Die Datei „{0}“ kann hier nicht zugestellt werden.' },
  { name: 'bridge_text_too_long', value: 'Höchstens {0} Zeichen.' },
  { name: 'msg_hub_blocked_file_extension', value: 'Keine Dateien mit {0}.' },
];

beforeAll(async () => {
  const secret = `whsec_${Buffer.alloc(32, 'p').toString('base64')}`;
  plain = await startSampleChannel({ secrets: [secret], channel: 'plain' });
  world = await startWorld({
    switches: { checkParent: true, parentRef: 'id' },
    overrides: {
      notices: { agent: true },
      files: { allowHosts: ['127.0.0.1'] },
      egain: { switches: { parent_ref: 'id', reply_mode: ['text_id', 'json'] } },
      channels: {
        plain: {
          adapter: 'webhook',
          url: plain.url,
          secrets: [secret],
          manifest: {
            type: 'custom.plain',
            displayName: 'Plain',
            restrictions: {
              inbound: { maxTextLength: 40, attachmentPolicy: { type: 'block', extensions: ['EXE'] } },
              outbound: {
                maxTextLength: 300,
                features: ['attachments'],
                richMessageTypes: ['none'],
                attachmentPolicy: { type: 'allow', extensions: ['pdf'] },
              },
            },
            l10nProperties: [{ language: 'de', properties: german }],
          },
          account: { address: 'acme-plain' },
        },
      },
    },
  });
  world.simulator.control.declare({
    channels: [{ type: 'custom.plain' }],
    accounts: [{ channel: 'custom.plain', address: 'acme-plain' }],
  });
  const bridge = await world.startBridge();
  connect(world, bridge);
  plain.connect(bridge.url);
}, 60_000);
afterAll(async () => {
  await world.stop();
  await plain.close();
});

let customers = 0;

/** A new customer of a channel, with an open conversation. */
async function customer(channel: SampleChannel, type: string) {
  customers += 1;
  const id = `rich-${customers}`;
  const about = { id, language: 'de-AT', timeZone: 'Europe/Vienna' };
  const conversationOf = () =>
    world.simulator.control
      .conversations()
      .find(({ contact, channelType }) => contact.includes(`${id}@`) && channelType === type);
  const received = () => channel.received().filter((message) => message.customer.id === id);
  const said = () => (conversationOf()?.messages ?? []).filter(({ sender }) => sender.type === 'customer');
  await channel.send({ customer: about, text: 'hello' });
  const conversation = (await eventually(conversationOf)).id;
  return {
    id,
    received,
    said,
    /** What reaches the channel, and eGain's id of it. */
    sees: async (action: ActionInput): Promise<DeliveredMessage & { readonly hubId: string }> => {
      const before = received().length;
      const done = world.simulator.control.act(conversation, action);
      const [sent] = done.ok ? done.messages : [];
      return { ...(await eventually(() => received()[before])), hubId: sent?.id ?? '' };
    },
    send: (message: Record<string, unknown>) => channel.send({ customer: about, ...message }),
    /** What eGain hears next. */
    answers: async (message: Record<string, unknown>) => {
      const before = said().length;
      expect((await channel.send({ customer: about, ...message })).status).toBe(202);
      return eventually(() => said()[before]);
    },
  };
}
const native = () => customer(world.channel, 'custom.support');
const textOnly = () => customer(plain, 'custom.plain');

interface Row {
  readonly kind: string;
  readonly json: unknown;
  /** What a channel that draws it gets in `rich`. */
  readonly drawn: object;
  /** What any other customer reads. */
  readonly read: string;
  /** A tap, and what eGain hears of it. */
  readonly tap?: readonly [choices: readonly object[], text: string, items: object];
}
const chosen = (id: string, title: string): object => ({ type: 'postback', items: [{ id, title }] });
const choose = 'Antworten Sie mit einer Nummer.';
const slot = 'Mo., 6. Mai 2030, 11:00';

const rows: readonly Row[] = [
  {
    kind: 'quickreply',
    json: {
      title: 'Did it help?',
      items: [
        { id: 'y', title: 'Yes' },
        { id: 'n', title: 'No' },
      ],
    },
    drawn: {
      title: 'Did it help?',
      options: [
        { id: 'y', title: 'Yes' },
        { id: 'n', title: 'No' },
      ],
    },
    read: `Did it help?\n1. Yes\n2. No\n${choose}`,
    tap: [[{ id: 'n' }], 'n', chosen('n', 'No')],
  },
  {
    kind: 'timepicker',
    json: {
      title: 'When?',
      event: { timeslots: [{ id: 's1', startTime: '2030-05-06T09:00:00.000Z', duration: 1800 }] },
    },
    drawn: { options: [{ id: 's1', title: slot, start: '2030-05-06T09:00:00.000Z' }] },
    read: `When?\n1. ${slot}\n${choose}`,
    tap: [[{ id: 's1' }], 's1', chosen('s1', slot)],
  },
  {
    kind: 'template',
    json: {
      title: 'Your delivery',
      text: 'It comes tomorrow.',
      buttons: [
        { id: 'change', title: 'Change the day' },
        { type: 'web_url', title: 'Track it', url: 'https://shop.example.com/track' },
      ],
    },
    drawn: {
      subtitle: 'It comes tomorrow.',
      options: [{ id: 'change', title: 'Change the day' }],
      links: [{ title: 'Track it', url: 'https://shop.example.com/track' }],
    },
    read: `Your delivery\nIt comes tomorrow.\nTrack it (https://shop.example.com/track)\n1. Change the day\n${choose}`,
    tap: [[{ id: 'change' }], 'change', chosen('change', 'Change the day')],
  },
  {
    kind: 'richlink',
    json: {
      type: 'web_url',
      images: [{ title: 'Coats', url: 'https://cdn.example.com/c.jpg', link: 'https://shop.example.com/c' }],
    },
    drawn: { options: [], links: [{ title: 'Coats', url: 'https://shop.example.com/c' }] },
    read: 'Coats (https://shop.example.com/c)',
  },
  {
    kind: 'form',
    json: {
      title: 'Return an item',
      fields: [
        { id: 'order', title: 'Order number' },
        {
          id: 'why',
          title: 'Reason',
          options: [
            { id: 'size', title: 'Wrong size' },
            { id: 'else', title: 'Other' },
          ],
        },
      ],
    },
    drawn: {
      fields: [
        { id: 'order', title: 'Order number' },
        { id: 'why', title: 'Reason', options: ['Wrong size', 'Other'] },
      ],
    },
    read: 'Return an item\n• Order number\n• Reason (Wrong size / Other)\nBitte antworten Sie mit diesen Angaben.',
    tap: [
      [
        { id: 'order', title: 'A-100' },
        { id: 'why', title: 'Other' },
      ],
      'order: A-100\nwhy: Other',
      {
        type: 'form',
        fields: [
          { id: 'order', value: 'A-100' },
          { id: 'why', value: 'Other' },
        ],
      },
    ],
  },
  {
    kind: 'payment',
    json: { title: 'Invoice 17', amount: '49.90', currency: 'EUR', url: 'https://pay.example.com/17' },
    drawn: {
      amount: { value: 49.9, currency: 'EUR' },
      links: [{ title: 'Invoice 17', url: 'https://pay.example.com/17' }],
    },
    read: 'Invoice 17\n€ 49,90\nhttps://pay.example.com/17',
  },
  {
    kind: 'app',
    json: { title: 'Share your screen', url: 'https://app.example.com/s' },
    drawn: { links: [{ title: 'Share your screen', url: 'https://app.example.com/s' }] },
    read: 'Share your screen\nhttps://app.example.com/s',
  },
  {
    kind: 'authentication',
    json: { title: 'Please sign in', url: 'https://login.example.com/a' },
    drawn: { links: [{ title: 'Please sign in', url: 'https://login.example.com/a' }] },
    read: 'Please sign in\nhttps://login.example.com/a',
  },
  {
    kind: 'hologram',
    json: { layers: [{ caption: 'A cat', link: 'https://cats.example.com' }] },
    drawn: {},
    read: 'A cat (https://cats.example.com)',
  },
];

describe.each(rows)('$kind', ({ kind, json, drawn, read, tap }) => {
  test('is drawn where the channel can, and its answer comes back by its ids', async () => {
    const someone = await native();
    const shown = await someone.sees({ do: 'rich', kind, json });
    if (kind === 'hologram') {
      expect(shown).toMatchObject({ type: 'text', text: read });
      return;
    }
    expect(shown).toMatchObject({ type: 'rich', rich: { kind, ...drawn, raw: json } });
    if (tap === undefined) return;
    const [choices, text, items] = tap;
    expect(await someone.answers({ type: 'choice', choices })).toMatchObject({
      type: { value: 'text' },
      content: { text, json: items },
      parent: { messageId: shown.hubId },
    });
  });

  test('is the best text in the customer’s language and zone where it cannot', async () => {
    const someone = await textOnly();
    const shown = await someone.sees({ do: 'rich', kind, json });
    expect([shown.type, shown.text?.replaceAll('\u00a0', ' ')]).toEqual(['text', read]);
    expect(shown).not.toHaveProperty('rich');
    if (tap === undefined || kind === 'form') return;
    expect(await someone.answers({ text: '1' })).toMatchObject({
      content: { json: { type: 'postback' } },
      parent: { messageId: shown.hubId },
    });
  });
});

describe('what answers without being a choice', () => {
  test('a sign-in names the request for it by the id eGain wants', async () => {
    const someone = await native();
    const shown = await someone.sees({ do: 'rich', kind: 'authentication', json: { title: 'Sign in' } });
    expect(await someone.answers({ type: 'authentication.success', replyTo: shown.id })).toMatchObject({
      type: { value: 'authentication.success' },
      parent: { messageId: shown.hubId },
    });
  });
  test('a page push arrives as one', async () => {
    const someone = await native();
    const url = 'https://help.example.com/returns';
    expect(await someone.sees({ do: 'send', type: 'pagePush', content: { text: url } })).toMatchObject({
      type: 'page.push',
      text: url,
    });
  });
});

describe('what is broken or unwelcome', () => {
  test('JSON that broke on its way is told, to the customer and to the agent, and never shown', async () => {
    const someone = await textOnly();
    const shown = await someone.sees({
      do: 'send',
      type: 'richMessage.listpicker',
      content: { json: '{"title":"Which?","list":{"sec' },
    });
    expect(shown).toMatchObject({ type: 'text', text: 'Das kann hier nicht gezeigt werden.' });
    await eventually(() => someone.said().find(({ type }) => type.value === 'error'));
    expect(someone.said().at(-1)).toMatchObject({
      content: { json: { code: 'unreadable', message: 'The channel cannot show this kind of content.' } },
      parent: { messageId: shown.hubId },
    });
  });

  test.each([
    ['a list in place of an object', [1, [2, { title: 7 }]]],
    ['null', null],
    ['options that are none', { items: [null, 3, 'x', { id: {} }, []] }],
    ['many levels', JSON.parse(`${'{"list":['.repeat(20)}1${']}'.repeat(20)}`) as unknown],
  ])('%s does not stop what comes behind it', async (_, json) => {
    const someone = await textOnly();
    await someone.sees({ do: 'rich', kind: 'listpicker', json });
    expect(await someone.sees({ do: 'text', text: 'still here' })).toMatchObject({ text: 'still here' });
  });

  test('HTML with scripts reads as what a browser would show of it, without rich text as text alone', async () => {
    const html =
      '<p onclick="x()">Hello <b>you</b><script>steal()</script><style>p{}</style> <a href="javascript:x()">here</a> ' +
      '<a href="https://a.example">there</a></p><p>2 &lt; 3 &amp; *so* on</p>';
    const shown = await (await textOnly()).sees({ do: 'html', html });
    expect(shown.text).toBe('Hello you here there (https://a.example)\n\n2 < 3 & *so* on');
    expect(shown).not.toHaveProperty('html');
  });

  test('a file the manifest does not take: the customer reads that there was one, the agent hears why', async () => {
    const someone = await textOnly();
    const file = (name: string) =>
      world.simulator.control.storeFile({
        name,
        contentType: 'application/pdf',
        bytes: Buffer.from('%PDF-1.4\n'),
      });
    const shown = await someone.sees({
      do: 'send',
      type: 'text',
      content: { text: 'Here it is' },
      attachments: [file('setup.pdf.exe'), file('terms.PDF')].map(({ name, contentType, size, url }) => ({
        name,
        contentType,
        size,
        url,
      })),
    });
    expect(shown.text).toBe('Here it is\nDie Datei „setup.pdf.exe“ kann hier nicht zugestellt werden.');
    expect(shown.attachments?.map(({ name }) => name)).toEqual(['terms.PDF']);
    const error = await eventually(() => someone.said().find(({ type }) => type.value === 'error'));
    expect(error).toMatchObject({
      content: { json: { code: 'file-extension', message: 'Files of type "exe" cannot be sent here.' } },
    });
  });

  test('I6: a text too long and a file refused are told in the conversation’s language, once', async () => {
    const someone = await textOnly();
    const before = someone.received().length;
    // They told their language when the conversation began, and not again.
    const customer = { id: someone.id };
    for (let round = 0; round < 3; round += 1) {
      expect((await someone.send({ customer, text: 'x'.repeat(41) })).status).toBe(422);
      const file = { name: `photo.jpg.exe`, url: 'https://files.example.com/p' };
      expect((await someone.send({ customer, text: `file ${round}`, attachments: [file] })).status).toBe(202);
    }
    await eventually(
      () => someone.said().filter(({ content }) => content?.text?.startsWith('file')).length === 3,
    );
    await eventually(() => someone.received().length >= before + 2);
    const told = someone.received().slice(before);
    expect(told.map(({ type, text }) => [type, text]).sort()).toEqual([
      ['system', 'Höchstens 40 Zeichen.'],
      ['system', 'Keine Dateien mit exe.'],
    ]);
    const errors = () => someone.said().filter(({ type }) => type.value === 'error');
    await eventually(() => errors().length >= 2);
    expect(
      errors()
        .map(({ content }) => (content?.json as { code: string }).code)
        .sort(),
    ).toEqual(['file-extension', 'text-too-long']);
  });

  test('a long text comes in parts that are the text, each within the channel’s limit', async () => {
    const someone = await textOnly();
    const text = 'Ein Satz mit 👨‍👩‍👧‍👦 und Umlauten: äöü. '.repeat(40).trim();
    const before = someone.received().length;
    await someone.sees({ do: 'text', text });
    const parts = await eventually(() => {
      const come = someone.received().slice(before);
      return come.length === come[0]?.part?.of ? come : undefined;
    });
    expect(parts.map((part) => part.text).join('')).toBe(text);
    for (const part of parts) expect(part.text?.length).toBeLessThanOrEqual(300);
  });
});

test('what a customer takes back is named by eGain’s id of it, where eGain wants that', async () => {
  const sam = await native();
  const hubIds = [];
  for (const id of ['mine-1', 'mine-2']) {
    await sam.answers({ id, text: `said as ${id}` });
    hubIds.push(sam.said().at(-1)?.id);
  }
  const taken = await sam.answers({ type: 'message.delete', replyTo: 'mine-1' });
  expect([taken.type.value, taken.parent?.messageId]).toEqual(['delete.soft', hubIds[0]]);
  const edited = await sam.answers({ type: 'message.edit', replyTo: 'mine-2', text: 'better' });
  expect(edited.parent?.messageId).toBe(hubIds[1]);
  expect(hubIds[0]).not.toBe('mine-1');
});
