import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressPart } from '../../../src/egain/customer-identity.js';
import { inboundDefaults, type InboundSwitches } from '../../../src/egain/switches.js';
import { timeOffsetMinutes } from '../../../src/egain/time-offset.js';
import {
  inboundParts,
  mayOpen,
  translateInbound,
  translateNotice,
  type InboundContext,
} from '../../../src/egain/translate-inbound.js';
import type { RequestMessage } from '../../../src/egain/types.js';
import { inboundTypes, type InboundMessage } from '../../../src/messages/model.js';

const channel = { name: 'support', type: 'custom.support', address: 'acme-support', entryPoint: '1001' };
const dana = {
  id: 'u-42',
  name: 'Dana',
  email: 'dana@example.com',
  phone: '15550100123',
  language: 'pt-BR',
  attributes: { tier: 'gold' },
};
const hello: InboundMessage = { id: 'm-1', type: 'text', customer: dana, text: 'Where is my parcel?' };
const running = { channel, conversationId: 'c-1' };

function translate(
  message: Partial<InboundMessage> = {},
  context: Partial<InboundContext> = {},
  switches: Partial<InboundSwitches> = {},
): RequestMessage {
  const body = translateInbound(
    { ...hello, ...message },
    { channel, ...context },
    { ...inboundDefaults, ...switches },
  );
  const [first] = body.messages.message;
  if (first === undefined || body.messages.message.length !== 1) throw new Error('expected one message');
  return first;
}

describe('the first message', () => {
  test('names account and customer, and identifies the customer by an address nobody else can have', () => {
    expect(translate()).toEqual({
      messageId: 'm-1',
      type: { value: 'text' },
      content: { text: 'Where is my parcel?' },
      sender: { type: 'customer', participant: { name: 'Dana' } },
      conversation: {
        account: { channel: { type: 'custom.support' }, address: 'acme-support' },
        lookupContact: 'email',
        conversationContact: 'email',
        customer: {
          name: 'Dana',
          type: 'individual',
          attributes: [
            { name: 'tier', value: 'gold' },
            { name: 'email', value: 'dana@example.com' },
            { name: 'phone', value: '15550100123' },
            { name: 'language', value: 'pt-BR' },
          ],
          contacts: { contact: [{ type: 'email', address: 'u-42@support.channel.invalid' }] },
        },
      },
    });
  });

  test('carries what the customer told before there was a conversation', () => {
    const pendingInfo = {
      id: 'u-42',
      name: 'Old',
      email: 'old@example.com',
      attributes: { plan: 'b', tier: 'x' },
    };
    const { customer } = translate(
      { customer: { id: 'u-42', attributes: { tier: 'gold' } } },
      { pendingInfo },
    ).conversation;
    expect(customer).toMatchObject({ name: 'Old' });
    expect(customer?.attributes).toEqual([
      { name: 'plan', value: 'b' },
      { name: 'tier', value: 'gold' },
      { name: 'email', value: 'old@example.com' },
    ]);
  });

  test('names the entry point only when switched on', () => {
    expect(translate({}, {}, { sendEntryPoint: true }).conversation.entryPoint).toEqual({ id: '1001' });
    expect(translate().conversation).not.toHaveProperty('entryPoint');
  });

  test('tells the time offset only when switched on and known', () => {
    const message = { customer: { ...dana, timeZone: 'Asia/Kolkata' }, sentAt: '2026-01-01T10:00:00.000Z' };
    expect(translate(message, {}, { timeOffset: 'minutes' }).conversation.clientInfo).toEqual({
      timeOffset: 330,
    });
    expect(translate(message).conversation).not.toHaveProperty('clientInfo');
    expect(translate({}, {}, { timeOffset: 'minutes' }).conversation).not.toHaveProperty('clientInfo');
  });

  test('carries the source of the call when one is set', () => {
    expect(translateInbound(hello, { channel }, { ...inboundDefaults, source: 'bridge' }).metadata).toEqual({
      attributes: [{ name: 'source', value: 'bridge' }],
    });
  });

  test('only text and choice may open a conversation', () => {
    expect(inboundTypes.filter(mayOpen)).toEqual(['text', 'choice']);
  });
});

