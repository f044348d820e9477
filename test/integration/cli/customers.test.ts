import { describe, expect, test } from '@jest/globals';
import { useBench } from './support/bench.js';
import { everything, live } from './support/live.js';

const bench = useBench();

describe('customers forget', () => {
  test('I13: leaves nothing of the customer, by name or by hash, and nobody else loses anything', async () => {
    const { type, client, core } = bench();
    await live(bench(), 'eve');
    const before = await everything(client);
    const hashes = await live(bench(), 'dana');
    const during = [...(await everything(client))].flat().join('\n');
    for (const trace of ['dana', ...hashes]) expect(during).toContain(trace);

    const { stdout, exitCode } = await type('customers', 'forget', 'support', 'dana');
    expect([stdout, exitCode]).toEqual([
      'removed: waiting messages 4, dead letters 1, conversations 3, journeys 7, duplicate marks 8\n',
      0,
    ]);
    const after = await everything(client);
    const left = [...after].flat().join('\n');
    for (const trace of ['dana', ...hashes]) expect(left).not.toContain(trace);

    // Counters go on, and the indexes keep a blank where the customer was.
    const counters = /:(generation|dead-number|journeys|drain:id|drain:events|drain:meta|drain:marker)$/;
    const others = (all: Map<string, string>) =>
      [...all].filter(([name]) => !counters.test(name) && !name.includes(':g:'));
    expect(others(after)).toEqual(others(before));
    // What says that late callbacks are to be dropped: one for each conversation, for a time, and nobody's by its name.
    const marks = [...after.keys()].filter((name) => name.includes(':g:'));
    expect(marks).toHaveLength(3);
    for (const mark of marks) expect(await client.pttl(mark)).toBeGreaterThan(0);
    expect(await client.lrange(`${core.keys.tag(0)}:journeys`, 0, -1)).toHaveLength(14);
  });

  test('forgets what the conversation of a delivered message was, when only the journey still tells', async () => {
    const { accept, inbound, outbound, end, core, client, type } = bench();
    const lane = core.keys.inboundLane('support', 'dana');
    await accept(inbound('m-1'));
    // Its journey names conversation c-1, whose customer is not known any more.
    await end(lane, 'delivered');
    await accept(outbound('h-1', 'c-1'));
    await end(core.keys.outboundLane('c-1'), 'dead', 'unknown-conversation');
    await type('customers', 'forget', 'support', 'dana');
    const left = [...(await everything(client))].flat().join('\n');
    for (const trace of [lane, core.keys.outboundLane('c-1'), 'text of']) expect(left).not.toContain(trace);
  });

  test('forgets the dead letter of an item that was no message but named the conversation', async () => {
    const { accept, end, core, lines, type } = bench();
    await core.conversations.bind('c-1', { channel: 'support', customerId: 'dana' }, 60_000);
    const misfits = core.keys.outboundLane('');
    for (const conversation of ['c-1', 'c-2']) {
      const raw = { conversation: { id: conversation }, content: 'words' };
      await accept({
        lane: misfits,
        mark: conversation,
        payload: JSON.stringify({ k: 'x', r: 'no type', m: raw }),
      });
      await end(misfits, 'dead', 'malformed');
    }
    await type('customers', 'forget', 'support', 'dana');
    expect(await lines('dead-letters', 'list', '--json')).toHaveLength(1);
  });

  test('a customer of the same id on another channel is somebody else', async () => {
    const { core, type, client } = bench();
    await core.conversations.bind('c-1', { channel: 'sales', customerId: 'dana' }, 60_000);
    const before = await everything(client);
    const { stdout } = await type('customers', 'forget', 'support', 'dana', '--json');
    expect(JSON.parse(stdout)).toEqual({
      waitingMessages: 0,
      deadLetters: 0,
      conversations: 0,
      journeys: 0,
      duplicateMarks: 0,
    });
    const after = await everything(client);
    // The engine's own settings, written by whoever opens the queue first.
    after.delete(`${core.keys.tag(0)}:drain:meta`);
    expect(after).toEqual(before);
  });

  test('works for a channel that is gone from the configuration', async () => {
    const { core, type } = bench();
    await core.conversations.bind('c-1', { channel: 'closed', customerId: 'dana' }, 60_000);
    expect((await type('customers', 'forget', 'closed', 'dana')).exitCode).toBe(0);
    expect((await type('customers', 'forget', 'closed', 'dana')).exitCode).toBe(1);
  });
});
