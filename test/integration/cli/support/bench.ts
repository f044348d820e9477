import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { Redis } from 'ioredis';
import { stringify } from 'yaml';
import { bridgeSchema } from '../../../../config/schema.js';
import { openCore, type Core } from '../../../../src/bridge/core.js';
import { adapters } from '../../../../src/channels/index.js';
import { run } from '../../../../src/cli/program.js';
import type { EncryptionKey } from '../../../../src/lanes/at-rest.js';
import { writeEnvelope, type Envelope } from '../../../../src/lanes/envelope.js';
import { journeyEnd, journeyHead, type Outcome } from '../../../../src/lanes/journeys.js';
import { Lanes, type NewMessage } from '../../../../src/lanes/lanes.js';
import { startTestRedis, type TestRedis } from '../../../support/redis.js';

/** How a command line ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** The far end's id of whatever was delivered; so long that its journey lies in Redis in two pieces. */
export const farId = 'far-'.padEnd(64, '1');

/** A Redis with messages in every state, and the operators' commands in front of it; nobody delivers. */
export interface Bench {
  readonly redis: TestRedis;
  readonly client: Redis;
  readonly core: Core;
  readonly worker: Lanes;
  readonly configFile: string;
  readonly type: (...argv: readonly string[]) => Promise<Ended>;
  /** The objects a `--json` command printed, one per line. */
  readonly lines: (...argv: readonly string[]) => Promise<Readonly<Record<string, unknown>>[]>;
  readonly inbound: (
    id: string,
    more?: Partial<Extract<Envelope, { kind: 'inbound' }>['message']>,
  ) => NewMessage;
  readonly outbound: (id: string, conversationId: string, text?: string) => NewMessage;
  readonly accept: (...messages: readonly NewMessage[]) => Promise<void>;
  /** Ends the head of a lane, as a worker would. */
  readonly end: (lane: string, outcome: Outcome, reason?: string, detail?: string) => Promise<string>;
  /** The same Redis by another configuration: with these keys in `redis.encryption`. */
  readonly keyed: (...keys: readonly EncryptionKey[]) => Promise<Bench>;
}

const tree = (redis: TestRedis, encryptionKeys: readonly EncryptionKey[] = []) => ({
  redis: {
    url: redis.url,
    ...(encryptionKeys.length === 0 ? {} : { encryption: { keys: encryptionKeys } }),
  },
  server: { port: 0, managementPort: 0 },
  egain: {
    apiUrl: 'http://127.0.0.1:9/egain',
    token: {
      url: 'http://127.0.0.1:9/token',
      clientId: 'bridge',
      clientSecret: 'client-secret-of-the-tests',
    },
    callback: { authentication: [{ type: 'basic', username: 'egain', password: 'callback-password' }] },
  },
  channels: Object.fromEntries(
    ['support', 'sales'].map((name) => [
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

/** Runs one command line in this process. */
export async function typeLine(argv: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  let exitCode = 0;
  await run(argv, {
    env,
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  return { ...written, exitCode };
}

/** One for the file, emptied before each test. */
export function useBench(): () => Bench {
  let bench: (Bench & { dir: string }) | undefined;
  const cores: Core[] = [];
  const open = async (redis: TestRedis, dir: string, keys: readonly EncryptionKey[]): Promise<Bench> => {
    const configFile = join(dir, `bridge-${cores.length}.yaml`);
    await writeFile(configFile, stringify(tree(redis, keys)));
    const core = await openCore(bridgeSchema(adapters).parse(tree(redis, keys)), () => undefined);
    cores.push(core);
    return benchOf(redis, core, configFile, (...others) => open(redis, dir, others));
  };
  beforeAll(async () => {
    const redis = await startTestRedis();
    const dir = await mkdtemp(join(tmpdir(), 'egain-bridge-cli-'));
    bench = { dir, ...(await open(redis, dir, [])) };
  });
  beforeEach(async () => {
    const { client } = using();
    const all = (await client.keys('*')).filter((key) => !key.endsWith(':layout}'));
    if (all.length > 0) await client.del(...all);
  });
  afterAll(async () => {
    const { redis, dir } = using();
    for (const core of cores) await core.close();
    await redis.stop();
    await rm(dir, { recursive: true });
  });
  const using = () => {
    if (bench === undefined) throw new Error('The bench is there only while the tests of the file run.');
    return bench;
  };
  return using;
}

function benchOf(redis: TestRedis, core: Core, configFile: string, keyed: Bench['keyed']): Bench {
  const { lanes, keys, queues } = core;
  const client = redis.client();
  // Without BullMQ's lock: whoever asks in these tests is the worker.
  const worker = new Lanes(core.redis, keys, {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax: 10_000,
    deadLettersMs: 60_000,
    deadLettersMax: 1000,
    window: 100,
  });
  const type: Bench['type'] = (...argv) => typeLine([...argv, '--config', configFile]);
  const accept: Bench['accept'] = async (...messages) => {
    const { orders } = await lanes.accept(messages);
    await queues.add(orders);
    // What BullMQ took is confirmed a little later; tests that compare everything in Redis do not wait for it.
    await Promise.all(orders.map(({ shard, jobId }) => lanes.confirm(shard, [jobId])));
  };
  return {
    redis,
    client,
    core,
    worker,
    configFile,
    type,
    lines: async (...argv) =>
      (await type(...argv)).stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    inbound: (id, more = {}) => {
      const { customer = { id: 'dana' } } = more;
      return {
        lane: keys.inboundLane('support', customer.id),
        target: 'in:support',
        mark: keys.messageMark(id),
        journey: { id, head: journeyHead('in', 'support') },
        payload: writeEnvelope({
          kind: 'inbound',
          channel: 'support',
          message: { id, type: 'text', customer, text: `text of ${id}`, ...more },
        }),
      };
    },
    outbound: (id, conversationId, text = `text of ${id}`) => ({
      lane: keys.outboundLane(conversationId),
      mark: keys.messageMark(id),
      journey: { id, head: journeyHead('out', '') },
      payload: writeEnvelope({
        kind: 'outbound',
        id,
        conversationId,
        message: { id, type: { value: 'text' }, content: { text }, conversation: { id: conversationId } },
      }),
    }),
    accept,
    keyed,
    end: async (lane, outcome, reason = 'rejected', detail = 'because') => {
      const state = `${keys.tag(keys.shardOf(lane))}:s:${lane}`;
      const taken = await worker.take(lane, (await client.hget(state, 'g')) ?? '', 'worker', 1);
      const [element] = taken.kind === 'taken' ? taken.elements : [];
      if (taken.kind !== 'taken' || element === undefined) throw new Error(`lane ${lane} has no head`);
      const {
        k: kind,
        m: message,
        i,
      } = JSON.parse(element.payload) as { k: string; m: { id: string }; i?: string };
      const journey = {
        id: kind === 'i' ? message.id : (i ?? ''),
        value: journeyEnd({
          direction: kind === 'i' ? 'in' : 'out',
          channel: 'support',
          acceptedAt: element.acceptedAt,
          at: taken.now,
          outcome,
          ...(outcome === 'delivered' ? { conversationId: 'c-1', farId } : { reason }),
          attempts: 1,
        }),
      };
      const holding = { lane, owner: 'worker', finished: taken.finished };
      if (outcome === 'dead') {
        const buried = await worker.bury(holding, { reason, detail, journey, release: true });
        return 'deadLetter' in buried ? buried.deadLetter : buried.kind;
      }
      return (await worker.acknowledge(holding, { journey, release: true, most: 0 })).kind;
    },
  };
}
