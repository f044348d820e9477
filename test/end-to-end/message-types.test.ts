/** Every type of the contract through the running service, both ways; docs/message-types.md tells the same in words. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ActionInput } from '../../src/simulator/agents/actions.js';
import { startSampleChannel, type SampleChannel } from '../../src/simulator/channel/sample-channel.js';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type World } from '../support/world.js';

const contract = z
  .looseObject({
    'x-egain-message-types': z.array(
      z.object({ value: z.string(), customer: z.boolean(), agent: z.boolean(), bot: z.boolean() }),
    ),
  })
  .parse(parse(readFileSync('src/egain/openapi.yaml', 'utf8')))['x-egain-message-types'];

const requestSchema = z.object({
  messages: z.object({
    message: z.tuple([z.looseObject({ conversation: z.looseObject({ id: z.string().optional() }) })]),
  }),
});

let world: World;
/** The same far end, reached through a channel that declares little. */
let quiet: SampleChannel;

beforeAll(async () => {
  const properties = [
    { name: 'bridge_agent_joined', value: '{0} entrou na conversa.' },
    { name: 'bridge_conversation_ended', value: 'A conversa terminou.' },
  ];
  const secret = `whsec_${Buffer.alloc(32, 'q').toString('base64')}`;
  quiet = await startSampleChannel({ secrets: [secret], channel: 'quiet' });
  world = await startWorld({
    // Own messages come back at once: none of them may reach the customer (I3).
    switches: { deduplicate: true, echoToSender: true },
    overrides: {
      channels: {
        support: { manifest: { l10nProperties: [{ language: 'pt', properties }] } },
        quiet: {
          adapter: 'webhook',
          url: quiet.url,
          secrets: [secret],
          manifest: {
            type: 'custom.quiet',
            displayName: 'Quiet',
            restrictions: { outbound: { systemMessages: false, features: ['attachments', 'richText'] } },
          },
          account: { address: 'acme-quiet' },
        },
      },
    },
  });
  world.simulator.control.declare({
    channels: [{ type: 'custom.quiet' }],
    accounts: [{ channel: 'custom.quiet', address: 'acme-quiet' }],
  });
  const bridge = await world.startBridge();
  connect(world, bridge);
  quiet.connect(bridge.url);
}, 60_000);
afterAll(async () => {
  await world.stop();
  await quiet.close();
});

const received = (customer: string) =>
  world.channel.received().filter((message) => message.customer.id === customer);
/** What the bridge asked eGain to take into a conversation, request by request. */
const asked = (conversation: string) =>
  world.simulator.records().flatMap((record) => {
    const read = record.kind === 'request' ? requestSchema.safeParse(record.body) : undefined;
    const [message] = read?.data?.messages.message ?? [];
    return message?.conversation.id === conversation ? [message] : [];
  });

async function open(customer: { readonly id: string; readonly [field: string]: unknown }): Promise<string> {
  const sent = await world.channel.send({ customer, id: 'opening', text: 'hello' });
  expect(sent.status).toBe(202);
  const { control } = world.simulator;
  const found = await eventually(() =>
    control.conversations().find(({ contact }) => contact.includes(`${customer.id}@`)),
  );
  return found.id;
}

interface InboundRow {
  /** eGain's type. */
  readonly becomes: string;
  /** What the channel posts besides id and customer. */
  readonly says: { readonly type: string; readonly [field: string]: unknown };
  /** What eGain gets besides type, sender and conversation. */
  readonly carries?: Readonly<Record<string, unknown>>;
}

const about = { replyTo: 'opening' };
const parent = { parent: { messageId: 'opening' } };
const inbound: readonly InboundRow[] = [
  {
    becomes: 'text',
    says: { type: 'text', text: 'Where is it? 👋' },
    carries: { messageId: 'in-0', content: { text: 'Where is it? 👋' } },
  },
  {
    becomes: 'text',
    // Never offered, so it is no more than its words; choices.test.ts has those that were.
    says: { type: 'choice', choices: [{ id: 'ord-1', title: 'A-100' }], ...about },
    carries: { messageId: 'in-1', content: { text: 'A-100' } },
  },
  {
    becomes: 'text',
    says: { type: 'message.edit', text: 'hello there', ...about },
    carries: { messageId: 'in-2', content: { text: '[edited] hello there' }, ...parent },
  },
  { becomes: 'typing.start', says: { type: 'typing.start' } },
  { becomes: 'typing.end', says: { type: 'typing.end' } },
  { becomes: 'customer.info', says: { type: 'customer.info' }, carries: { messageId: 'in-5' } },
  { becomes: 'customer.active', says: { type: 'customer.active' } },
  { becomes: 'customer.inactive', says: { type: 'customer.inactive' } },
  {
    becomes: 'authentication.success',
    says: { type: 'authentication.success', result: { user: 'dana' }, ...about },
    carries: { messageId: 'in-8', content: { json: { user: 'dana' } }, ...parent },
  },
  {
    becomes: 'authentication.failure',
    says: { type: 'authentication.failure', result: { reason: 'cancelled' }, ...about },
    carries: { messageId: 'in-9', content: { json: { reason: 'cancelled' } }, ...parent },
  },
  {
    becomes: 'error',
    says: { type: 'error', error: { code: 'not-shown', message: 'no forms here' }, ...about },
    carries: {
      messageId: 'in-10',
      content: { json: { code: 'not-shown', message: 'no forms here' } },
      ...parent,
    },
  },
  { becomes: 'delete.soft', says: { type: 'message.delete', ...about }, carries: parent },
  { becomes: 'undo', says: { type: 'message.undo', ...about }, carries: parent },
  {
    becomes: 'delete.permanent',
    says: { type: 'message.delete', mode: 'permanent', ...about },
    carries: parent,
  },
  { becomes: 'conversation.end', says: { type: 'conversation.end' } },
];

