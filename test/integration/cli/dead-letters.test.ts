import { beforeEach, describe, expect, test } from '@jest/globals';
import { useBench } from './support/bench.js';

const bench = useBench();
let letters: string[];
const ids = async (...options: string[]) =>
  (await bench().lines('dead-letters', 'list', '--json', ...options)).map(({ messageId }) => messageId);

beforeEach(async () => {
  const { accept, inbound, outbound, end, core, client } = bench();
  await core.conversations.bind('c-1', { channel: 'sales', customerId: 'dana' }, 60_000);
  await accept(inbound('m-1'), inbound('m-2'), outbound('h-1', 'c-1'), outbound('h-2', 'c-2'));
  const inboundLane = core.keys.inboundLane('support', 'dana');
  letters = [
    await end(inboundLane, 'dead', 'refused', '400-143: \u001b[31mRequired attribute is missing'),
    await end(core.keys.outboundLane('c-1'), 'dead', 'rejected'),
    await end(core.keys.outboundLane('c-2'), 'dead', 'unknown-conversation'),
  ];
  // The first one died two hours ago.
  const tag = core.keys.tag(0);
  const number = letters[0]?.split('-')[1] ?? '';
  const at = Date.now() - 2 * 3_600_000;
  await client.zadd(`${tag}:dead`, at, number);
  await client.hset(`${tag}:dead:${number}`, 'at', at);
});

describe('dead-letters list', () => {
  test('shows them oldest first, without their texts, and nothing a terminal would obey', async () => {
    const { stdout, exitCode } = await bench().type('dead-letters', 'list');
    expect(exitCode).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^ID +DIED +TARGET +REASON +MESSAGE +DETAIL$/);
    expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(letters);
    expect(rows[0]).toContain('400-143: \ufffd[31mRequired attribute');
    expect(stdout).not.toContain('text of');
    expect((await bench().type('dead-letters', 'list', '--json')).stdout).not.toContain('text of');
  });

  test.each<[string[], string[]]>([
    [[], ['m-1', 'h-1', 'h-2']],
    [['--channel', 'support'], ['m-1']],
    [['--channel', 'sales'], ['h-1']],
    [['--reason', 'unknown-conversation'], ['h-2']],
    [['--older-than', '1h'], ['m-1']],
    [
      ['--older-than', '0s'],
      ['m-1', 'h-1', 'h-2'],
    ],
    [['--older-than', '1d'], []],
    [['--channel', 'support', '--reason', 'rejected'], []],
  ])('%j selects %j', async (options, expected) => {
    expect(await ids(...options)).toEqual(expected);
  });
});

describe('dead-letters show', () => {
  test('shows one with its text', async () => {
    const [letter = ''] = letters;
    const { stdout } = await bench().type('dead-letters', 'show', letter);
    expect(JSON.parse(stdout)).toMatchObject({
      id: letter,
      target: 'in:support',
      reason: 'refused',
      messageId: 'm-1',
      attempts: 1,
      envelope: { kind: 'inbound', channel: 'support', message: { text: 'text of m-1' } },
    });
    expect((await bench().type('dead-letters', 'show', letter, '--json')).stdout).toBe(stdout);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('dead-letters discard', () => {
  test('removes one by its id, and everything of it', async () => {
    const { type, client } = bench();
    const [letter = ''] = letters;
    expect((await type('dead-letters', 'discard', letter)).stdout).toBe('1 discarded\n');
    expect(await ids()).toEqual(['h-1', 'h-2']);
    expect(await client.keys(`*:dead:${letter.split('-')[1] ?? ''}`)).toEqual([]);
  });

  test('removes those that are selected, or all', async () => {
    const { type } = bench();
    expect((await type('dead-letters', 'discard', '--older-than', '1h')).stdout).toBe('1 discarded\n');
    expect(await ids()).toEqual(['h-1', 'h-2']);
    expect((await type('dead-letters', 'discard', '--all')).stdout).toBe('2 discarded\n');
    expect(await ids()).toEqual([]);
    expect((await type('dead-letters', 'discard', '--all')).stdout).toBe('0 discarded\n');
  });
});

describe('dead-letters retry', () => {
  test('puts one back at the tail of its lane', async () => {
    const { type, core } = bench();
    const [letter = ''] = letters;
    expect((await type('dead-letters', 'retry', letter)).stdout).toBe('1 put back\n');
    const { WaitingLanes } = await import('../../../src/lanes/waiting.js');
    const lane = core.keys.inboundLane('support', 'dana');
    const waiting = await new WaitingLanes(core.redis, core.keys).messages(lane);
    expect(waiting.map(({ id }) => id)).toEqual(['m-2', 'm-1']);
    expect(await ids()).toEqual(['h-1', 'h-2']);
  });

  test('puts those back that are selected', async () => {
    expect((await bench().type('dead-letters', 'retry', '--channel', 'sales')).stdout).toBe('1 put back\n');
    expect(await ids()).toEqual(['m-1', 'h-2']);
  });

  test('goes slowly with many: at most 50 a second', async () => {
    const { accept, inbound, end, core, type } = bench();
    const lane = core.keys.inboundLane('support', 'many');
    await accept(...Array.from({ length: 60 }, (_, n) => inbound(`many-${n}`, { customer: { id: 'many' } })));
    for (let n = 0; n < 60; n += 1) await end(lane, 'dead', 'hold-expired');
    const startedAt = performance.now();
    expect((await type('dead-letters', 'retry', '--reason', 'hold-expired')).stdout).toBe('60 put back\n');
    expect(performance.now() - startedAt).toBeGreaterThan(1100);
  });
});

test.each<[string[], string]>([
  [['show', '0-999'], 'there is no dead letter "0-999"'],
  [['show', 'nonsense'], 'there is no dead letter "nonsense"'],
  [['discard', '7-1'], 'there is no dead letter "7-1"'],
  [['retry'], 'name dead letter ids, or select them with --channel, --reason, --older-than or --all'],
  [['discard'], 'name dead letter ids, or select them with --channel, --reason, --older-than or --all'],
  [['retry', '0-1', '--all'], 'name dead letter ids or select them by options, not both'],
  [
    ['list', '--older-than', 'yesterday'],
    '--older-than: expected a number with a unit, such as 90s, 5m, 2h or 3d',
  ],
  [['list', '--older-than', '5'], '--older-than: expected a number with a unit, such as 90s, 5m, 2h or 3d'],
  [['show'], "missing required argument 'id'"],
  [['bury'], "unknown command 'bury'"],
])('dead-letters %j: %s', async (argv, sentence) => {
  const before = await ids();
  const { stdout, stderr, exitCode } = await bench().type('dead-letters', ...argv);
  expect([stdout, stderr, exitCode]).toEqual(['', `egain-bridge: ${sentence}\n`, 1]);
  expect(await ids()).toEqual(before);
});

test('I1: a retry whose Redis refuses to write loses none: it is a dead letter still, and can be tried again', async () => {
  const { type, client } = bench();
  const before = await ids();
  // Not one byte more is taken, and nothing may be thrown out for it.
  await client.config('SET', 'maxmemory', '1');
  const failed = await type('dead-letters', 'retry', '--reason', 'refused');
  await client.config('SET', 'maxmemory', '0');
  expect([failed.exitCode, await ids()]).toEqual([1, before]);
  expect((await type('dead-letters', 'retry', '--reason', 'refused')).stdout).toBe('1 put back\n');
  expect(await ids()).toEqual(before.slice(1));
});
