import { describe, expect, test } from '@jest/globals';
import { useBench, type Bench } from './support/bench.js';
import { everything, live } from './support/live.js';

const bench = useBench();

const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte).toString('base64') });
const [first, second] = [key('first', 1), key('second', 2)];

const misfit = (conversation: string): string =>
  JSON.stringify({ k: 'x', r: 'no type', m: { conversation: { id: conversation }, content: 'words' } });

/** Redis as a command may leave it that did nothing: the engine writes its settings whenever it is opened. */
const kept = async (): Promise<Map<string, string>> => {
  const all = await everything(bench().client);
  for (const name of all.keys()) if (name.endsWith(':drain:meta')) all.delete(name);
  return all;
};

const forget = (own: Bench, id = 'dana') => own.type('customers', 'forget', 'support', id);

/** Whose these are only the key that sealed them can tell. */
const places: readonly [string, (old: Bench) => Promise<unknown>][] = [
  [
    'whose a conversation is',
    ({ core }) => core.conversations.bind('c-9', { channel: 'support', customerId: 'eve' }, 60_000),
  ],
  [
    'whom a contact stands for',
    ({ core }) =>
      core.conversations.rememberContact(
        'eve@example.com',
        { channel: 'support', customerId: 'eve' },
        60_000,
      ),
  ],
  [
    'a dead letter of no message',
    async ({ core, accept, end }) => {
      const lane = core.keys.outboundLane('');
      await accept({ lane, mark: 'm', payload: misfit('c-9') });
      await end(lane, 'dead', 'malformed');
    },
  ],
  [
    'what came as no message and waits',
    ({ core, accept }) => accept({ lane: core.keys.outboundLane(''), mark: 'm', payload: misfit('c-9') }),
  ],
];

describe('customers forget while a key of redis.encryption is missing', () => {
  test.each(places)('I13: refuses, and removes nothing at all, when %s cannot be read', async (_, leave) => {
    const old = await bench().keyed(first);
    const own = await bench().keyed(second);
    await live(own, 'dana');
    await leave(old);
    const before = await kept();
    const { stdout, stderr, exitCode } = await forget(own);
    expect([stdout, stderr, exitCode]).toEqual([
      '',
      'egain-bridge: nothing was removed; 1 text that might be theirs was sealed with the key "first", which is missing: ' +
        'put it at the end of redis.encryption.keys\n',
      1,
    ]);
    expect(await kept()).toEqual(before);

    // With the key all of it goes, and what is somebody else’s stays.
    const both = await bench().keyed(second, first);
    expect(await forget(both)).toMatchObject({ stderr: '', exitCode: 0 });
    const left = [...(await kept())].flat().join('\n');
    for (const lane of [
      own.core.keys.inboundLane('support', 'dana'),
      own.core.keys.outboundLane('past-of-dana'),
    ])
      expect(left).not.toContain(lane);
    expect(left).toContain('$first:');
  });

  test('I13: refuses while a past conversation of that very customer cannot be read', async () => {
    const old = await bench().keyed(first);
    const hashes = await live(old, 'dana');
    const own = await bench().keyed(second);
    const before = await kept();
    const { stderr, exitCode } = await forget(own);
    // The open conversation is known to be theirs; the past one and the contact are not.
    expect(stderr).toMatch(
      /nothing was removed; 2 texts that might be theirs were sealed with the key "first"/,
    );
    expect(exitCode).toBe(1);
    expect(await kept()).toEqual(before);

    await forget(await bench().keyed(second, first));
    const left = [...(await kept())].flat().join('\n');
    for (const lane of hashes) expect(left).not.toContain(lane);
  });

  test('I13: forgets all the same when what cannot be read is known to be theirs, and late callbacks are dropped', async () => {
    const old = await bench().keyed(first);
    const { keys, conversations } = old.core;
    const lane = keys.inboundLane('support', 'dana');
    // Of one conversation a journey tells, of the other that it is the open one.
    await old.accept(old.inbound('m-1'), old.inbound('m-2'));
    await old.end(lane, 'delivered');
    await bench().client.set(`${keys.tag(0)}:m:${lane}`, 'c-2', 'PX', 60_000);
    for (const conversation of ['c-1', 'c-2']) {
      await conversations.bind(conversation, { channel: 'support', customerId: 'dana' }, 60_000);
      await old.accept(old.outbound(`h-${conversation}`, conversation));
    }
    // On another channel nothing is this customer's, whoever it is.
    await conversations.bind('c-3', { channel: 'sales', customerId: 'eve' }, 60_000);
    const own = await bench().keyed(second);
    expect(await forget(own)).toEqual({
      stdout: 'removed: waiting messages 3, dead letters 0, conversations 3, journeys 4, duplicate marks 4\n',
      stderr: '',
      exitCode: 0,
    });
    const left = [...(await kept())].flat().join('\n');
    for (const each of [lane, keys.outboundLane('c-1'), keys.outboundLane('c-2')])
      expect(left).not.toContain(each);
    const forgotten = ['c-1', 'c-2', 'c-3'].map((id) => own.core.conversations.wasForgotten(id));
    expect(await Promise.all(forgotten)).toEqual([true, true, false]);
  });

  test('says which conversations were changed in Redis, and removes nothing', async () => {
    const own = await bench().keyed(first);
    const { keys } = own.core;
    await live(own, 'dana');
    const lane = keys.outboundLane('c-9');
    await own.core.conversations.bind('c-9', { channel: 'support', customerId: 'eve' }, 60_000);
    const name = `${keys.tag(0)}:m:${lane}`;
    const sealed = (await bench().client.get(name)) ?? '';
    await bench().client.set(name, `${sealed.slice(0, -12)}AAAAAAAAAAAA`, 'PX', 60_000);
    const before = await kept();
    const { stderr, exitCode } = await forget(own);
    expect(stderr).toBe(
      `egain-bridge: nothing was removed; whose these are was changed in Redis by somebody else: ${lane}\n`,
    );
    expect(exitCode).toBe(1);
    expect(await kept()).toEqual(before);
  });
});
