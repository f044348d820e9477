import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { bridgeSchema, type BridgeConfig } from '../../../config/schema.js';
import { openCore, type Core } from '../../../src/bridge/core.js';
import { adapters } from '../../../src/channels/index.js';
import type { Finding } from '../../../src/doctor/finding.js';
import { checkRedis } from '../../../src/doctor/redis.js';
import type { EncryptionKey } from '../../../src/lanes/at-rest.js';
import { writeEnvelope } from '../../../src/lanes/envelope.js';
import { Lanes, type NewMessage } from '../../../src/lanes/lanes.js';
import { Outbox } from '../../../src/lanes/outbox.js';
import { journeyHead } from '../../../src/lanes/journeys.js';
import { useTestRedis } from '../../support/redis.js';

const redis = useTestRedis();

const key = (id: string, byte: number): EncryptionKey => ({
  id,
  key: Buffer.alloc(32, byte).toString('base64'),
});
const [first, second] = [key('first', 1), key('second', 2)];

interface Setting {
  readonly prefix?: string;
  readonly shards?: number;
  readonly keys?: readonly EncryptionKey[];
  readonly channels?: readonly string[];
}

const newPrefix = (): string => `doctor-${randomUUID().slice(0, 8)}`;

function configOf({
  prefix = newPrefix(),
  shards = 1,
  keys = [],
  channels = ['support'],
}: Setting): BridgeConfig {
  return bridgeSchema(adapters).parse({
    redis: {
      url: redis().url,
      prefix,
      shards,
      ...(keys.length === 0 ? {} : { encryption: { keys } }),
    },
    egain: {
      apiUrl: 'http://127.0.0.1:9/egain',
      token: {
        url: 'http://127.0.0.1:9/token',
        clientId: 'bridge',
        clientSecret: 'client-secret-of-the-tests',
      },
      callback: {
        authentication: [{ type: 'basic', username: 'egain', password: 'callback-password-of-the-tests' }],
      },
    },
    channels: Object.fromEntries(
      channels.map((name) => [
        name,
        {
          adapter: 'webhook',
          url: 'http://127.0.0.1:9/channel',
          secrets: [`whsec_${Buffer.alloc(32, 3).toString('base64')}`],
          manifest: { type: `custom.${name}`, displayName: name },
          account: { address: name },
        },
      ]),
    ),
  });
}

/** What a bridge of this configuration leaves in Redis. */
async function leave(setting: Setting, write: (core: Core) => Promise<unknown>): Promise<void> {
  const core = await openCore(configOf(setting), () => undefined);
  try {
    await write(core);
  } finally {
    await core.close();
  }
}

const from = ({ keys }: Core, customer: string, channel = 'support'): NewMessage => ({
  lane: keys.inboundLane(channel, customer),
  target: `in:${channel}`,
  mark: keys.messageMark(`${customer}-1`),
  journey: { id: `${customer}-1`, head: journeyHead('in', channel) },
  payload: writeEnvelope({
    kind: 'inbound',
    channel,
    message: { id: `${customer}-1`, type: 'text', customer: { id: customer }, text: 'hello' },
  }),
});

const accept = (customer: string) => (core: Core) => core.lanes.accept([from(core, customer)]);

async function findings(setting: Setting, check: string): Promise<readonly Finding[]> {
  return (await checkRedis(configOf(setting))).findings.filter((finding) => finding.check === check);
}

const missing = (id: string): RegExp => new RegExp(`put the key "${id}" .* redis\\.encryption\\.keys`);

