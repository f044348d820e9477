import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { ChatTab } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { startFileHost, type FileHost } from '../support/file-host.js';
import { documentedRules, grantedCommands, scriptedCommands } from '../support/redis-acl.js';
import { redisTls, type RedisTls } from '../support/redis-tls.js';
import { uploadFile } from '../support/upload.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';
import { operateOn, operateWellOn } from './support/operate.js';

const password = 'password-of-the-bridge-in-redis';
const rules = documentedRules(password);

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(2000, 1)]);
const chat = {
  adapter: 'webchat',
  secrets: ['a-secret-of-the-chat-tests-0123456789'],
  manifest: { type: 'custom.chat', displayName: 'Chat' },
  account: { address: 'acme-chat' },
};

let tls: RedisTls;
let world: World;
let host: FileHost;
let worker: BridgeProcess;
let web: BridgeProcess;
let redisSection: Record<string, unknown>;

beforeAll(async () => {
  tls = await redisTls('required');
  world = await startWorld({
    redis: { extra: tls.extra },
    overrides: {
      channels: { chat },
      files: { allowHosts: ['127.0.0.1'] },
      delivery: { unknownConversationWaitMs: 300, backoff: { firstMs: 100, maxMs: 200 } },
    },
  });
  host = await startFileHost();
  const admin = world.redis.client();
  await admin.call('ACL', 'SETUSER', 'bridge', 'reset', ...rules);
  await admin.call('CONFIG', 'RESETSTAT');
  const { cert, key } = tls.authority.issue('bridge');
  await writeFile(join(tls.dir, 'bridge.pem'), cert);
  await writeFile(join(tls.dir, 'bridge.key'), key);
  redisSection = {
    url: `rediss://127.0.0.1:${tls.port}`,
    username: 'bridge',
    password,
    tls: {
      caFile: join(tls.dir, 'ca.pem'),
      certFile: join(tls.dir, 'bridge.pem'),
      keyFile: join(tls.dir, 'bridge.key'),
    },
  };
  const replace = { redis: redisSection };
  worker = await world.startBridge({ role: 'worker', replace });
  web = await world.startBridge({ role: 'web', replace });
  connect(world, web);
}, 60_000);
afterAll(async () => {
  await host.close();
  await world.stop();
  await tls.remove();
});

const operate = (...argv: readonly string[]) => operateOn(web.configFile, argv);
const operateWell = (...argv: readonly string[]) => operateWellOn(web.configFile, argv);
const received = () => world.channel.received();
const inbound = (text: string): boolean =>
  world.simulator
    .records()
    .some((record) => record.kind === 'message' && record.direction === 'inbound' && record.text === text);
const conversationOf = (words: string) =>
  eventually(() =>
    world.simulator.control
      .conversations()
      .find(({ messages }) => JSON.stringify(messages).includes(JSON.stringify(words).slice(1, -1))),
  );
const say = async (customer: string, text: string, more: Record<string, unknown> = {}): Promise<string> => {
  const sent = await world.channel.send({ customer: { id: customer }, text, ...more });
  expect(sent.status).toBe(202);
  return sent.id;
};

/** What the user was not allowed to do, in Redis's own words. */
async function denials(): Promise<readonly string[]> {
  const log = await world.redis.client().call('ACL', 'LOG');
  return (Array.isArray(log) ? log : []).map((entry) => JSON.stringify(entry));
}

