import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ChatTab, type ChatStream } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { operateWellOn } from './support/operate.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

const chat = {
  adapter: 'webchat',
  secrets: ['a-secret-of-the-chat-tests-0123456789'],
  manifest: { type: 'custom.chat', displayName: 'Chat' },
  account: { address: 'acme-chat' },
};

let world: World;
let webs: [BridgeProcess, BridgeProcess];
let worker: BridgeProcess;
const opened: { close(): unknown }[] = [];

beforeAll(async () => {
  world = await startWorld({
    overrides: { channels: { chat }, delivery: { backoff: { firstMs: 100, maxMs: 500 } } },
  });
  worker = await world.startBridge({ role: 'worker' });
  webs = [await world.startBridge({ role: 'web' }), await world.startBridge({ role: 'web' })];
  connect(world, webs[0]);
}, 60_000);
afterAll(async () => {
  for (const thing of opened.splice(0)) await thing.close();
  await world.stop();
});

async function newTab(url = webs[0].url): Promise<ChatTab> {
  const tab = await ChatTab.open(url, 'chat');
  opened.push(tab);
  return tab;
}
async function streamOf(tab: ChatTab, cursor?: string): Promise<ChatStream> {
  const stream = await tab.stream(cursor);
  opened.push(stream);
  return stream;
}
/** The conversation that a customer's first words have opened. */
const conversationOf = (text: string) =>
  eventually(() =>
    world.simulator.control
      .conversations()
      .find(({ messages }) => JSON.stringify(messages).includes(JSON.stringify(text).slice(1, -1))),
  );
const answer = (conversation: string, text: string): void => {
  world.simulator.control.act(conversation, { do: 'text', text });
};
const lastId = (stream: ChatStream): string => stream.events.filter(({ id }) => id !== '').at(-1)?.id ?? '';
const heard = (stream: ChatStream): string[] =>
  stream.events
    .filter(({ data }) => data['type'] === 'text' && data['own'] !== true)
    .map(({ data }) => String(data['text']));

