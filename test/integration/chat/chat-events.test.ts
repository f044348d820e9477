import { afterEach, describe, expect, test } from '@jest/globals';
import { ChatTab, callChat, type ChatStream } from '../../support/chat-client.js';
import { eventually } from '../../support/eventually.js';
import { useWeb } from '../webhooks/support/web.js';
import { chatChannel, outboxOf } from './support.js';

const web = useWeb({
  direct: true,
  channels: { chat: chatChannel({ limits: { streams: 3, sessionsPerMinute: 1000 } }) },
});
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close();
});

const url = (): string => `http://127.0.0.1:${web().port}`;

/** A session and its customer's id. */
async function newTab(): Promise<{ tab: ChatTab; customer: string }> {
  const { json } = await callChat(url(), 'chat', 'session', { body: {} });
  const tab = new ChatTab(url(), 'chat', String(json['token']));
  opened.push(tab);
  return { tab, customer: (json['customer'] as { id: string }).id };
}
const secondTab = ({ token }: ChatTab): ChatTab => {
  const tab = new ChatTab(url(), 'chat', token);
  opened.push(tab);
  return tab;
};
async function streamOf(tab: ChatTab, cursor?: string): Promise<ChatStream> {
  const stream = await tab.stream(cursor);
  opened.push(stream);
  return stream;
}
const lastId = (stream: ChatStream): string => stream.events.at(-1)?.id ?? '';
const saw =
  (...texts: string[]) =>
  (stream: ChatStream) =>
    stream.texts().length >= texts.length;

