import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectRedis } from '../../../src/lanes/connection.js';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Refusal } from '../../../webhooks/reply.js';
import { ChatLimits } from '../../../webhooks/chat/limits.js';
import { startRedisCluster, type TestCluster } from '../../support/redis-cluster.js';
import { startTestRedis, useTestRedis, type TestRedis } from '../../support/redis.js';
import { useWeb } from '../webhooks/support/web.js';
import { bearer, call, chatChannel, json, newSession } from './support.js';

const rates = { sessionsPerMinute: 3, messagesPerMinute: 2, uploadsPerMinute: 1 };
const keys = new Keyspace({ prefix: 'limits', shards: 4, secret: 'secret-of-the-limits' });

const outcome = (taken: Promise<void>): Promise<string> =>
  taken.then(
    () => 'taken',
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );

describe('two web processes on one Redis', () => {
  const redis = useTestRedis();

  test('give an address one share between them, another address, channel or kind its own', async () => {
    const [one, other] = [0, 1].map(() => new ChatLimits(redis().client(), keys));
    if (one === undefined || other === undefined) throw new Error('two limiters');
    const outcomes = [];
    for (const limits of [one, other, one, other, one, other])
      outcomes.push(await outcome(limits.take('sessions', 'chat', '203.0.113.7', rates)));
    const refused = 'too-many-requests';
    expect(outcomes).toEqual(['taken', 'taken', 'taken', refused, refused, refused]);
    // The same caller under another of the addresses that are theirs.
    for (const [address, expected] of [
      ['::ffff:203.0.113.7', refused],
      ['203.0.113.8', 'taken'],
    ] as const)
      expect(await outcome(other.take('sessions', 'chat', address, rates))).toBe(expected);
    expect(await outcome(other.take('sessions', 'other', '203.0.113.7', rates))).toBe('taken');
    expect(await outcome(other.take('messages', 'chat', '203.0.113.7', rates))).toBe('taken');
  });

  test('I13: what is counted names no address and is gone after a minute', async () => {
    const client = redis().client();
    await new ChatLimits(client, keys).take('sessions', 'private', '198.51.100.9', rates);
    const names = await client.keys('*');
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect(name).not.toMatch(/198\.51|sessions|private/);
      expect(await client.pttl(name)).toBeGreaterThan(0);
      expect(await client.pttl(name)).toBeLessThanOrEqual(60_000);
    }
  });
});

test('while Redis is away the answer is 503, not a free pass and not a refusal of the person', async () => {
  const redis: TestRedis = await startTestRedis();
  const client = redis.client();
  const limits = new ChatLimits(client, keys);
  expect(await outcome(limits.take('sessions', 'chat', '203.0.113.7', rates))).toBe('taken');
  client.disconnect();
  await redis.stop();
  expect(await outcome(limits.take('sessions', 'chat', '203.0.113.7', rates))).toBe('unavailable');
});

describe('on a Redis Cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster({ replicas: false });
  }, 60_000);
  afterAll(() => cluster.stop());

  test('I12: every address is counted, wherever its key lies', async () => {
    const redis = connectRedis({ cluster: { nodes: cluster.nodes } }, 'patient', 'limits');
    const limits = new ChatLimits(redis, keys);
    for (let n = 1; n <= 8; n += 1) {
      const take = () => outcome(limits.take('uploads', 'chat', `203.0.113.${n}`, rates));
      expect([await take(), await take()]).toEqual(['taken', 'too-many-requests']);
    }
    redis.disconnect();
  });
});

describe('at the chat itself', () => {
  const web = useWeb({
    direct: true,
    channels: { chat: chatChannel({ limits: { messagesPerMinute: 2, uploadsPerMinute: 2 } }) },
  });
  const statuses = async (times: number, ask: () => Promise<{ readonly status: number }>) => {
    const found = [];
    for (let n = 0; n < times; n += 1) found.push((await ask()).status);
    return found;
  };

  test('tickets for files are limited by address', async () => {
    const token = await newSession(web());
    const wish = call('/chat/chat/uploads', { name: 'a.pdf', size: 10 }, [bearer(token)]);
    expect(await statuses(4, () => web().send(wish, '127.0.8.1'))).toEqual([201, 201, 429, 429]);
    const refused = await web().send(wish, '127.0.8.1');
    expect(json(refused)['message']).toBe('uploads: too many from this address');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await web().send(wish, '127.0.8.2')).status).toBe(201);
  });

  test('so are acknowledgements, and they take nothing from what may be written', async () => {
    const token = await newSession(web());
    const shown = call('/chat/chat/events', { cursor: '1-0' }, [bearer(token), ['chat-tab', 'tab-12345']]);
    expect(await statuses(3, () => web().send(shown, '127.0.8.3'))).toEqual([200, 200, 429]);
    const says = (id: string) =>
      call('/chat/chat/messages', { id, type: 'text', text: 'hello' }, [bearer(token)]);
    expect((await web().send(says('m-1'), '127.0.8.3')).status).toBe(202);
  });
});