describe('a Redis with TLS, client certificates and a user who may do the documented least', () => {
  test('texts, choices, files and a chat go both ways', async () => {
    await say('dana', 'hello', { attachments: [{ name: 'a.png', url: host.put('/a.png', png) }] });
    const { id } = await conversationOf('hello');
    const { control } = world.simulator;
    control.act(id, { do: 'text', text: 'good day' });
    await eventually(() => received().some(({ text }) => text === 'good day'));
    control.act(id, {
      do: 'rich',
      kind: 'listpicker',
      json: {
        type: 'list',
        title: 'Which?',
        list: { sections: [{ title: 'All', items: [{ id: 'one', title: 'First' }] }] },
      },
    });
    await eventually(() => received().some(({ type }) => type === 'rich'));
    await say('dana', '1');
    await eventually(() => inbound('First'));
    control.act(id, {
      do: 'file',
      files: [{ ...control.storeFile({ name: 'reply.png', bytes: png }) }],
    });
    const link = await eventually(
      () => received().flatMap(({ attachments = [] }) => attachments.map(({ url }) => url))[0],
    );
    const file = await request(web.url + new URL(link).pathname);
    expect((await file.body.bytes()).length).toBe(png.length);
    const uploaded = await uploadFile({
      askAt: web.url,
      sendTo: web.url,
      secret: world.secret,
      name: 'u.png',
      bytes: png,
    });
    expect(uploaded.status).toBe(201);
    await say('dana', 'uploaded', { attachments: [{ name: 'u.png', assetId: uploaded.body['assetId'] }] });
    await eventually(() => inbound('uploaded'));

    const tab = await ChatTab.open(web.url, 'chat');
    const stream = await tab.stream();
    expect((await tab.say('from the chat')).status).toBe(202);
    const chatting = await conversationOf('from the chat');
    control.act(chatting.id, { do: 'text', text: 'to the chat' });
    await stream.until((open) => open.texts().includes('to the chat'));
    await tab.acknowledge(stream.events.filter((event) => event.id !== '').at(-1)?.id ?? '');
    stream.close();
    control.act(id, { do: 'end' });
    await eventually(() => received().some(({ type }) => type === 'conversation.end'));
    expect(await denials()).toEqual([]);
  });

  test('what fails is repeated, dies, is put back, skipped, discarded, paused and forgotten', async () => {
    const { control } = world.simulator;
    control.addFault({ operation: 'sendMessage', kind: 'status', status: 503, times: 2 });
    await say('eve', 'in the end');
    await eventually(() => inbound('in the end'));
    control.addFault({ operation: 'sendMessage', kind: 'status', status: 429, times: 1 });
    await say('eve', 'after a pause');
    await eventually(() => inbound('after a pause'), { timeoutMs: 20_000 });
    control.addFault({ operation: 'sendMessage', kind: 'status', status: 400, times: 2 });
    const dead = await say('eve', 'dies');
    await say('eve', 'dies too');
    await eventually(
      async () => (await operateWell('dead-letters', 'list', '--json')).split('\n').length === 3,
    );
    const listed = (await operateWell('dead-letters', 'list', '--json')).split('\n')[0] ?? '';
    const { id } = JSON.parse(listed) as { readonly id: string };
    expect(await operateWell('dead-letters', 'show', id)).toContain('dies');
    expect(await operateWell('dead-letters', 'retry', id)).toBe('1 put back\n');
    expect(await operateWell('dead-letters', 'discard', '--all')).toContain('1');
    expect(await operateWell('messages', 'trace', dead)).toContain(dead);

    await operateWell('channels', 'pause', 'support', '--direction', 'in');
    // Workers look at the gates four times a second.
    await new Promise((resolve) => setTimeout(resolve, 600));
    await say('fred', 'waits');
    await say('fred', 'waits too');
    expect(await operateWell('channels', 'list')).toContain('paused');
    const lane = await eventually(async () => {
      const lines = (await operateWell('lanes', 'list', '--json')).trim().split('\n');
      return lines.map((line) => (JSON.parse(line) as { readonly lane: string }).lane)[0];
    });
    expect(await operateWell('lanes', 'show', lane)).toContain(lane);
    await operateWell('lanes', 'skip', lane);
    await operateWell('channels', 'resume', 'support');
    await eventually(() => inbound('waits too'));
    expect(await operateWell('customers', 'forget', 'support', 'dana')).toContain('removed');

    control.act((await conversationOf('in the end')).id, { do: 'text', text: 'still here' });
    await eventually(() => received().some(({ text }) => text === 'still here'));
    expect(await denials()).toEqual([]);
  });

  test('health, figures and the doctor', async () => {
    for (const { managementUrl } of [web, worker]) {
      for (const path of ['readyz', 'livez', 'metrics']) {
        const answer = await request(`${managementUrl}/${path}`);
        expect([path, answer.statusCode]).toEqual([path, 200]);
        await answer.body.dump();
      }
    }
    expect((await operate('doctor')).stdout).toMatch(/^ok +redis: it answers$/m);
    expect((await operate('doctor')).stdout).toMatch(/^ok +redis layout/m);
    expect(await denials()).toEqual([]);
  });

  test('a killed worker’s lanes go on, and what was taken in meanwhile', async () => {
    world.channel.setFaults([]);
    worker.signal('SIGKILL');
    await worker.exited;
    await say('gail', 'without a worker');
    worker = await world.startBridge({
      role: 'worker',
      replace: { redis: redisSection },
      // The same instance again, as `migrate` waits for one that was killed and never came back.
      managementPort: Number(new URL(worker.managementUrl).port),
    });
    await eventually(() => inbound('without a worker'), { timeoutMs: 30_000 });
    expect(await denials()).toEqual([]);
  });

  test('the lanes are spread anew', async () => {
    await worker.stop();
    await say('hans', 'moves');
    await web.stop();
    const more = await world.startBridge({
      role: 'all',
      replace: { redis: { ...redisSection, shards: 3 } },
      untilReady: false,
    });
    expect((await more.exited).code).not.toBe(0);
    expect(await operateWellOn(more.configFile, ['migrate'])).toContain('spread over 3');
    web = await world.startBridge({ replace: { redis: { ...redisSection, shards: 3 } } });
    await eventually(() => inbound('moves'));
    expect(await denials()).toEqual([]);
  });

  test('every command that is granted was needed, or is one of a script’s', async () => {
    const stats = await world.redis.client().info('commandstats');
    const used = new Set([...stats.matchAll(/^cmdstat_([^:]+):/gm)].map(([, name = '']) => name));
    for (const name of scriptedCommands()) used.add(name);
    expect(grantedCommands(rules).filter((name) => !used.has(name))).toEqual([]);
  });
});
