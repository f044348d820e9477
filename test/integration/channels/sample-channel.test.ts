import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import type { Operation, SendResult } from '../../../src/channels/adapter.js';
import { webhookConfigSchema } from '../../../src/channels/webhook/config.js';
import { webhookAdapter } from '../../../src/channels/webhook/index.js';
import { startSampleChannel, type SampleChannel } from '../../../src/simulator/channel/sample-channel.js';
import { startLoopbackServer } from './loopback-server.js';

const secret = `whsec_${Buffer.alloc(24, 's').toString('base64')}`;
const newer = `whsec_${Buffer.alloc(24, 't').toString('base64')}`;
const dispatcher = new Agent();
const open: { close: () => Promise<void> }[] = [];

afterAll(() => dispatcher.destroy());
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function start(secrets: readonly [string, ...string[]] = [secret]): Promise<SampleChannel> {
  const channel = await startSampleChannel({ secrets, channel: 'support' });
  open.push(channel);
  return channel;
}

const operation = (index: number): Operation => ({
  key: `message-${index}:1`,
  kind: 'message',
  body: {
    id: `m-${index}`,
    conversationId: 'c',
    customer: { id: 'u' },
    type: 'text',
    sender: { type: 'system' },
    text: `t-${index}`,
  },
});
function post(
  channel: SampleChannel,
  index: number,
  secrets = [secret],
  timeoutMs = 5000,
): Promise<SendResult> {
  const config = webhookConfigSchema.parse({ url: channel.url, secrets });
  return webhookAdapter.send(operation(index), config, { dispatcher, now: Date.now, timeoutMs });
}

describe('the sample channel takes what the bridge sends', () => {
  test('in order, each message once', async () => {
    const channel = await start();
    const heard: string[] = [];
    channel.onMessage(({ id }) => heard.push(id));
    for (const index of [1, 2, 1, 3, 2]) expect(await post(channel, index)).toMatchObject({ kind: 'sent' });
    expect(channel.received().map(({ text }) => text)).toEqual(['t-1', 't-2', 't-3']);
    expect(channel.requests().map(({ outcome }) => outcome)).toEqual([
      'taken',
      'taken',
      'repeat',
      'taken',
      'repeat',
    ]);
    expect(heard).toEqual(['m-1', 'm-2', 'm-3']);
  });
  test('I9: not from somebody else, and from either secret while they are rotated', async () => {
    const channel = await start();
    expect(await post(channel, 1, [newer])).toMatchObject({ kind: 'rejected', code: 'http-401' });
    expect(await post(channel, 2, [newer, secret])).toMatchObject({ kind: 'sent' });
    expect(channel.received().map(({ id }) => id)).toEqual(['m-2']);
    const both = await start([newer, secret]);
    expect(await post(both, 1, [secret])).toMatchObject({ kind: 'sent' });
  });
  test('and remembers a bounded number of them', async () => {
    const channel = await startSampleChannel({ secrets: [secret], channel: 'support', keep: 2 });
    open.push(channel);
    for (let index = 1; index <= 8; index += 1) await post(channel, index);
    await post(channel, 8);
    expect(channel.received().map(({ id }) => id)).toEqual(['m-5', 'm-6', 'm-7', 'm-8']);
    expect(channel.requests().length).toBeLessThanOrEqual(4);
    expect(channel.requests().at(-1)).toMatchObject({ outcome: 'repeat' });
  });
  test('waiting ends when enough came, and says so when it did not', async () => {
    const channel = await start();
    const waiting = channel.until((messages) => messages.length === 2, 5000);
    await post(channel, 1);
    await post(channel, 2);
    await waiting;
    await expect(channel.until((messages) => messages.length === 3, 20)).rejects.toThrow('2 messages came');
  });
});

describe('the sample channel misbehaves as told', () => {
  test.each([
    [{ kind: 'status', share: 1, status: 500 }, 'retry', 0],
    [{ kind: 'status', share: 1, status: 503, processed: true }, 'retry', 1],
    [{ kind: 'status', share: 1, status: 429, retryAfterSeconds: 2 }, 'throttled', 0],
    [{ kind: 'delay', share: 1, delayMs: 30 }, 'sent', 1],
    [{ kind: 'hang', share: 1 }, 'uncertain', 0],
    [{ kind: 'reset', share: 1 }, 'uncertain', 0],
    [{ kind: 'reset', share: 1, processed: true }, 'uncertain', 1],
  ] as const)('%j', async (fault, outcome, taken) => {
    const channel = await start();
    channel.setFaults([fault]);
    expect((await post(channel, 1, [secret], 200)).kind).toBe(outcome);
    expect(channel.received()).toHaveLength(taken);
    channel.setFaults([]);
    expect((await post(channel, 1)).kind).toBe('sent');
    expect(channel.received()).toHaveLength(1);
  });
  test('the same way for the same seed, about as often as asked', async () => {
    const run = async (seed: number): Promise<string> => {
      const channel = await start();
      channel.setFaults([{ kind: 'status', share: 0.3 }], seed);
      const outcomes: string[] = [];
      for (let index = 0; index < 60; index += 1) outcomes.push((await post(channel, index)).kind);
      return outcomes.join();
    };
    const [first, again, other] = [await run(7), await run(7), await run(8)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    const failed = first.split('retry').length - 1;
    expect(failed).toBeGreaterThan(5);
    expect(failed).toBeLessThan(35);
  });
});

describe('what customers of the sample channel write', () => {
  test('reaches the webhook of its channel, signed so that the bridge believes and understands it', async () => {
    const bridge = await startLoopbackServer();
    open.push(bridge);
    bridge.answer((response) => void response.writeHead(202).end('{"id":"m-1","status":"accepted"}'));
    const channel = await start();
    await expect(channel.send({ customer: { id: 'u' }, text: 'Hi' })).rejects.toThrow(
      'does not know the address',
    );
    channel.connect(bridge.url);
    const sent = await channel.send({ id: 'm-1', customer: { id: 'u-42', name: 'Dana' }, text: 'Hi 👋' });
    expect(sent).toEqual({ id: 'm-1', status: 202, body: '{"id":"m-1","status":"accepted"}' });
    const [seen] = bridge.seen;
    expect(seen?.path).toBe('/channels/support/webhook');
    const request = {
      method: 'POST',
      path: seen?.path ?? '',
      query: new URLSearchParams(),
      headers: new Map(Object.entries(seen?.headers ?? {}).map(([name, value]) => [name, String(value)])),
      body: seen?.body ?? Buffer.alloc(0),
    };
    const config = webhookConfigSchema.parse({ url: channel.url, secrets: [secret] });
    expect(webhookAdapter.verify(request, config, { now: Date.now })).toEqual({ ok: true });
    expect(webhookAdapter.parse(request, config)).toEqual({
      ok: true,
      events: [
        {
          kind: 'message',
          message: { id: 'm-1', type: 'text', customer: { id: 'u-42', name: 'Dana' }, text: 'Hi 👋' },
        },
      ],
    });
  });
});