describe('nobody is merged into a stranger', () => {
  const contactOf = (message: Partial<InboundMessage>, useVerifiedContact = true) => {
    const { lookupContact, customer } = translate(message, {}, { useVerifiedContact }).conversation;
    return { lookupContact, contacts: customer?.contacts?.contact, attributes: customer?.attributes };
  };

  test('a typed address does not identify, a verified one does when the setting allows it', () => {
    expect(contactOf({}).lookupContact).toBe('email');
    expect(contactOf({}).contacts).toEqual([{ type: 'email', address: 'u-42@support.channel.invalid' }]);
    const verified = { customer: { ...dana, verified: ['email' as const] } };
    expect(contactOf(verified).contacts).toEqual([{ type: 'email', address: 'dana@example.com' }]);
    expect(contactOf(verified).attributes).toContainEqual({ name: 'phone', value: '15550100123' });
    expect(contactOf(verified).attributes).not.toContainEqual(expect.objectContaining({ name: 'email' }));
    expect(contactOf(verified, false).contacts).toEqual([
      { type: 'email', address: 'u-42@support.channel.invalid' },
    ]);
  });

  test('a verified phone identifies as phone.mobile', () => {
    expect(contactOf({ customer: { ...dana, verified: ['phone'] } })).toMatchObject({
      lookupContact: 'phone.mobile',
      contacts: [{ type: 'phone', subType: 'mobile', address: '15550100123' }],
    });
  });

  test('an earlier verified address does not vouch for a later typed one', () => {
    const pendingInfo = { id: 'u-42', email: 'dana@example.com', verified: ['email' as const] };
    const typed = { customer: { id: 'u-42', email: 'victim@example.com' } };
    const { customer } = translate(typed, { pendingInfo }, { useVerifiedContact: true }).conversation;
    expect(customer?.contacts?.contact).toEqual([{ type: 'email', address: 'u-42@support.channel.invalid' }]);
  });

  test('a voucher without an address does not reach an address that was typed before', () => {
    const pendingInfo = { id: 'u-42', phone: '15550199999' };
    const vouching = { customer: { id: 'u-42', verified: ['phone' as const] } };
    const { customer } = translate(vouching, { pendingInfo }, { useVerifiedContact: true }).conversation;
    expect(customer?.contacts?.contact).toEqual([{ type: 'email', address: 'u-42@support.channel.invalid' }]);
  });

  test('two customers never share an address', () => {
    const ids = fc.oneof(
      fc.string(),
      fc.constantFrom('a', 'A', 'h-', 'ä', 'a b'),
      fc.string().map(addressPart),
    );
    fc.assert(
      fc.property(ids, ids, (one, other) => {
        fc.pre(one !== other);
        expect(addressPart(one)).not.toBe(addressPart(other));
        expect(addressPart(one)).toMatch(/^[a-z0-9._-]{1,64}$/);
      }),
      { numRuns: 500 },
    );
  });

  test('an id that looks like a placeholder of the template stays an id', () => {
    const { customer } = translate({ customer: { id: '{channel}' } }).conversation;
    expect(customer?.contacts?.contact[0]?.address).toMatch(/^h-[0-9a-f]{32}@support\.channel\.invalid$/);
  });
});