describe('to eGain', () => {
  const customer = { id: 'u-in', name: 'Dana' };
  let conversation: string;
  beforeAll(async () => {
    conversation = await open(customer);
  });

  test('covers the 13 types a customer may send', () => {
    const may = contract.filter((type) => type.customer).map(({ value }) => value);
    expect(may).toHaveLength(13);
    expect([...new Set(inbound.map(({ becomes }) => becomes))].sort()).toEqual(may.sort());
  });

  test.each(inbound.map((row, index) => ({ ...row, name: row.says.type, index })))(
    '$name is $becomes',
    async ({ becomes, says, carries, index }) => {
      const before = asked(conversation).length;
      const sent = await world.channel.send({ ...says, id: `in-${index}`, customer });
      expect([sent.status, JSON.parse(sent.body)]).toEqual([202, { id: `in-${index}`, status: 'accepted' }]);
      await eventually(() => asked(conversation).length > before);
      const told =
        becomes === 'customer.info'
          ? {
              customer: {
                name: 'Dana',
                type: 'individual',
                contacts: { contact: [{ type: 'email', address: 'u-in@support.channel.invalid' }] },
              },
            }
          : {};
      expect(asked(conversation).slice(before)).toEqual([
        {
          type: { value: becomes },
          ...carries,
          sender: { type: 'customer', participant: { name: 'Dana' } },
          conversation: { id: conversation, ...told },
        },
      ]);
    },
  );

  test('eGain took every one of them into the one conversation', () => {
    const kept = world.simulator.control.conversation(conversation);
    expect(kept?.messages.filter(({ sender }) => sender.type === 'customer')).toHaveLength(
      inbound.length + 1,
    );
    expect(kept).toMatchObject({
      presence: 'inactive',
      authentication: 'failure',
      phase: 'ended',
      endedBy: 'customer',
    });
  });

  test('I3: none of them came back to the customer, though eGain sent each back', async () => {
    await world.simulator.control.whenIdle();
    world.simulator.control.act(conversation, { do: 'send', type: 'text', content: { text: 'bye' } });
    await eventually(() => received('u-in').length > 0);
    expect(received('u-in').map(({ type, text }) => [type, text])).toEqual([['text', 'bye']]);
  });

  test('what cannot be without a conversation is ignored where there is none, and never opens one', async () => {
    const { control } = world.simulator;
    const before = control.conversations().length;
    const nobody = { id: 'u-none' };
    for (const [index, { says }] of inbound.entries()) {
      if (['text', 'choice'].includes(says.type)) continue;
      const sent = await world.channel.send({ ...says, id: `none-${index}`, customer: nobody });
      expect(sent.status).toBe(202);
    }
    // The lane is in order, so this one comes after all of them.
    const own = await open(nobody);
    expect(control.conversations()).toHaveLength(before + 1);
    expect(control.conversation(own)?.messages.map(({ type }) => type.value)).toEqual(['text']);
  });
});

interface OutboundRow {
  /** eGain's type. */
  readonly from: string;
  /** What the channel gets besides id, conversation and customer; `raw` is eGain's message. */
  readonly arrives: Readonly<Record<string, unknown>>;
  readonly withRaw?: boolean;
  /** The same on a channel without system messages and typing; absent = the same, null = nothing. */
  readonly quietly?: Readonly<Record<string, unknown>> | null;
}

