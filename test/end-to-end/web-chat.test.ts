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
      .find(({ messages }) => messages.some(({ content }) => JSON.stringify(content).includes(text))),
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