describe('a message into a running conversation', () => {
  test('names the conversation alone', () => {
    expect(translate({}, running).conversation).toEqual({ id: 'c-1' });
  });

  test('repeats the customer when switched on', () => {
    expect(translate({}, running, { repeatCustomer: true }).conversation).toMatchObject({
      id: 'c-1',
      customer: { name: 'Dana' },
    });
  });

  test.each([
    ['typing.start', {}],
    ['typing.end', {}],
    ['customer.active', {}],
    ['customer.inactive', {}],
    ['conversation.end', {}],
  ] as const)('%s has neither content nor id', (type, extra) => {
    expect(translate({ type, ...extra }, running)).toEqual({
      type: { value: type },
      sender: { type: 'customer', participant: { name: 'Dana' } },
      conversation: { id: 'c-1' },
    });
  });

  test('customer.info carries the customer', () => {
    expect(translate({ type: 'customer.info' }, running).conversation).toMatchObject({
      id: 'c-1',
      customer: { name: 'Dana', attributes: expect.arrayContaining([{ name: 'tier', value: 'gold' }]) },
    });
  });

  test('a delete is soft and points at the message by the id its sender gave', () => {
    const deletion = { type: 'message.delete', id: 'm-2', replyTo: 'm-1' } as const;
    expect(translate(deletion, running)).toEqual({
      type: { value: 'delete.soft' },
      sender: { type: 'customer', participant: { name: 'Dana' } },
      conversation: { id: 'c-1' },
      parent: { messageId: 'm-1' },
    });
    expect(translate(deletion, running, { deleteType: 'delete.permanent' }).type.value).toBe(
      'delete.permanent',
    );
  });

  test.each([
    ['messageId', { messageId: 'theirs', id: 'hub' }, 'theirs'],
    ['id', { messageId: 'theirs', id: 'hub' }, 'hub'],
    ['id', undefined, 'm-0'],
  ] as const)('the parent is named by %s', (parentRef, parent, expected) => {
    expect(translate({ replyTo: 'm-0' }, { ...running, parent }, { parentRef }).parent).toEqual({
      messageId: expected,
    });
  });

  test('a late text tells its original time', () => {
    expect(translate({}, { ...running, originalTime: '2026-01-01T10:00:00.000Z' }).content).toEqual({
      text: '[2026-01-01 10:00:00 UTC] Where is my parcel?',
    });
  });

  test('an id longer than the hub takes is shortened the same way everywhere', () => {
    const id = 'x'.repeat(300);
    const sent = translate({ id }, running).messageId;
    expect(sent?.length).toBeLessThanOrEqual(255);
    expect(translate({ type: 'message.delete', replyTo: id }, running).parent?.messageId).toBe(sent);
  });
});

describe('what becomes of the types that eGain knows by another name', () => {
  const about = { replyTo: 'm-0', text: 'new words' };
  test.each([
    ['message.delete', {}, 'delete.soft'],
    ['message.delete', { mode: 'permanent' }, 'delete.permanent'],
    ['message.delete', { mode: 'soft' }, 'delete.soft'],
    ['message.undo', {}, 'undo'],
  ] as const)('%s %j is %s of its parent, without id and content', (type, more, value) => {
    const message = translate({ ...about, ...more, type }, running);
    expect(message).toEqual({
      type: { value },
      sender: { type: 'customer', participant: { name: 'Dana' } },
      conversation: { id: 'c-1' },
      parent: { messageId: 'm-0' },
    });
  });

  test('what the channel says of a delete goes before the switch', () => {
    const deleteType = 'delete.permanent';
    expect(translate({ type: 'message.delete', mode: 'soft' }, running, { deleteType }).type.value).toBe(
      'delete.soft',
    );
    expect(translate({ type: 'message.delete' }, running, { deleteType }).type.value).toBe(deleteType);
  });

  test('an edit is a text that says so and names what it changes', () => {
    expect(translate({ ...about, type: 'message.edit' }, running)).toMatchObject({
      messageId: 'm-1',
      type: { value: 'text' },
      content: { text: '[edited] new words' },
      parent: { messageId: 'm-0' },
    });
  });

  test.each(['authentication.success', 'authentication.failure'] as const)(
    '%s carries its result',
    (type) => {
      const result = { user: 'dana' };
      expect(translate({ ...about, type, result }, running).content).toEqual({ json: result });
      expect(translate({ ...about, type }, running)).not.toHaveProperty('content');
    },
  );

  test('an error carries its code', () => {
    const error = { code: 'unsupported', message: 'no forms' };
    expect(translate({ ...about, type: 'error', error }, running).content).toEqual({ json: error });
  });
});

