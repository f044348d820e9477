import { beforeEach, describe, expect, test } from '@jest/globals';
import { page } from '../../../src/operators/dead-letter-desk.js';
import { search, type Question } from '../../../src/operators/search.js';
import { timelineOf } from '../../../src/operators/timeline.js';
import { useBench } from '../cli/support/bench.js';

const bench = useBench();
const ask = (question: Question, most = 50) => search(bench().core, question, most);

beforeEach(async () => {
  const { accept, inbound, outbound, end, core } = bench();
  const { keys, conversations } = core;
  await conversations.bind('c-1', { channel: 'support', customerId: 'dana' }, 60_000);
  await accept(inbound('m-1'), inbound('m-2'), inbound('m-3'), outbound('h-1', 'c-1'));
  await accept(inbound('e-1', { customer: { id: 'eve' } }));
  const lane = keys.inboundLane('support', 'dana');
  await end(lane, 'delivered');
  await end(lane, 'dead', 'refused', '400-143: what the customer wrote');
  await end(keys.outboundLane('c-1'), 'delivered');
});

describe('search', () => {
  test('by a message: its journey, and where it is now', async () => {
    const { messages } = await ask({ by: 'message', id: 'm-2' });
    expect(messages).toMatchObject([
      {
        messageId: 'm-2',
        direction: 'in',
        channel: 'support',
        deadLetter: '0-1',
        end: { reason: 'refused' },
      },
    ]);
    const waiting = await ask({ by: 'message', id: 'm-3', channel: 'support' });
    expect(waiting.messages).toMatchObject([{ messageId: 'm-3', waiting: { ahead: 0 } }]);
    expect((await ask({ by: 'message', id: 'm-3', channel: 'sales' })).messages).toEqual([]);
  });

  test('by a customer: what they wrote and were told, in the order of acceptance, and of nobody else', async () => {
    const { messages, complete } = await ask({ by: 'customer', channel: 'support', customerId: 'dana' });
    expect(complete).toBe(true);
    expect(messages.map(({ direction, end }) => `${direction} ${end?.outcome ?? 'waits'}`).sort()).toEqual([
      'in dead',
      'in delivered',
      'in waits',
      'out delivered',
    ]);
    // The id of what lies somewhere is known; of what was delivered it is not kept.
    expect(messages.map(({ messageId }) => messageId).sort()).toEqual(['m-2', 'm-3', undefined, undefined]);
    expect((await ask({ by: 'customer', channel: 'sales', customerId: 'dana' })).messages).toEqual([]);
  });

  test('by a conversation: what was said in it, both ways', async () => {
    const { messages } = await ask({ by: 'conversation', conversationId: 'c-1' });
    expect(messages.map(({ direction, end }) => `${direction} ${end?.outcome ?? 'waits'}`).sort()).toEqual([
      'in delivered',
      'out delivered',
    ]);
    expect((await ask({ by: 'conversation', conversationId: 'c-9' })).messages).toEqual([]);
  });

  test('tells the latest, and that there are more', async () => {
    const { messages, complete } = await ask({ by: 'customer', channel: 'support', customerId: 'dana' }, 2);
    expect([messages.length, complete]).toEqual([2, false]);
  });

  test('the timeline of a message tells every attempt that is remembered, and no text', async () => {
    const { worker, client, core } = bench();
    const lane = core.keys.inboundLane('support', 'dana');
    const generation = (await client.hget(`${core.keys.tag(0)}:s:${lane}`, 'g')) ?? '';
    for (const code of ['503', 'ECONNREFUSED']) {
      const taken = await worker.take(lane, generation, 'me', 1);
      const finished = taken.kind === 'taken' ? taken.finished : -1;
      const hold = { delayMs: 0, countsAsAttempt: true, error: code, code, release: false };
      await worker.hold({ lane, owner: 'me', finished }, hold);
    }
    const [message] = (await ask({ by: 'message', id: 'm-3' })).messages;
    if (message === undefined) throw new Error('m-3 was not found');
    expect(timelineOf(message).map(({ what, answer }) => [what, answer])).toEqual([
      ['accepted', undefined],
      ['failed', '503'],
      ['failed', 'ECONNREFUSED'],
      ['next', undefined],
    ]);
    const everything = await ask({ by: 'customer', channel: 'support', customerId: 'dana' });
    expect(JSON.stringify(everything)).not.toMatch(/text of|what the customer wrote/);
  });
});

test('dead letters come page by page, each once, however many died in one millisecond', async () => {
  const { accept, inbound, end, core, client } = bench();
  const lane = core.keys.inboundLane('support', 'many');
  await accept(...Array.from({ length: 24 }, (_, n) => inbound(`many-${n}`, { customer: { id: 'many' } })));
  for (let n = 0; n < 24; n += 1) await end(lane, 'dead', 'hold-expired');
  // All of the same millisecond: only their numbers tell them apart.
  const index = `${core.keys.tag(0)}:dead`;
  for (const number of await client.zrange(index, '0', '-1')) {
    await client.zadd(index, 1_700_000_000_000, number);
    await client.hset(`${index}:${number}`, 'at', 1_700_000_000_000);
  }
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const { letters, matching, counted, next } = await page(
      core,
      { channel: 'support' },
      { limit: 7, after },
    );
    expect([matching, counted]).toEqual([25, 'exactly']);
    seen.push(...letters.map(({ id }) => id));
    after = next;
  } while (after !== undefined);
  expect(seen).toHaveLength(25);
  expect(new Set(seen).size).toBe(25);
});