describe('a chat’s events', () => {
  test('I13: what was said while nobody was there comes first, then what is said now, in order', async () => {
    const { tab, customer } = await newTab();
    const outbox = await outboxOf(web());
    await outbox.append(customer, 'one');
    await outbox.append(customer, 'two');
    const stream = await streamOf(tab);
    await stream.until(saw('one', 'two'));
    await outbox.append(customer, 'three');
    await stream.until(saw('one', 'two', 'three'));
    expect(stream.texts()).toEqual(['one', 'two', 'three']);
    expect([stream.status, stream.headers['content-type'], stream.headers['cache-control']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store, no-transform',
    ]);
  });

  test('I13: a tab that comes again is told only what it has not shown', async () => {
    const { tab, customer } = await newTab();
    const outbox = await outboxOf(web());
    for (let n = 0; n < 250; n += 1) await outbox.append(customer, `m${n}`);
    const first = await streamOf(tab);
    await first.until((stream) => stream.texts().length === 250);
    const cursor = first.events[99]?.id ?? '';
    first.close();
    const again = await streamOf(tab, cursor);
    await again.until((stream) => stream.texts().length === 150);
    expect(again.texts()[0]).toBe('m100');
    expect(again.texts().at(-1)).toBe('m249');
  });

  test('two tabs see everything in the same order, the customer’s own words included', async () => {
    const { tab, customer } = await newTab();
    const outbox = await outboxOf(web());
    const other = secondTab(tab);
    const streams = await Promise.all([streamOf(tab), streamOf(other)]);
    await tab.say('mine');
    await outbox.append(customer, 'yours');
    await other.say('mine again');
    for (const stream of streams) {
      await stream.until(saw('mine', 'yours', 'mine again'));
      expect(stream.texts()).toEqual(['mine', 'yours', 'mine again']);
      expect(stream.events.map(({ data }) => data['own'] === true)).toEqual([true, false, true]);
    }
  });

  test('I13: what every open tab has shown is gone; a tab that shows nothing keeps it for itself', async () => {
    const { tab, customer } = await newTab();
    const outbox = await outboxOf(web());
    const other = secondTab(tab);
    const [stream, slow] = await Promise.all([streamOf(tab), streamOf(other)]);
    await outbox.append(customer, 'one');
    await outbox.append(customer, 'two');
    await stream.until(saw('one', 'two'));
    await slow.until(saw('one', 'two'));
    await tab.acknowledge(lastId(stream));
    expect(await outbox.waiting(customer)).toBe(2);
    await other.acknowledge(slow.events[0]?.id ?? '');
    expect(await outbox.waiting(customer)).toBe(1);
    await other.acknowledge(lastId(slow));
    expect(await outbox.waiting(customer)).toBe(0);
    // What is gone does not disturb the order of what comes.
    await outbox.append(customer, 'three');
    await stream.until(saw('one', 'two', 'three'));
    expect(stream.texts().at(-1)).toBe('three');
  });

  test('I13: the number of events that wait is capped, the newest stay', async () => {
    const { tab, customer } = await newTab();
    const outbox = await outboxOf(web());
    for (let n = 0; n < 8; n += 1) await outbox.append(customer, `m${n}`, { most: 5 });
    const stream = await streamOf(tab);
    await stream.until((open) => open.texts().length === 5);
    expect(stream.texts()).toEqual(['m3', 'm4', 'm5', 'm6', 'm7']);
  });

  test('I13: what waited for too long is gone', async () => {
    const { customer } = await newTab();
    const outbox = await outboxOf(web());
    await outbox.append(customer, 'too old');
    await eventually(async () => {
      await outbox.append(customer, 'new', { lifeMs: 1000 });
      return !(await outbox.kept(customer)).includes('too old');
    });
    expect(await outbox.kept(customer)).toContain('new');
  });

  test('I3: the same event is kept once', async () => {
    const { tab, customer } = await newTab();
    const outbox = await outboxOf(web());
    for (const text of ['once', 'once']) await outbox.append(customer, text, { key: 'the-same' });
    await outbox.append(customer, 'then');
    const stream = await streamOf(tab);
    await stream.until(saw('once', 'then'));
    expect(stream.texts()).toEqual(['once', 'then']);
  });

  test('I4: typing is told to whoever is there and kept for nobody', async () => {
    const { tab, customer } = await newTab();
    const outbox = await outboxOf(web());
    const stream = await streamOf(tab);
    await eventually(async () => {
      await outbox.fleeting(customer, { type: 'typing.start' });
      return stream.events.some(({ name }) => name === 'fleeting');
    });
    expect(stream.events[0]).toMatchObject({ id: '', data: { type: 'typing.start' } });
    expect(await outbox.waiting(customer)).toBe(0);
  });

  test('nobody reads another customer’s events', async () => {
    const { customer } = await newTab();
    const { tab: stranger, customer: theirs } = await newTab();
    const outbox = await outboxOf(web());
    const stream = await streamOf(stranger);
    await outbox.append(customer, 'private');
    await outbox.append(theirs, 'theirs');
    await stream.until(saw('theirs'));
    expect(stream.texts()).toEqual(['theirs']);
    const { tab } = await newTab();
    for (const token of ['', `${tab.token}x`]) {
      const answer = await callChat(url(), 'chat', 'events', {
        method: 'GET',
        token,
        headers: { 'chat-tab': 'tab-12345' },
      });
      expect([answer.status, answer.json['code']]).toEqual([401, 'unauthenticated']);
    }
  });

  test('what a tab says about itself is checked', async () => {
    const { tab } = await newTab();
    const get = (headers: Record<string, string>) =>
      callChat(url(), 'chat', 'events', { method: 'GET', token: tab.token, headers });
    expect((await get({})).status).toBe(400);
    expect((await get({ 'chat-tab': 'short' })).status).toBe(400);
    expect((await get({ 'chat-tab': 'tab-12345', 'last-event-id': 'yesterday' })).status).toBe(400);
    expect((await tab.acknowledge('yesterday')).status).toBe(400);
  });

  test('an address has so many open chats and no more; one that is closed makes room', async () => {
    const { tab } = await newTab();
    const streams = [];
    for (let n = 0; n < 3; n += 1) streams.push(await streamOf(tab));
    const refused = await callChat(url(), 'chat', 'events', {
      method: 'GET',
      token: tab.token,
      headers: { 'chat-tab': 'tab-12345' },
    });
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '10']);
    streams[0]?.close();
    await eventually(async () => {
      const stream = await streamOf(tab);
      return stream.status === 200;
    });
  });
});