describe('a choice goes back as text', () => {
  const choice = {
    type: 'choice',
    replyTo: 'picker-1',
    choices: [{ id: 'ord-1', title: 'A-100' }, { id: 'ord-2' }],
  } as const;

  const attributes = { attribute: [{ name: 'choice_id', value: 'ord-1,ord-2', external: true }] };
  const json = { type: 'postback', items: [{ id: 'ord-1', title: 'A-100' }, { id: 'ord-2' }] };

  test.each([
    [['text_title', 'attribute'], { content: { text: 'A-100, ord-2' }, attributes }],
    [['text_title'], { content: { text: 'A-100, ord-2' } }],
    [['text_id', 'attribute'], { content: { text: 'ord-1,ord-2' }, attributes }],
    [['json'], { content: { json } }],
    [['text_title', 'json'], { content: { text: 'A-100, ord-2', json } }],
    [['attribute'], { attributes }],
  ] as const)('reply mode %j', (replyMode, expected) => {
    const { content, attributes: sent, type, parent } = translate(choice, running, { replyMode });
    expect({ type, parent }).toEqual({ type: { value: 'text' }, parent: { messageId: 'picker-1' } });
    expect({ content, attributes: sent }).toEqual(expected);
  });
});

describe('files', () => {
  const files = [
    { name: 'a.pdf', contentType: 'application/pdf', size: 12, url: 'https://x.example/a', assetId: 'as-1' },
    { name: 'b.png', assetId: 'as-2' },
  ];

  test('travel apart from the text, in a part with an id of its own', () => {
    const parts = inboundParts({ ...hello, attachments: files, sentAt: '2026-01-01T10:00:00.000Z' });
    expect(parts.map(({ id, text, attachments }) => ({ id, text, files: attachments?.length }))).toEqual([
      { id: 'm-1', text: 'Where is my parcel?', files: undefined },
      { id: 'm-1.files', text: undefined, files: 2 },
    ]);
    expect(parts).toEqual(inboundParts({ ...hello, attachments: files, sentAt: '2026-01-01T10:00:00.000Z' }));
  });

  test('alone, or with the switch off, they stay one message', () => {
    expect(inboundParts({ ...hello, text: '', attachments: files })).toHaveLength(1);
    expect(
      inboundParts({ ...hello, attachments: files }, { ...inboundDefaults, filesApart: false }),
    ).toHaveLength(1);
  });

  test.each([
    ['url', [{ url: 'https://x.example/a' }, { id: 'as-2' }]],
    ['asset', [{ id: 'as-1' }, { id: 'as-2' }]],
    ['both', [{ id: 'as-1', url: 'https://x.example/a' }, { id: 'as-2' }]],
  ] as const)('are named by %s, never by nothing', (attachmentRef, expected) => {
    const { content, attachments } = translate({ text: '', attachments: files }, running, { attachmentRef });
    expect(content).toBeUndefined();
    expect(
      attachments?.attachment.map(({ id, url }) => JSON.parse(JSON.stringify({ id, url })) as unknown),
    ).toEqual(expected);
    expect(attachments?.attachment[0]).toMatchObject({
      name: 'a.pdf',
      contentType: 'application/pdf',
      size: 12,
    });
  });
});

test('a notice to the agent names the message that failed', () => {
  expect(
    translateNotice({
      conversationId: 'c-1',
      parentMessageId: 'h-1',
      code: 'blocked',
      message: 'Not delivered',
    }).messages.message,
  ).toEqual([
    {
      type: { value: 'error' },
      content: { json: { code: 'blocked', message: 'Not delivered' } },
      sender: { type: 'customer' },
      conversation: { id: 'c-1' },
      parent: { messageId: 'h-1' },
    },
  ]);
});

test.each([
  ['America/New_York', '2026-07-01T00:00:00Z', -240],
  ['Europe/London', '2026-01-01T00:00:00Z', 0],
  ['Mars/Olympus', '2026-01-01T00:00:00Z', undefined],
  ['Europe/London', 'yesterday', undefined],
])('the offset of %s at %s is %p minutes', (zone, at, minutes) => {
  expect(timeOffsetMinutes(zone, at)).toBe(minutes);
});

test('any inbound message becomes JSON that says what it is', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...inboundTypes),
      fc.string({ minLength: 1 }),
      fc.string(),
      fc.option(fc.string()),
      (type, id, words, conversationId) => {
        const message = { id, type, customer: { id: words }, text: words };
        const body = translateInbound(message, { channel, conversationId: conversationId ?? undefined });
        expect(JSON.parse(JSON.stringify(body))).toMatchObject({
          messages: { message: [{ sender: { type: 'customer' }, type: { value: expect.any(String) } }] },
        });
      },
    ),
  );
});
