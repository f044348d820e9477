import { describe, expect, test } from '@jest/globals';
import { readEnvelope } from '../../../src/lanes/envelope.js';
import { readElement } from '../../../src/lanes/element.js';
import type { Keyspace } from '../../../src/lanes/keyspace.js';
import { useBench } from './support/bench.js';

const bench = useBench();

async function waitingIn(lane: string): Promise<string[]> {
  const { client, core } = bench();
  const elements = await client.lrange(`${core.keys.tag(0)}:l:${lane}`, 0, -1);
  return elements.map((element) => {
    const envelope = readEnvelope(readElement(element).payload);
    return envelope?.kind === 'inbound' ? envelope.message.id : '';
  });
}

describe('lanes list', () => {
  test('shows what waits where, by ids and never by texts', async () => {
    const { accept, inbound, outbound, type, lines, core } = bench();
    await accept(
      inbound('m-1'),
      inbound('m-2'),
      inbound('m-3', { customer: { id: 'evelyn-b' } }),
      outbound('h-1', 'c-1'),
    );
    const dana = core.keys.inboundLane('support', 'dana');
    const all = await lines('lanes', 'list', '--json');
    expect(all).toHaveLength(3);
    expect(all).toContainEqual({
      lane: dana,
      shard: 0,
      target: 'in:support',
      state: 'running',
      waiting: 2,
      headId: 'm-1',
      headAcceptedAt: expect.any(Number),
      attempts: 0,
    });
    expect((await lines('lanes', 'list', '--json', '--target', 'out:?')).map(({ headId }) => headId)).toEqual(
      ['h-1'],
    );
    expect(await lines('lanes', 'list', '--json', '--limit', '2')).toHaveLength(2);
    const { stdout } = await type('lanes', 'list');
    expect(stdout).toMatch(/^LANE +TARGET +STATE +WAITING +HEAD SINCE +ATTEMPTS +HELD UP BY\n/);
    expect(stdout).toMatch(new RegExp(`^${dana} +in:support +running +2 +\\S+Z +0$`, 'm'));
    for (const word of ['text of', 'dana', 'evelyn-b']) expect(stdout).not.toContain(word);
  });

  test('lists the lanes of a channel that is not configured any more', async () => {
    const { accept, inbound, lines } = bench();
    await accept({ ...inbound('m-1'), target: 'in:closed' });
    expect(await lines('lanes', 'list', '--json')).toMatchObject([{ target: 'in:closed', waiting: 1 }]);
  });
});

describe('lanes show', () => {
  test('shows one lane with the ids of its messages', async () => {
    const { accept, inbound, type, core } = bench();
    await accept(inbound('m-1'), inbound('m-2'));
    const lane = core.keys.inboundLane('support', 'dana');
    const { stdout } = await type('lanes', 'show', lane, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ lane, waiting: 2, messages: [{ id: 'm-1' }, { id: 'm-2' }] });
    expect(stdout).not.toContain('text of');
  });
});

describe('an id that begins with a hyphen', () => {
  const named = (keys: Keyspace, start: string): string => {
    for (let n = 0; ; n += 1) {
      if (keys.inboundLane('support', `c-${n}`).startsWith(start)) return `c-${n}`;
    }
  };

  test.each(['-', '-h', '--'])('is no option: a lane named %s…', async (start) => {
    const { accept, inbound, type, core, lines } = bench();
    const id = named(core.keys, start);
    const lane = core.keys.inboundLane('support', id);
    await accept(inbound('m-1', { customer: { id } }), inbound('m-2', { customer: { id } }));
    for (const argv of [[lane], [lane, '--json'], ['--json', lane]]) {
      const { stdout, stderr } = await type('lanes', 'show', ...argv);
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toMatchObject({ lane, waiting: 2 });
    }
    expect(await type('lanes', 'skip', lane)).toMatchObject({ stderr: '', exitCode: 0 });
    expect(await waitingIn(lane)).toEqual(['m-2']);
    expect((await type('lanes', 'list', '--limit', lane)).stderr).toContain(
      '--limit: expected a whole number',
    );
    expect(await lines('lanes', 'list', '--json', '--target', lane)).toEqual([]);
  });

  test.each(['-NxY_3z', '-1'])('is no option: message %s', async (id) => {
    const { accept, inbound, type } = bench();
    await accept(inbound(id));
    expect(JSON.parse((await type('messages', 'trace', id, '--json')).stdout)).toMatchObject([
      { channel: 'support', messageId: id },
    ]);
  });
});

