/** Every operation once, by each door there is. What a step does is seen on the simulator's side, not believed. */
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { EgainClient } from '../../../src/egain/index.js';
import type { Desk } from '../api/desk.js';
import { continuing, starting } from '../simulator/support.js';
import { account, assetBody, botsApplication, kinds, type Ids } from './objects.js';

/** `label` is how a user writes it. */
export type Step = (label: string, run: () => Promise<unknown>) => Promise<unknown>;

const withId = z.looseObject({ id: z.string() });
const sent = z.looseObject({
  messages: z.looseObject({ message: z.array(z.looseObject({ conversation: withId })) }),
});

const opening = { messages: { message: [starting('m-1', 'Hello')] } };
const ending = (conversation: string): object => ({
  messages: {
    message: [
      continuing('m-2', '', conversation, { type: { value: 'conversation.end' }, content: undefined }),
    ],
  },
});

interface AnyResource {
  create(body: unknown): Promise<{ readonly id: string }>;
  get(id: string): Promise<unknown>;
  list(): AsyncIterable<unknown>;
  update(id: string, body: unknown): Promise<void>;
  delete(id: string): Promise<void>;
}

export async function clientTour(client: EgainClient, step: Step): Promise<void> {
  const ids: Record<string, string> = {};
  const resources: Readonly<Record<string, AnyResource>> = {
    authentications: client.authentications,
    clientApplications: client.clientApplications,
    participants: client.participants,
    channels: client.channels,
    orchestrations: client.orchestrations,
    accounts: client.accounts,
  };
  const of = (member: string): AnyResource => {
    const found = resources[member];
    if (found === undefined) throw new Error(`the client has no ${member}`);
    return found;
  };
  for (const { member, body } of kinds) {
    const resource = of(member);
    const wanted = body(ids);
    const made = await step(`${member}.create(body)`, () => resource.create(wanted));
    const { id } = withId.parse(made);
    ids[member] = id;
    await step(`${member}.list()`, async () => {
      for await (const item of resource.list()) withId.parse(item);
    });
    await step(`${member}.get(id)`, () => resource.get(id));
    await step(`${member}.update(id, body)`, () => resource.update(id, wanted));
  }
  for (const { member } of kinds.toReversed()) {
    await step(`${member}.delete(id)`, () => of(member).delete(ids[member] ?? ''));
  }

  const unchecked: { send(body: unknown): Promise<unknown> } = client.conversations;
  const answer = sent.parse(await step('conversations.send(body)', () => unchecked.send(opening)));
  const conversation = answer.messages.message[0]?.conversation.id ?? '';
  await step('conversations.send(body)', () => unchecked.send(ending(conversation)));
  await step('conversations.fetch(id)', () => client.conversations.fetch(conversation));

  await step('assets.create(body)', () => client.assets.create(assetBody));
  const bytes = Buffer.from('terms');
  const uploaded = await step('assets.upload(file)', () =>
    client.assets.upload({
      channelType: account.channel,
      senderType: 'customer',
      name: 'terms.txt',
      contentType: 'text/plain',
      size: bytes.length,
      open: () => Readable.from([bytes]),
    }),
  );
  const { id } = withId.parse(uploaded);
  await step('assets.get(id)', () => client.assets.get(id));
  await step('assets.download(id)', async () => buffer((await client.assets.download(id)).body));
  await step('assets.delete(id)', () => client.assets.delete(id));
}

export async function commandTour(desk: Desk, step: Step): Promise<void> {
  const typed = (label: string, args: readonly string[], body?: object): Promise<unknown> =>
    step(label, () => desk.json(['api', ...args], body === undefined ? '' : stringify(body)));
  const ids: Record<string, string> = {};
  const file = ['--file', '-'];
  for (const { member, command, body } of kinds) {
    const wanted = body(ids satisfies Ids);
    const { id } = withId.parse(await typed(`${command} create`, [command, 'create', ...file], wanted));
    ids[member] = id;
    await typed(`${command} list`, [command, 'list']);
    await typed(`${command} get`, [command, 'get', id]);
    await typed(`${command} update`, [command, 'update', id, ...file], wanted);
  }
  for (const { member, command } of kinds.toReversed()) {
    await typed(`${command} delete`, [command, 'delete', ids[member] ?? '']);
  }

  const answer = await typed('conversations send', ['conversations', 'send', ...file], opening);
  const conversation = sent.parse(answer).messages.message[0]?.conversation.id ?? '';
  await typed('conversations send', ['conversations', 'send', ...file], ending(conversation));
  await typed('conversations get', ['conversations', 'get', conversation]);

  await typed('assets create', ['assets', 'create', ...file], assetBody);
  const path = await desk.file('terms.txt', 'terms');
  const upload = ['assets', 'upload', path, '--channel', account.channel];
  const { id } = withId.parse(await typed('assets upload', upload));
  await typed('assets get', ['assets', 'get', id]);
  await typed('assets download', ['assets', 'download', id, '-o', join(desk.folder, 'copy.txt')]);
  await typed('assets delete', ['assets', 'delete', id]);
}

/** Makes, changes, exports and takes down a declared state. */
export async function provisioningTour(desk: Desk, step: Step): Promise<void> {
  const declare = async (change: Readonly<Record<string, string>>): Promise<string> =>
    desk.file('declared.yaml', stringify(declaration(change)));
  const first = await declare({});
  const run = (verb: string, file: string, ...more: readonly string[]): Promise<unknown> =>
    step(verb, async () => {
      const { stderr, exitCode } = await desk.type(['provision', verb, ...more, '--config', file]);
      if (exitCode === 1) throw new Error(stderr);
    });
  await run('plan', first);
  await run('apply', first, '--yes');
  const changed = await declare({ description: 'changed' });
  await run('apply', changed, '--yes', '--rotate-secrets');
  await run('export', changed);
  await run('destroy', changed, '--yes');
}

function declaration({ description = 'first' }: Readonly<Record<string, string>>): object {
  return {
    publicUrl: `https://${description}.example.com`,
    egain: {
      callback: {
        authentication: [
          { type: 'basic', username: `egain-${description}`, password: 'callback-password-0123' },
        ],
      },
    },
    provisioning: {
      notificationEmail: 'oncall@example.com',
      participants: [{ name: 'order-bot', description, application: { name: botsApplication.name } }],
      bots: { participants: ['order-bot'], forwardTranscript: description === 'first' },
    },
    channels: {
      support: {
        adapter: 'webhook',
        url: 'https://chat.example.com/bridge',
        secrets: [`whsec_${Buffer.alloc(24, 7).toString('base64')}`],
        manifest: { type: 'custom.declared', displayName: 'Declared', description },
        account: { address: 'acme-declared', description },
      },
    },
  };
}
