import { describe, expect, test } from '@jest/globals';
import { farId, useBench } from './support/bench.js';

const bench = useBench();
const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

/** The lines of `messages trace` by their names. */
function told(stdout: string): Record<string, string> {
  return Object.fromEntries(
    stdout.split('\n').map((line) => [line.slice(0, 12).trim(), line.slice(12).trim()]),
  );
}

describe('messages trace', () => {
  test('tells where a waiting message stands', async () => {
    const { accept, inbound, type, core } = bench();
    await accept(inbound('m-1'), inbound('m-2'));
    const lane = core.keys.inboundLane('support', 'dana');
    const head = await type('messages', 'trace', 'm-1');
    expect([head.exitCode, head.stderr]).toEqual([0, '']);
    expect(told(head.stdout)).toMatchObject({
      message: 'm-1',
      way: 'inbound (to eGain), channel support',
      lane,
      accepted: iso,
      waiting: 'at the head of its lane, lane is running',
    });
    expect(told((await type('messages', 'trace', 'm-2')).stdout)).toMatchObject({
      waiting: 'behind 1 other, lane is running',
    });
  });

  test('finds its place in a lane of any length', async () => {
    const { accept, inbound, type } = bench();
    await accept(...Array.from({ length: 1201 }, (_, n) => inbound(`m-${n}`)));
    expect(told((await type('messages', 'trace', 'm-1200')).stdout)).toMatchObject({
      waiting: 'behind 1200 others, lane is running',
    });
  });

  test('tells what holds the head up, and when it is tried again', async () => {
    const { accept, inbound, type, core, client, worker } = bench();
    await accept(inbound('m-1'));
    const lane = core.keys.inboundLane('support', 'dana');
    const generation = (await client.hget(`${core.keys.tag(0)}:s:${lane}`, 'g')) ?? '';
    await worker.take(lane, generation, 'worker', 1);
    const hold = { delayMs: 60_000, countsAsAttempt: true, error: 'HTTP 503\u001b[2J', release: true };
    await worker.hold({ lane, owner: 'worker', finished: 0 }, hold);
    const { stdout } = await type('messages', 'trace', 'm-1');
    expect(told(stdout)).toMatchObject({
      waiting: 'at the head of its lane, lane is backing-off',
      'held up': 'HTTP 503\ufffd[2J (1 attempt at the head)',
      'next try': iso,
    });
  });

  test('tells how a delivered message ended', async () => {
    const { accept, inbound, type, end, core } = bench();
    await accept(inbound('m-1'));
    await end(core.keys.inboundLane('support', 'dana'), 'delivered');
    expect(told((await type('messages', 'trace', 'm-1')).stdout)).toMatchObject({
      delivered: expect.stringContaining('1 attempt)'),
      conversation: 'c-1',
      'far id': farId,
    });
  });

  test('of a dead one tells the reason and the dead letter, and after its retry that it waits again', async () => {
    const { accept, inbound, type, end, core } = bench();
    await accept(inbound('m-1'));
    const letter = await end(core.keys.inboundLane('support', 'dana'), 'dead', 'refused');
    const dead = told((await type('messages', 'trace', 'm-1')).stdout);
    expect(dead).toMatchObject({ dead: expect.stringContaining('1 attempt)'), reason: 'refused' });
    expect(dead['letter']).toBe(`${letter} (dead-letters show ${letter})`);
    expect((await type('dead-letters', 'retry', letter)).stdout).toBe('1 put back\n');
    const again = told((await type('messages', 'trace', 'm-1')).stdout);
    expect(again).toMatchObject({
      waiting: 'at the head of its lane, lane is running',
      accepted: dead['accepted'],
    });
    expect(again).not.toHaveProperty('dead');
  });

  test('tells all of it to programs too, and of every message with this id', async () => {
    const { accept, inbound, outbound, type, end, core } = bench();
    await accept(inbound('m-1'), inbound('m-1', { customer: { id: 'eve' } }), outbound('m-1', 'c-9'));
    const letter = await end(core.keys.inboundLane('support', 'eve'), 'dead', 'refused');
    const { stdout } = await type('messages', 'trace', 'm-1', '--json');
    const journeys = JSON.parse(stdout) as { lane: string }[];
    expect(journeys).toHaveLength(3);
    expect(journeys).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          direction: 'in',
          waiting: expect.objectContaining({ ahead: 0, waiting: 1 }),
        }),
        expect.objectContaining({ deadLetter: letter, end: expect.objectContaining({ outcome: 'dead' }) }),
        expect.objectContaining({
          direction: 'out',
          channel: '',
          waiting: expect.objectContaining({ target: 'out:?' }),
        }),
      ]),
    );
    expect(stdout).not.toContain('text of');
    expect(await type('messages', 'trace', 'm-1', '--channel', 'sales', '--json')).toMatchObject({
      exitCode: 0,
    });
  });

  test('says when there never was such a message', async () => {
    const { stdout, stderr, exitCode } = await bench().type('messages', 'trace', 'm-\u001b[31m9');
    expect([stdout, exitCode]).toEqual(['', 1]);
    expect(stderr).toBe(
      'egain-bridge: there is no journey of a message "m-\ufffd[31m9": never accepted, or longer ago than retention.journeysMs\n',
    );
  });
});