describe('lanes skip', () => {
  test('makes the head a dead letter that can be put back, and lets the lane go on', async () => {
    const { accept, inbound, type, core } = bench();
    await accept(inbound('m-1'), inbound('m-2'));
    const lane = core.keys.inboundLane('support', 'dana');
    const { stdout } = await type('lanes', 'skip', lane);
    const [, letter = ''] = /^the head is dead letter (\S+) now\n$/.exec(stdout) ?? [];
    expect(await waitingIn(lane)).toEqual(['m-2']);
    expect(JSON.parse((await type('dead-letters', 'show', letter)).stdout)).toMatchObject({
      reason: 'skipped',
      detail: 'by an operator',
      messageId: 'm-1',
    });
    expect(JSON.parse((await type('messages', 'trace', 'm-1', '--json')).stdout)).toMatchObject([
      { channel: 'support', end: { outcome: 'dead', reason: 'skipped' }, deadLetter: letter },
    ]);
    await type('dead-letters', 'retry', letter);
    expect(await waitingIn(lane)).toEqual(['m-2', 'm-1']);
  });

  test('skips the last message of a lane, and one nobody can read', async () => {
    const { accept, inbound, type, core, lines } = bench();
    const lane = core.keys.inboundLane('support', 'dana');
    await accept(inbound('m-1'), { ...inbound('m-2'), payload: 'not an envelope' });
    for (const left of [1, 0]) {
      expect((await type('lanes', 'skip', lane)).exitCode).toBe(0);
      expect(await waitingIn(lane)).toHaveLength(left);
    }
    expect(await lines('lanes', 'list', '--json')).toEqual([]);
    expect((await lines('dead-letters', 'list', '--json')).map(({ messageId }) => messageId)).toEqual([
      'm-1',
      '?',
    ]);
  });

  test('never buries another message than the one that was the head', async () => {
    const { accept, inbound, end, core } = bench();
    await accept(inbound('m-1'), inbound('m-2'));
    const lane = core.keys.inboundLane('support', 'dana');
    const { WaitingLanes } = await import('../../../src/lanes/waiting.js');
    const head = await new WaitingLanes(core.redis, core.keys).head(lane);
    await end(lane, 'delivered');
    const buried = await core.lanes.bury(
      { lane, owner: '', finished: head?.finished ?? -1 },
      { reason: 'skipped', detail: '', release: false, acceptedAt: head?.acceptedAt ?? 0 },
    );
    expect(buried).toEqual({ kind: 'already' });
    // The next one of an emptied lane is the first one again, but was accepted at another time.
    await end(lane, 'delivered');
    await accept(inbound('m-3'));
    const late = { reason: 'skipped', detail: '', release: false, acceptedAt: head?.acceptedAt ?? 0 };
    expect(await core.lanes.bury({ lane, owner: '', finished: 0 }, late)).toEqual({ kind: 'already' });
    expect(await waitingIn(lane)).toEqual(['m-3']);
  });
});

describe('channels', () => {
  test('list shows every channel with its gates; pause and resume move them, one direction or both', async () => {
    const { type, lines } = bench();
    const states = async () =>
      (await lines('channels', 'list', '--json')).map(({ channel, inbound, outbound }) => [
        channel,
        inbound,
        outbound,
      ]);
    expect(await states()).toEqual([
      ['support', 'open', 'open'],
      ['sales', 'open', 'open'],
    ]);
    expect((await type('channels', 'pause', 'support', '--direction', 'out')).stdout).toBe(
      'support: out paused\n',
    );
    expect((await type('channels', 'pause', 'sales')).stdout).toBe('sales: in and out paused\n');
    expect(await states()).toEqual([
      ['support', 'open', 'paused'],
      ['sales', 'paused', 'paused'],
    ]);
    expect((await type('channels', 'list')).stdout).toBe(
      'CHANNEL  ADAPTER  INBOUND  OUTBOUND\nsupport  webhook  open     paused\nsales    webhook  paused   paused\n',
    );
    for (const channel of ['support', 'sales', 'sales']) await type('channels', 'resume', channel);
    expect((await states()).flat()).not.toContain('paused');
  });
});

test.each<[string[], string]>([
  [['lanes', 'show', 'nobody'], 'lane "nobody" holds no messages'],
  [['lanes', 'skip', 'nobody'], 'lane "nobody" holds no messages'],
  [['lanes', 'list', '--limit', 'many'], '--limit: expected a whole number from 1 on'],
  [['lanes', 'list', '--limit', '0'], '--limit: expected a whole number from 1 on'],
  [['lanes', 'jump'], "unknown command 'jump'"],
  [['channels', 'pause'], "missing required argument 'channel'"],
  [['channels', 'pause', 'nowhere'], 'there is no channel "nowhere" in the configuration'],
  [
    ['channels', 'pause', 'support', '--direction', 'up'],
    "option '--direction <direction>' argument 'up' is invalid. Allowed choices are in, out, both.",
  ],
  [['customers', 'forget', 'support'], "missing required argument 'id'"],
  [['customers', 'forget', 'nowhere', 'dana'], 'there is no channel "nowhere" in the configuration'],
])('%j: %s', async (argv, sentence) => {
  const { stdout, stderr, exitCode } = await bench().type(...argv);
  expect([stdout, stderr, exitCode]).toEqual(['', `egain-bridge: ${sentence}\n`, 1]);
});
