import { afterEach, describe, expect, test } from '@jest/globals';
import { forgetCustomer } from '../../../src/lanes/customers.js';
import { DeadLetters } from '../../../src/lanes/dead-letters.js';
import { Lanes } from '../../../src/lanes/lanes.js';
import { openLayout } from '../../../src/lanes/layout.js';
import { ChatTab, callChat, type ChatStream } from '../../support/chat-client.js';
import { useWeb } from '../webhooks/support/web.js';
import { bearer, call, chatChannel, json, outboxOf, shop } from './support.js';

const web = useWeb({
  direct: true,
  channels: { chat: chatChannel({ limits: { sessionsPerMinute: 1000 } }) },
});
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close();
});

const url = (): string => `http://127.0.0.1:${web().port}`;

async function newTab(): Promise<{ tab: ChatTab; customer: string }> {
  const { json: session } = await callChat(url(), 'chat', 'session', { body: {} });
  const tab = new ChatTab(url(), 'chat', String(session['token']));
  opened.push(tab);
  return { tab, customer: (session['customer'] as { id: string }).id };
}
async function streamOf(tab: ChatTab): Promise<ChatStream> {
  const stream = await tab.stream();
  opened.push(stream);
  return stream;
}
const end = (token: string) =>
  web().send({ ...call('/chat/chat/session', {}, [bearer(token)]), method: 'DELETE' });
const again = async (token: string): Promise<string> => {
  const answer = await web().send(call('/chat/chat/session', {}, [bearer(token)]));
  return (json(answer)['customer'] as { id: string }).id;
};

describe('I9: the session of another customer', () => {
  test('reads nothing of theirs, acknowledges nothing of theirs, and speaks in nobody’s name but its own', async () => {
    const [own, theirs] = [await newTab(), await newTab()];
    const outbox = await outboxOf(web());
    await outbox.append(theirs.customer, 'only for them');
    await outbox.append(own.customer, 'only for me');
    const stream = await streamOf(own.tab);
    await stream.until((open) => open.texts().length === 1);
    expect(stream.texts()).toEqual(['only for me']);
    // An event's id is no secret: it says nothing about whose it is.
    await own.tab.acknowledge('9999999999999-0');
    expect(await outbox.waiting(theirs.customer)).toBe(1);

    const inTheirName = { id: 'm-1', type: 'text', text: 'let me in', customer: { id: theirs.customer } };
    const answer = await web().send(call('/chat/chat/messages', inTheirName, [bearer(own.tab.token)]));
    expect(answer.status).toBe(202);
    const redis = web().redis.client();
    const kept = (
      await Promise.all((await redis.keys('*:l:*')).map((name) => redis.lrange(name, 0, -1)))
    ).flat();
    expect(kept.filter((element) => element.includes('let me in'))).toEqual([
      expect.stringContaining(own.customer),
    ]);
    expect(kept.join('\n')).not.toContain(theirs.customer);

    const theirStream = await streamOf(theirs.tab);
    await theirStream.until((open) => open.texts().length === 1);
    expect(theirStream.texts()).toEqual(['only for them']);
  });

  test('is refused where it was not opened: 403, and they go on undisturbed', async () => {
    const { tab } = await newTab();
    const stolen = [bearer(tab.token), ['origin', shop]] as const;
    const message = { id: 'stolen-1', type: 'text', text: 'it is me' };
    expect((await web().send(call('/chat/chat/messages', message, stolen))).status).toBe(403);
    expect((await tab.say('it is really me')).status).toBe(202);
  });
});

describe('I9: a session that was ended', () => {
  test('can neither write, read, acknowledge nor upload, and what was written before stays', async () => {
    const { tab } = await newTab();
    expect((await tab.say('said before the end')).status).toBe(202);
    const stream = await streamOf(tab);
    expect((await end(tab.token)).status).toBe(200);
    await stream.until((open) => open.events.some(({ name }) => name === 'end'));
    expect(stream.events.at(-1)).toMatchObject({ name: 'end', data: { reason: 'expired' } });

    const as = [bearer(tab.token), ['chat-tab', 'tab-of-test'] as const] as const;
    for (const shape of [
      call('/chat/chat/messages', { id: 'late', type: 'text', text: 'late words' }, as),
      call('/chat/chat/events', { cursor: '1-0' }, as),
      call('/chat/chat/uploads', { name: 'a.pdf', size: 10 }, as),
      { path: '/chat/chat/events', method: 'GET', headers: as },
      { ...call('/chat/chat/session', {}, as), method: 'DELETE' },
    ]) {
      const answer = await web().send(shape);
      expect([answer.status, json(answer)['message']]).toEqual([
        401,
        'authorization: the session has ended; expected another one',
      ]);
    }
    const redis = web().redis.client();
    const kept = (
      await Promise.all((await redis.keys('*:l:*')).map((name) => redis.lrange(name, 0, -1)))
    ).flat();
    expect(kept.join('\n')).toContain('said before the end');
    expect(kept.join('\n')).not.toContain('late words');
  });

  test('is gone on with by nobody, in whichever tab or process; an open one is', async () => {
    const { tab, customer } = await newTab();
    const { json: session } = await callChat(url(), 'chat', 'session', { body: {}, token: tab.token });
    const renewed = String(session['token']);
    expect(await again(renewed)).toBe(customer);
    await end(tab.token);
    // What was made of it ends with it.
    for (const token of [tab.token, renewed]) {
      expect(await again(token)).not.toBe(customer);
      const message = { id: 'm', type: 'text', text: 'x' };
      expect((await web().send(call('/chat/chat/messages', message, [bearer(token)]))).status).toBe(401);
    }
  });

  test('ends no other session, not even one of the same address', async () => {
    const [one, other] = [await newTab(), await newTab()];
    await end(one.tab.token);
    expect((await other.tab.say('still here')).status).toBe(202);
  });
});

test('I13: a session’s record names nobody, and lives as long as the session', async () => {
  const { customer } = await newTab();
  const redis = web().redis.client();
  const records = await redis.keys('*:v:*');
  expect(records.length).toBeGreaterThan(0);
  for (const name of records) {
    expect(name).not.toContain(customer);
    expect(await redis.pttl(name)).toBeGreaterThan(80_000_000);
    expect(await redis.pttl(name)).toBeLessThanOrEqual(86_400_000);
  }
});

test('I13: forgetting a customer ends their sessions, and nobody else’s', async () => {
  const [forgotten, other] = [await newTab(), await newTab()];
  const stream = await streamOf(forgotten.tab);
  const redis = web().redis.client();
  const keys = await openLayout(redis, { prefix: 'egain-bridge', shards: 1 });
  const lanes = new Lanes(redis, keys, {
    duplicateWindowMs: 1000,
    journeysMs: 1000,
    journeysMax: 10,
    deadLettersMs: 1000,
    deadLettersMax: 10,
    window: 1,
  });
  await forgetCustomer(
    {
      redis,
      keys,
      lanes,
      deadLetters: new DeadLetters(redis, keys),
      forgetJobs: () => Promise.resolve(),
      forgetFile: () => Promise.resolve(),
      dropMs: 1000,
    },
    'chat',
    forgotten.customer,
  );
  await stream.until((open) => open.events.some(({ name }) => name === 'end'));
  expect((await forgotten.tab.say('remember me?')).status).toBe(401);
  expect(await again(forgotten.tab.token)).not.toBe(forgotten.customer);
  expect((await other.tab.say('still here')).status).toBe(202);
});