describe('encryption', () => {
  test('the key that seals is named, and what the sample was sealed with', async () => {
    const prefix = newPrefix();
    expect(await findings({ prefix, keys: [first] }, 'encryption')).toEqual([
      { check: 'encryption', level: 'ok', found: 'the key "first" seals; no text lies in Redis to look at' },
    ]);
    await leave({ prefix }, accept('ann'));
    expect(await findings({ prefix }, 'encryption')).toEqual([
      {
        check: 'encryption',
        level: 'ok',
        found: 'redis.encryption is not set; none of 1 texts looked at (a sample) is sealed',
      },
    ]);
    await leave({ prefix, keys: [first] }, accept('bob'));
    await leave({ prefix, keys: [second, first] }, accept('cid'));
    const [finding] = await findings({ prefix, keys: [second, first] }, 'encryption');
    expect(finding).toEqual({
      check: 'encryption',
      level: 'ok',
      found: expect.stringMatching(/^the key "second" seals; of 3 texts .*1 sealed with "first"/),
    });
    expect(finding?.found).toMatch(/1 sealed with "second".* 1 as they were written/);
  });

  test.each<[string, readonly EncryptionKey[], RegExp]>([
    ['was taken out', [second], /^the key "second" seals; of 1 texts .* are held: 1 with "first"$/],
    ['is not set at all', [], /^redis\.encryption is not set; of 1 texts .* are held: 1 with "first"$/],
    [
      'is another one by now',
      [key('first', 7)],
      /^the key "first" seals; .*: 1 with "first", which is another key here$/,
    ],
  ])('fails when the key of what waits %s', async (_, keys, found) => {
    const prefix = newPrefix();
    await leave({ prefix, keys: [first] }, accept('ann'));
    expect(await findings({ prefix, keys }, 'encryption')).toEqual([
      {
        check: 'encryption',
        level: 'error',
        found: expect.stringMatching(found),
        advice: expect.stringMatching(missing('first')),
      },
    ]);
  });

  const places: readonly [string, (core: Core) => Promise<unknown>][] = [
    [
      'a dead letter',
      async (core) => {
        await accept('ann')(core);
        const lane = core.keys.inboundLane('support', 'ann');
        const worker = new Lanes(core.redis, core.keys, {
          duplicateWindowMs: 60_000,
          journeysMs: 60_000,
          journeysMax: 100,
          deadLettersMs: 60_000,
          deadLettersMax: 100,
          window: 10,
        });
        const generation = await core.redis.hget(`${core.keys.tag(0)}:s:${lane}`, 'g');
        await worker.take(lane, generation ?? '', 'worker', 1);
        const holding = { lane, owner: 'worker', finished: 0 };
        const death = { reason: 'rejected', detail: 'because', release: true };
        expect((await worker.bury(holding, death)).kind).toBe('empty');
      },
    ],
    [
      'what a web chat has not fetched',
      async (core) => {
        // The customer's message is known, and has been delivered.
        await accept('ann')(core);
        await core.lanes.forget(core.keys.inboundLane('support', 'ann'));
        const event = { key: 'e', event: '{}', fleeting: false, most: 10, lifeMs: 60_000 };
        await new Outbox(core.redis, core.keys).append('support', 'ann', event);
      },
    ],
    [
      'whose a conversation is',
      async (core) => {
        const lane = core.keys.outboundLane('c-1');
        const journey = { id: 'h-1', head: journeyHead('out', '') };
        await core.lanes.accept([{ lane, mark: 'm', journey, payload: '{}' }]);
        await core.lanes.forget(lane);
        await core.conversations.bind('c-1', { channel: 'support', customerId: 'ann' }, 60_000);
      },
    ],
  ];

  test.each(places)('fails when the key of %s is missing', async (_, write) => {
    const prefix = newPrefix();
    await leave({ prefix, keys: [first] }, write);
    const [finding] = await findings({ prefix, keys: [second] }, 'encryption');
    expect(finding).toMatchObject({ level: 'error', found: expect.stringMatching(/1 with "first"$/) });
  });

  test.each([1, 3])(
    'of thousands of lanes over %i shards the oldest are looked at, and few others',
    async (shards) => {
      const prefix = newPrefix();
      await leave({ prefix, shards, keys: [first] }, accept('ann'));
      await leave({ prefix, shards, keys: [second] }, (core) =>
        core.lanes.accept(Array.from({ length: 3000 }, (__, n) => from(core, `customer-${n}`))),
      );
      const [finding] = await findings({ prefix, shards, keys: [second] }, 'encryption');
      expect(finding).toMatchObject({ level: 'error', found: expect.stringMatching(/: 1 with "first"$/) });
      const texts = Number(/of (\d+) texts/.exec(finding?.found ?? '')?.[1]);
      expect(texts).toBeGreaterThan(100);
      expect(texts).toBeLessThan(1000);
    },
  );
});

describe('held messages', () => {
  test('fails for each channel that is gone with its messages, and tells how many lanes hold them', async () => {
    const prefix = newPrefix();
    await leave({ prefix, channels: ['support', 'sales', 'old'] }, async (core) => {
      await core.lanes.accept([
        from(core, 'ann', 'old'),
        from(core, 'bob', 'old'),
        from(core, 'cid', 'sales'),
        from(core, 'dan', 'support'),
        // Whose conversation that is nobody knows yet: no channel is missing.
        { lane: core.keys.outboundLane('c-1'), mark: 'm', payload: '{}' },
      ]);
      await core.conversations.bind('c-2', { channel: 'old', customerId: 'ann' }, 60_000);
      await core.lanes.accept([{ lane: core.keys.outboundLane('c-2'), mark: 'm', payload: '{}' }]);
    });
    const told = (channel: string, lanesIn: string, lanesOut: string): object => ({
      check: 'held messages',
      level: 'error',
      found: `the channel ${channel} is not configured, but messages wait for it: to eGain in ${lanesIn}, to customers in ${lanesOut}`,
      advice: expect.stringMatching(new RegExp(`put channels\\.${channel} back.*--target in:${channel} `)),
    });
    expect(await findings({ prefix, channels: ['support'] }, 'held messages')).toEqual([
      told('old', '2 lanes', '1 lane'),
      told('sales', '1 lane', '0 lanes'),
    ]);
    const all = ['support', 'sales', 'old'];
    expect(await findings({ prefix, channels: all }, 'held messages')).toEqual([
      { check: 'held messages', level: 'ok', found: 'nothing waits for a channel that is not configured' },
    ]);
  });
});

test('neither is looked at in what belongs to another configuration', async () => {
  const prefix = newPrefix();
  await leave({ prefix, keys: [first] }, accept('ann'));
  for (const check of ['encryption', 'held messages']) {
    expect(await findings({ prefix, shards: 3 }, check)).toEqual([
      { check, level: 'skipped', found: 'what lies in Redis belongs to another configuration' },
    ]);
  }
});
