import { afterAll, describe, expect, test } from '@jest/globals';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Outbox } from '../../../src/lanes/outbox.js';
import { OutboxSignals } from '../../../src/lanes/outbox-signals.js';
import { eventually } from '../../support/eventually.js';
import { useTestRedis } from '../../support/redis.js';

const redis = useTestRedis();
const stops: (() => void)[] = [];
afterAll(() => {
  for (const stop of stops) stop();
});
let installations = 0;

function freshOutbox(readerLifeMs = 60_000, shards = 1) {
  installations += 1;
  const keys = new Keyspace({
    prefix: `outbox-${installations}`,
    shards,
    secret: 'secret-of-the-outbox-tests',
  });
  const client = redis().client();
  const outbox = new Outbox(client, keys, { readerLifeMs });
  const lane = keys.inboundLane('chat', 'anon-1');
  const append = (key: string, more: { fleeting?: boolean; most?: number; lifeMs?: number } = {}) =>
    outbox.append('chat', 'anon-1', {
      key,
      event: JSON.stringify({ key }),
      fleeting: false,
      most: 100,
      lifeMs: 60_000,
      ...more,
    });
  const kept = async (cursor = ''): Promise<string[]> =>
    (await outbox.read(lane, cursor)).events.map(({ event }) => (JSON.parse(event) as { key: string }).key);
  const idOf = async (index: number): Promise<string> =>
    (await outbox.read(lane, '')).events[index]?.id ?? '';
  return { client, keys, outbox, lane, append, kept, idOf };
}

describe('I13: a customer’s outbox', () => {
  test('keeps what nobody has shown, however long the only tab is closed', async () => {
    const { client, keys, outbox, lane, append, kept, idOf } = freshOutbox(50);
    await append('a');
    await append('b');
    await outbox.acknowledge(lane, 'closed-tab', await idOf(0));
    expect(await kept()).toEqual(['b']);
    // Nobody remembers the tab any more; the message waits on.
    await eventually(async () => (await client.exists(`${keys.tag(0)}:t:${lane}`)) === 0);
    await append('c');
    expect(await kept()).toEqual(['b', 'c']);
  });

  test('does not wait for a tab that is closed while another one shows everything', async () => {
    const { outbox, lane, append, kept, idOf } = freshOutbox(300);
    await outbox.acknowledge(lane, 'closed-tab', '');
    await append('a');
    const last = await idOf(0);
    await outbox.acknowledge(lane, 'open-tab', last);
    expect(await kept()).toEqual(['a']);
    await eventually(async () => {
      await outbox.acknowledge(lane, 'open-tab', last);
      return (await kept()).length === 0;
    });
  });

  test('gives ids that only grow, also after everything was shown', async () => {
    const { outbox, lane, append, kept, idOf } = freshOutbox();
    await append('a');
    const first = await idOf(0);
    await outbox.acknowledge(lane, 'tab-1', first);
    expect(await kept()).toEqual([]);
    await append('b');
    expect(await kept(first)).toEqual(['b']);
  });

  test('leaves nothing behind for good: every key has an end', async () => {
    const { client, outbox, lane, append } = freshOutbox();
    await append('a');
    await outbox.acknowledge(lane, 'tab-1', '');
    const names = await client.keys(`{outbox-${installations}:*`);
    expect(names).toHaveLength(2);
    for (const name of names) expect(await client.pttl(name)).toBeGreaterThan(0);
    expect(names.join(' ')).not.toContain('anon-1');
  });

  test('remembers no more tabs than a person has', async () => {
    const { client, keys, outbox, lane } = freshOutbox();
    for (let n = 0; n < 50; n += 1) await outbox.acknowledge(lane, `tab-${n}`, '');
    expect(await client.hlen(`${keys.tag(0)}:t:${lane}`)).toBeLessThanOrEqual(21);
  });

  test('lies with its customer’s lane, whatever the number of shards', async () => {
    const { client, keys, lane, append, kept } = freshOutbox(60_000, 8);
    await append('a');
    expect(await kept()).toEqual(['a']);
    expect(await client.exists(`${keys.tag(keys.shardOf(lane))}:q:${lane}`)).toBe(1);
  });
});

describe('the news of outboxes', () => {
  function signals(): OutboxSignals {
    const subscriber = redis().client();
    stops.push(() => subscriber.disconnect());
    return new OutboxSignals(subscriber, () => undefined);
  }

  test('reach every listener of that customer and nobody else, on one connection', async () => {
    const { outbox, lane, keys, append } = freshOutbox();
    const heard = new Set<string>();
    const hear = (who: string) => (fleeting: string | undefined) => {
      if (fleeting !== undefined) heard.add(who);
    };
    const news = signals();
    const stop = news.listen(outbox.signal(lane), hear('one'));
    news.listen(outbox.signal(lane), hear('two'));
    news.listen(outbox.signal(keys.inboundLane('chat', 'somebody-else')), hear('stranger'));
    const tell = async (): Promise<boolean> => {
      await append('typing', { fleeting: true });
      return heard.has('two');
    };
    await eventually(tell);
    expect([...heard].sort()).toEqual(['one', 'two']);
    stop();
    heard.clear();
    await eventually(tell);
    expect([...heard]).toEqual(['two']);
  });

  test('are asked for again when the connection was away, and what was missed is looked for', async () => {
    const { client, outbox, lane, append } = freshOutbox();
    const news = signals();
    let looks = 0;
    news.listen(outbox.signal(lane), () => (looks += 1));
    await eventually(() => looks > 0);
    looks = 0;
    // Redis breaks every connection that only listens.
    await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(() => looks > 0);
    looks = 0;
    await eventually(async () => {
      await append(`after-${Date.now()}`);
      return looks > 0;
    });
  });
});
