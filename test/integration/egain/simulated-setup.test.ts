import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { createEgainClient, type EgainClient } from '../../../src/egain/client.js';
import { EgainError } from '../../../src/egain/errors.js';
import type { UploadMode } from '../../../src/egain/signed-url.js';
import { startSimulator, type Simulator, type SwitchesInput } from '../../../src/simulator/index.js';

/** Every operation of the client against the simulated API, which somebody else wrote from the same contract. */
let simulator: Simulator;
let agent: Agent;
let client: EgainClient;

async function start(switches: SwitchesInput = {}, uploadMode: UploadMode = 'post-raw'): Promise<void> {
  simulator = await startSimulator({
    clients: [
      {
        id: 'client-1',
        secret: 'simulated-client-secret',
        scopes: [
          'app.conversation.conversationmgr.manage',
          'app.conversation.conversationmgr.interaction.manage',
        ],
      },
    ],
    switches,
  });
  const answer = await request(simulator.tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'client-1',
      client_secret: 'simulated-client-secret',
      scope: 'https://api.egain.cloud/auth/.default',
    }).toString(),
  });
  const { access_token: token } = (await answer.body.json()) as { access_token: string };
  agent = new Agent();
  client = createEgainClient({
    apiUrl: simulator.url,
    token: { get: () => Promise.resolve(token), rejected: () => Promise.resolve(), close: () => undefined },
    dispatcher: agent,
    timeoutMs: 5000,
    uploadMode,
  });
}
beforeEach(() => start());
afterEach(async () => {
  await agent.destroy();
  await simulator.close();
});

async function all<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of list) items.push(item);
  return items;
}

const channelBody = { type: 'custom.support', displayName: 'Support', icon: 'iVBORw0KGgo=' };

describe('a tenant is set up through the client', () => {
  test('from authentication to account, and taken down in reverse', async () => {
    const authentication = await client.authentications.create({
      name: 'bridge-basic',
      type: 'basic',
      basicAuth: { username: 'hub', password: 'a-password-of-24-letters' },
    });
    const role = { version: 'v3', notificationEmail: 'oncall@example.com' } as const;
    const application = await client.clientApplications.create({
      name: 'bridge',
      roles: [
        {
          ...role,
          name: 'customer',
          callback: 'https://b.example/egain/callback',
          authentication: { id: authentication.id },
        },
        { ...role, name: 'custom_bot', callback: 'https://b.example/bot' },
        { ...role, name: 'custom_agent', callback: 'https://b.example/agent' },
      ],
    });
    const participant = await client.participants.create({
      name: 'order-bot',
      type: 'custom_bot',
      application: { id: application.id },
      intents: { intent: [{ value: 'order_status', displayValue: 'Order status' }] },
    });
    const channel = await client.channels.create(channelBody);
    const orchestration = await client.orchestrations.create({
      name: 'bot first',
      applications: {
        customerConfiguration: { customer: { id: application.id } },
        botConfiguration: { bots: [{ id: application.id, participant: { id: participant.id } }] },
        agentConfiguration: { agents: [{ id: application.id }] },
      },
    });
    const account = await client.accounts.create({
      name: 'support',
      address: 'acme-support',
      channel: { id: channel.id },
      chatConfigurations: {
        timeout: 30,
        orchestration: { id: orchestration.id },
        entryPoint: { id: '1001' },
      },
    });

    const read = await client.channels.get(channel.id);
    expect(read).toMatchObject({ ...channelBody, id: channel.id });
    await client.channels.update(channel.id, {
      ...channelBody,
      displayName: 'Help',
      modified: read.modified,
    });
    expect((await client.channels.get(channel.id)).displayName).toBe('Help');
    expect((await all(client.accounts.list())).map(({ id }) => id)).toContain(account.id);
    expect(await client.authentications.get(authentication.id)).toMatchObject({ type: 'basic' });

    await client.accounts.delete(account.id);
    await client.orchestrations.delete(orchestration.id);
    await client.channels.delete(channel.id);
    await client.participants.delete(participant.id);
    await client.clientApplications.delete(application.id);
    await client.authentications.delete(authentication.id);
    const gone = await client.channels.get(channel.id).catch((error: unknown) => error);
    if (!(gone instanceof EgainError)) throw new Error('expected an EgainError');
    expect(gone).toMatchObject({ status: 404, isEgainAnswer: true });
  });

  test.each([true, false])('lists are read to their end (paging %s)', async (paging) => {
    await agent.destroy();
    await simulator.close();
    await start({ paging, defaultPageSize: 3 });
    for (let n = 0; n < 10; n += 1) await client.channels.create({ ...channelBody, type: `custom.c${n}` });
    const types = (await all(client.channels.list())).map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(Array.from({ length: 10 }, (_, n) => `custom.c${n}`)));
    expect(types).toHaveLength(10);
  });
});

test.each(['post-raw', 'post-multipart', 'put-raw'] as const)(
  'a file goes up by %s and comes down again',
  async (mode) => {
    await agent.destroy();
    await simulator.close();
    await start({ uploadMode: mode }, mode);
    await client.channels.create(channelBody);
    const bytes = Buffer.alloc(300_000, 'file ');
    const { id } = await client.assets.upload({
      channelType: channelBody.type,
      senderType: 'customer',
      name: 'label.png',
      contentType: 'image/png',
      size: bytes.length,
      open: () => Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]),
    });
    const got = await client.assets.download(id);
    expect(got).toMatchObject({ name: 'label.png', contentType: 'image/png', size: bytes.length });
    expect((await buffer(got.body)).equals(bytes)).toBe(true);
    await client.assets.delete(id);
  },
);