const words = (type: string, line: string, more: object = {}): Pick<OutboundRow, 'arrives' | 'quietly'> => ({
  arrives: { type, text: line, ...more },
  quietly: { type, ...more },
});
const rich = (kind: string): OutboundRow => ({
  from: `richMessage.${kind}`,
  arrives: {
    type: 'rich',
    text: expect.any(String),
    rich: expect.objectContaining({ kind, raw: expect.objectContaining({ version: '1' }) }),
  },
});
const outbound: readonly OutboundRow[] = [
  { from: 'text', arrives: { type: 'text', text: 'How can I help?', html: '<p>How can I <b>help</b>?</p>' } },
  { from: 'typing.start', arrives: { type: 'typing.start' }, quietly: null },
  { from: 'typing.end', arrives: { type: 'typing.end' }, quietly: null },
  { from: 'customer.info', arrives: { type: 'customer.info' }, withRaw: true },
  {
    from: 'error',
    ...words('error', 'One of your messages could not be processed.', {
      replyTo: 'opening',
      event: { code: 'unsupported-content' },
    }),
    withRaw: true,
  },
  {
    from: 'escalation.transfer',
    ...words('escalation.transfer', 'You are being connected to an agent.', { event: { name: 'Service' } }),
    withRaw: true,
  },
  {
    from: 'pagePush',
    arrives: { type: 'page.push', text: 'https://help.example.com/returns' },
    withRaw: true,
  },
  {
    from: 'conversation.state',
    ...words('conversation.state', 'You are being connected to an agent.', {
      event: { status: 'escalated' },
    }),
    withRaw: true,
  },
  { from: 'agent.join', ...words('agent.join', 'Sam entrou na conversa.') },
  // Not among the usual lines.
  { from: 'agent.available', arrives: { type: 'agent.available' }, withRaw: true },
  {
    from: 'agent.unavailable',
    ...words(
      'agent.unavailable',
      'Nobody is available at the moment. Please write to us again during our service hours.',
    ),
  },
  {
    from: 'agent.transfer',
    ...words('agent.transfer', 'You are being transferred to Kim.', { event: { name: 'Kim' } }),
    withRaw: true,
  },
  {
    from: 'queue.transfer',
    ...words('queue.transfer', 'You are being transferred to Returns.', { event: { name: 'Returns' } }),
    withRaw: true,
  },
  ...[
    'listpicker',
    'quickreply',
    'template',
    'timepicker',
    'richlink',
    'form',
    'payment',
    'app',
    'authentication',
  ].map(rich),
  { from: 'conversation.end', ...words('conversation.end', 'A conversa terminou.') },
];

describe('to the customer', () => {
  const customer = { id: 'u-out', name: 'Dana', language: 'pt-BR' };
  let conversation: string;
  let quietConversation: string;
  const arrive = async (channel: SampleChannel, id: string, action: ActionInput, nothing = false) => {
    const before = channel.received().length;
    const acted = world.simulator.control.act(id, action);
    const [sent] = acted.ok ? acted.messages : [];
    if (nothing) await world.simulator.control.whenIdle();
    else await channel.until((all) => all.length > before, 10_000);
    return { sent: JSON.parse(JSON.stringify(sent)) as unknown, got: channel.received().slice(before) };
  };
  beforeAll(async () => {
    conversation = await open(customer);
    await quiet.send({ customer, id: 'opening', text: 'hello' });
    const found = await eventually(() =>
      world.simulator.control.conversations().find(({ channelType }) => channelType === 'custom.quiet'),
    );
    quietConversation = found.id;
    for (const id of [conversation, quietConversation])
      world.simulator.control.act(id, { do: 'join', name: 'Sam' });
    await eventually(() => received('u-out').length === 1 && quiet.received().length === 1);
  });

  test('covers the 23 types a customer may receive', () => {
    const may = contract.filter(({ agent, bot }) => agent || bot).map(({ value }) => value);
    expect(may).toHaveLength(23);
    expect(outbound.map(({ from }) => from).sort()).toEqual(may.sort());
  });

  const expected = (row: OutboundRow, arrives: object, sent: unknown, conversationId: string) => ({
    id: (sent as { id: string }).id,
    conversationId,
    customer: { id: 'u-out' },
    sender:
      row.from === 'conversation.state'
        ? { type: 'system', name: 'system' }
        : { type: 'egain_agent', name: 'Sam' },
    ...arrives,
    ...(row.withRaw === true ? { raw: sent } : {}),
  });

  test.each(outbound)('$from', async (row) => {
    const action = { do: 'sample', type: row.from } as ActionInput;
    const { sent, got } = await arrive(world.channel, conversation, action);
    expect(got).toEqual([expected(row, row.arrives, sent, conversation)]);
  });

  test.each(outbound)('$from on a channel without system messages and typing', async (row) => {
    const action = { do: 'sample', type: row.from } as ActionInput;
    const { sent, got } = await arrive(quiet, quietConversation, action, row.quietly === null);
    const arrives = row.quietly === undefined ? row.arrives : row.quietly;
    expect(got).toEqual(arrives === null ? [] : [expected(row, arrives, sent, quietConversation)]);
  });

  test('a type nobody has heard of arrives under its own name', async () => {
    const action: ActionInput = { do: 'send', type: 'agent.dance', content: { text: 'la la' } };
    const { sent, got } = await arrive(world.channel, conversation, action);
    expect(got).toMatchObject([{ type: 'agent.dance', text: 'la la', raw: sent }]);
  });
});