describe('a web chat through real processes', () => {
  test('words go up, answers come down, on another process than the worker', async () => {
    const tab = await newTab();
    const stream = await streamOf(tab);
    expect((await tab.say('where is my parcel?')).status).toBe(202);
    const { id, customer } = await conversationOf('where is my parcel?');
    expect(JSON.stringify(customer)).toContain('anon-');
    answer(id, 'on its way <b>now</b>');
    await stream.until((open) => heard(open).length === 1);
    expect(heard(stream)).toEqual(['on its way <b>now</b>']);
    expect(worker.pid).not.toBe(webs[0].pid);
  });

  test('I2: two tabs on two processes both see everything, in one order', async () => {
    const tab = await newTab();
    const other = new ChatTab(webs[1].url, 'chat', tab.token);
    opened.push(other);
    const streams = await Promise.all([streamOf(tab), streamOf(other)]);
    await tab.say('two tabs here');
    const { id } = await conversationOf('two tabs here');
    for (let n = 0; n < 10; n += 1) {
      answer(id, `answer ${n}`);
      if (n % 3 === 0) expect((await other.say(`question ${n}`)).status).toBe(202);
    }
    for (const stream of streams) await stream.until((open) => open.texts().length === 15);
    const [first, second] = streams.map((stream) => stream.texts());
    expect(second).toEqual(first);
    expect(streams.map(heard)[0]).toEqual(Array.from({ length: 10 }, (_, n) => `answer ${n}`));
  });

  test('I13: a tab that was closed goes on where it was, and what it has shown leaves Redis', async () => {
    const tab = await newTab();
    const before = await streamOf(tab);
    await tab.say('closing soon');
    const { id } = await conversationOf('closing soon');
    answer(id, 'seen');
    await before.until((open) => heard(open).length === 1);
    const cursor = lastId(before);
    before.close();
    answer(id, 'missed one');
    answer(id, 'missed two');
    await eventually(async () => (await world.redis.client().keys('*:q:*')).length > 0);
    const after = await streamOf(tab, cursor);
    await after.until((open) => heard(open).length === 2);
    expect(heard(after)).toEqual(['missed one', 'missed two']);
    await tab.acknowledge(lastId(after));
    const redis = world.redis.client();
    const kept = await Promise.all((await redis.keys('*:q:*')).map((key) => redis.xrange(key, '-', '+')));
    expect(JSON.stringify(kept)).not.toMatch(/seen|missed/);
  });

  test('I11, I12: a process leaves in mid-conversation; the chat goes on at another, nothing lost or doubled', async () => {
    const leaving = await world.startBridge({ role: 'web' });
    const tab = await newTab(leaving.url);
    const stream = await streamOf(tab);
    await tab.say('roll-out begins');
    const { id } = await conversationOf('roll-out begins');
    for (let n = 0; n < 5; n += 1) answer(id, `before ${n}`);
    await stream.until((open) => heard(open).length >= 1);
    leaving.signal('SIGTERM');
    for (let n = 0; n < 5; n += 1) answer(id, `during ${n}`);
    await stream.until((open) => open.ended);
    expect(stream.events.at(-1)).toMatchObject({ name: 'end', data: { reason: 'restart' } });
    expect(await leaving.exited).toEqual({ code: 0, signal: null });

    tab.url = webs[1].url;
    const again = await streamOf(tab, lastId(stream));
    expect((await tab.say('still here')).status).toBe(202);
    answer(id, 'after');
    await again.until((open) => heard(open).includes('after'));
    expect([...heard(stream), ...heard(again)]).toEqual([
      ...[0, 1, 2, 3, 4].map((n) => `before ${n}`),
      ...[0, 1, 2, 3, 4].map((n) => `during ${n}`),
      'after',
    ]);
  });

  test('text is text on both sides, and an agent’s HTML only what a chat shows of it', async () => {
    const tab = await newTab();
    const stream = await streamOf(tab);
    const literal = '<script>alert("up")</script> & <b>';
    await tab.say(literal);
    const { id, messages } = await conversationOf('alert("up")');
    expect(messages.map(({ content }) => (content as { text?: string }).text)).toContain(literal);
    answer(id, '<img src=x onerror=alert(1)>');
    world.simulator.control.act(id, {
      do: 'html',
      html: '<b onclick="alert(1)">bold</b><script>alert(2)</script>',
    });
    await stream.until((open) => heard(open).length === 2);
    const [plain, rich] = stream.events.filter(({ data }) => data['own'] !== true).slice(-2);
    expect(plain?.data).toMatchObject({ text: '<img src=x onerror=alert(1)>' });
    expect(plain?.data).not.toHaveProperty('content');
    expect(rich?.data).toMatchObject({ text: 'bold', content: [{ tag: 'b', children: ['bold'] }] });
    expect(JSON.stringify(rich)).not.toContain('alert');
  });

  test('a tap on an option reaches eGain as that choice, with its list as the parent', async () => {
    const tab = await newTab();
    const stream = await streamOf(tab);
    await tab.say('offer me something');
    const { id } = await conversationOf('offer me something');
    world.simulator.control.act(id, { do: 'rich', kind: 'listpicker' });
    const offered = () => stream.events.find(({ data }) => data['offer'] !== undefined)?.data;
    await stream.until(() => offered() !== undefined);
    const { options } = offered()?.['offer'] as { options: { id: string; title: string }[] };
    const [first] = options;
    const tap = { type: 'choice', choices: [{ id: first?.id }], replyTo: offered()?.['id'] };
    expect((await tab.say('', tap)).status).toBe(202);
    const sent = await eventually(() =>
      world.simulator
        .records()
        .find(
          (record) =>
            record.kind === 'message' &&
            record.conversationId === id &&
            JSON.stringify(record).includes(first?.title ?? '?') &&
            record.direction === 'inbound',
        ),
    );
    expect(JSON.stringify(sent)).toContain('parent');
  });

  test('files go up by a ticket, and an agent’s come down as links of the bridge’s own', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    );
    const tab = await newTab();
    const stream = await streamOf(tab);
    const uploaded = await tab.upload('photo.png', png);
    expect([uploaded.status, uploaded.json]).toEqual([
      201,
      { assetId: expect.any(String), name: 'photo.png', size: png.length, contentType: 'image/png' },
    ]);
    const attachments = [{ name: 'photo.png', assetId: uploaded.json['assetId'] }];
    expect((await tab.say('my picture', { attachments })).status).toBe(202);
    const { id } = await conversationOf('my picture');
    await conversationOf('photo.png');

    // Another customer cannot send what this one has uploaded.
    const stranger = await newTab();
    const theirs = await tab.upload('mine.png', png);
    await stranger.say('stolen', { attachments: [{ name: 'mine.png', assetId: theirs.json['assetId'] }] });
    const { id: strangers } = await conversationOf('stolen');
    await stranger.say('afterwards');
    await conversationOf('afterwards');
    expect(
      JSON.stringify(world.simulator.control.conversations().find((one) => one.id === strangers)),
    ).not.toContain('mine.png');

    const shelf = createServer(
      (_, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(png),
    );
    await new Promise<void>((resolve) => shelf.listen(0, '127.0.0.1', resolve));
    opened.push(shelf);
    const { port } = shelf.address() as AddressInfo;
    const file = { name: 'map.png', contentType: 'image/png', url: `http://127.0.0.1:${port}/map.png` };
    world.simulator.control.act(id, { do: 'file', files: [file] });
    const shown = () =>
      stream.events.find(({ data }) => data['own'] !== true && data['attachments'] !== undefined);
    await stream.until(() => shown() !== undefined);
    const [link] = shown()?.data['attachments'] as { name: string; url: string }[];
    expect(link).toMatchObject({ name: 'map.png', url: expect.stringMatching(/\/assets\//) });
    // Any process serves it, whichever made the link.
    const fetched = await fetch(new URL(new URL(link?.url ?? '').pathname, webs[1].url));
    expect([fetched.status, Buffer.from(await fetched.arrayBuffer())]).toEqual([200, png]);
  });

  test('the page comes with its scripts, and every script it asks for is there', async () => {
    const seen = new Set<string>();
    const visit = async (name: string): Promise<void> => {
      if (seen.has(name)) return;
      seen.add(name);
      const found = await fetch(`${webs[1].url}/chat/chat/${name}`);
      expect([name, found.status, found.headers.get('content-type')]).toEqual([
        name,
        200,
        'text/javascript; charset=utf-8',
      ]);
      for (const [, next = ''] of (await found.text()).matchAll(/from '\.\/([a-z-]+\.js)'/g))
        await visit(next);
    };
    await visit('page.js');
    expect(seen.size).toBeGreaterThan(8);
    const widget = await fetch(`${webs[1].url}/chat/chat/widget.js`);
    expect([widget.status, widget.headers.get('cross-origin-resource-policy')]).toEqual([
      200,
      'cross-origin',
    ]);
    // A site's plain script element cannot load a module.
    expect(await widget.text()).not.toMatch(/^(?:import|export) /m);
  });

  test('a customer who is forgotten leaves nothing to fetch', async () => {
    const tab = await newTab();
    await tab.say('forget me');
    const { id } = await conversationOf('forget me');
    answer(id, 'a last word');
    const redis = world.redis.client();
    const kept = async () =>
      JSON.stringify(
        await Promise.all((await redis.keys('*:q:*')).map((key) => redis.xrange(key, '-', '+'))),
      );
    await eventually(async () => (await kept()).includes('a last word'));
    const [payload = ''] = tab.token.split('.');
    const { u } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { u: { id: string } };
    await operateWellOn(webs[0].configFile, ['customers', 'forget', 'chat', u.id]);
    expect(await kept()).not.toMatch(/forget me|a last word/);
  });
});
