import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { Finding } from '../../src/doctor/finding.js';
import { AtRest, type EncryptionKey } from '../../src/lanes/at-rest.js';
import { Keyspace } from '../../src/lanes/keyspace.js';
import { Lanes } from '../../src/lanes/lanes.js';
import { startObjectStore, type ObjectStore } from '../support/object-store.js';
import { startWorld, type BridgeProcess, type World } from '../support/world.js';
import { operateOn, type Ended } from './support/operate.js';

const key = (id: string, byte: number): EncryptionKey => ({
  id,
  key: Buffer.alloc(32, byte).toString('base64'),
});
const [oldKey, newKey] = [key('old', 1), key('new', 2)];

type Tree = Readonly<Record<string, unknown>>;

let world: World;
let bucket: ObjectStore;
let bridge: BridgeProcess;
/** Answers everything in the same way. */
const stranger: Server = createServer((_request, response) => response.writeHead(200).end('hello'));
let strangerUrl = '';

beforeAll(async () => {
  bucket = await startObjectStore();
  world = await startWorld({ redis: { appendonly: 'everysec' } });
  bridge = await world.startBridge();
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  strangerUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
}, 60_000);
afterAll(async () => {
  await new Promise((resolve) => stranger.close(resolve));
  await world.stop();
  await bucket.stop();
});

let number = 0;

/** The running bridge's configuration with some paths set otherwise, e.g. `redis.url`; undefined takes one away. */
async function examine(
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Ended & { readonly findings: ReadonlyMap<string, Finding> }> {
  const config = parse(await readFile(bridge.configFile, 'utf8')) as Tree;
  const changed = Object.entries({ publicUrl: bridge.url, ...changes }).reduce<Tree>(
    (tree, [path, value]) => set(tree, path.split('.'), value),
    config,
  );
  number += 1;
  const file = join(world.dir, `doctor-${number}.yaml`);
  await writeFile(file, stringify(changed));
  const ended = await operateOn(file, ['doctor', '--json']);
  const findings = ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Finding);
  return { ...ended, findings: new Map(findings.map((finding) => [finding.check, finding])) };
}

function set(tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): Tree {
  const below = tree[key];
  if (rest.length === 0) return { ...tree, [key]: value };
  return { ...tree, [key]: set((below ?? {}) as Tree, rest, value) };
}

const provisioning = { notificationEmail: 'oncall@example.com' };

test('a bridge that is well has nothing to say but ok, for people and for programs', async () => {
  const { findings, code, stderr } = await examine();
  expect([stderr, code]).toEqual(['', 0]);
  // There is no section provisioning to compare with, and the tests' client may only send messages.
  expect([...findings.values()].filter(({ level }) => level !== 'ok').map(({ check }) => check)).toEqual([
    'scope of provisioning',
    'provisioning',
  ]);
  const forPeople = await operateOn(bridge.configFile, ['doctor']);
  expect(forPeople.stdout).toMatch(/^ok {7}configuration: complete$/m);
  expect(forPeople.stdout).toMatch(/^WARNING {2}scope of provisioning: .*\n {9}-> assign app\./m);
});

test('a bucket for files is tried by writing, reading and removing', async () => {
  const { findings } = await examine({ 'files.store': bucket.settings });
  expect(findings.get('files')).toMatchObject({
    level: 'ok',
    found: 'the bucket takes, gives and removes a file',
  });
  expect(await bucket.objects()).toEqual([]);
});

interface Case {
  readonly what: string;
  /** What must lie in Redis first. */
  readonly before?: () => Promise<unknown>;
  readonly changes: () => Readonly<Record<string, unknown>>;
  readonly check: string;
  readonly level: Finding['level'];
  readonly found: RegExp;
  readonly advice: RegExp;
}

describe('each check fails where there is something to find, and says what to do', () => {
  test.each<Case>([
    {
      what: 'Redis is not there',
      changes: () => ({ 'redis.url': 'redis://127.0.0.1:1' }),
      check: 'redis',
      level: 'error',
      found: /does not answer \(connect ECONNREFUSED/,
      advice: /redis\.url/,
    },
    {
      what: 'Redis holds other data',
      changes: () => ({ 'redis.shards': 3 }),
      check: 'redis layout',
      level: 'error',
      found: /redis\.shards is 3, but Redis holds data spread over 1/,
      advice: /setting named/,
    },
    {
      what: 'a key is missing that something waiting was sealed with',
      before: () => leave('in:support', [oldKey]),
      changes: () => ({ 'redis.prefix': 'left', 'redis.encryption': { keys: [newKey] } }),
      check: 'encryption',
      level: 'error',
      found: /the key "new" seals; of \d+ texts looked at .* are held: 1 with "old"/,
      advice: /put the key "old" .* at the end of redis\.encryption\.keys/,
    },
    {
      what: 'messages wait for a channel that is gone',
      before: () => leave('out:gone'),
      changes: () => ({ 'redis.prefix': 'left' }),
      check: 'held messages',
      level: 'error',
      found: /the channel gone is not configured, .* to customers in 1 lane/,
      advice: /put channels\.gone back/,
    },
    {
      what: 'there are fewer replicas than asked for',
      changes: () => ({ 'redis.waitReplicas': 1 }),
      check: 'redis replication',
      level: 'error',
      found: /0 replicas are connected, redis\.waitReplicas asks for 1/,
      advice: /bring the replicas back/,
    },
    {
      what: 'Redis has reached the share of its memory that intake may fill',
      before: () => world.redis.client().set('ballast', Buffer.alloc(15 * 1024 * 1024)),
      changes: () => ({ 'redis.maxMemoryBytes': 16 * 1024 * 1024, 'redis.prefix': 'full' }),
      check: 'redis memory',
      level: 'error',
      found: /% of the memory limit is used: intake is stopped/,
      advice: /lanes list/,
    },
    {
      what: 'the folder for files is none',
      changes: () => ({ 'files.store': bridge.configFile }),
      check: 'files',
      level: 'error',
      found: /files\.store: it cannot be used: the folder: EEXIST/,
      advice: /let the user that runs the bridge write/,
    },
    {
      what: 'the bucket for files is not there',
      changes: () => ({ 'files.store': { ...bucket.settings, bucket: 'another' } }),
      check: 'files',
      level: 'error',
      found: /writing failed \(NoSuchBucket\)/,
      advice: /files\.store: endpoint, bucket/,
    },
    {
      what: 'the key to the bucket for files is wrong',
      changes: () => ({
        'files.store': { ...bucket.settings, secretAccessKey: 'not-the-secret-of-this-key' },
      }),
      check: 'files',
      level: 'error',
      found: /writing failed \(SignatureDoesNotMatch\)/,
      advice: /the access key/,
    },
    {
      what: 'nobody is where the bucket for files is to be',
      changes: () => ({ 'files.store': { ...bucket.settings, endpoint: 'http://127.0.0.1:1' } }),
      check: 'files',
      level: 'error',
      found: /writing failed \(ECONNREFUSED\)/,
      advice: /endpoint/,
    },
    {
      what: 'the client’s secret is wrong',
      changes: () => ({ 'egain.token.clientSecret': 'a-wrong-secret-of-16-or-more' }),
      check: 'token',
      level: 'error',
      found: /token endpoint answered 401/,
      advice: /clientSecret/,
    },
    {
      what: 'the address of the API is another server’s',
      changes: () => ({ 'egain.apiUrl': `${strangerUrl}/conversation/conversationmgr/v3` }),
      check: 'scope of messages',
      level: 'error',
      found: /something answers at 127\.0\.0\.1, but not as eGain does/,
      advice: /egain\.apiUrl/,
    },
    {
      what: 'nothing answers at the address of the API',
      changes: () => ({ 'egain.apiUrl': 'http://127.0.0.1:1/v3' }),
      check: 'scope of messages',
      level: 'error',
      found: /ECONNREFUSED/,
      advice: /open the way to 127\.0\.0\.1/,
    },
    {
      what: 'the token may not read what was provisioned',
      changes: () => ({ provisioning }),
      check: 'provisioning',
      level: 'error',
      found: /could not be read/,
      advice: /scopes/,
    },
    {
      what: 'another server has the public address',
      changes: () => ({ publicUrl: strangerUrl }),
      check: 'callback',
      level: 'error',
      found: /answers 200, which a bridge does not/,
      advice: /publicUrl/,
    },
    {
      what: 'nothing has the public address',
      changes: () => ({ publicUrl: 'http://127.0.0.1:1' }),
      check: 'callback',
      level: 'warning',
      found: /cannot be reached from here/,
      advice: /publicUrl/,
    },
    {
      what: 'a channel’s application is not there',
      changes: () => ({ 'channels.support.url': 'http://127.0.0.1:1/hook' }),
      check: 'channel support',
      level: 'error',
      found: /127\.0\.0\.1:1: connect ECONNREFUSED/,
      advice: /channels\.support\.url/,
    },
  ])('$what', async ({ before, changes, check, level, found, advice }) => {
    await before?.();
    const { findings, code, stdout, stderr } = await examine(changes());
    expect(findings.get(check)).toEqual({
      check,
      level,
      found: expect.stringMatching(found),
      advice: expect.stringMatching(advice),
    });
    expect(stderr).toBe('');
    expect(code).toBe(level === 'error' ? 1 : 0);
    expect(stdout).not.toMatch(/client-secret-of-the-tests|callback-password-of-the-tests|whsec_/);
  });

  test('Redis evicts, and keeps nothing over a restart', async () => {
    const client = world.redis.client();
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await client.config('SET', 'appendonly', 'no');
    try {
      const { findings, code } = await examine();
      expect(findings.get('redis eviction')).toMatchObject({
        level: 'warning',
        found: expect.stringMatching(/allkeys-lru/),
      });
      expect(findings.get('redis persistence')).toMatchObject({ level: 'warning' });
      expect(code).toBe(0);
    } finally {
      await client.config('SET', 'maxmemory-policy', 'noeviction');
      await client.config('SET', 'appendonly', 'yes');
    }
  });

  test('a configuration with a problem is told as by every command', async () => {
    const { stderr, code } = await examine({ 'redis.shards': 0 });
    expect(stderr).toMatch(/redis\.shards .*: expected a number of at least 1/);
    expect(code).toBe(1);
  });
});

/** A message that waits where no bridge runs: under the prefix `left`. */
async function leave(target: string, encryptionKeys: readonly EncryptionKey[] = []): Promise<void> {
  const keys = new Keyspace({ prefix: 'left', shards: 1, secret: 's', atRest: new AtRest(encryptionKeys) });
  const lanes = new Lanes(world.redis.client(), keys, {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax: 100,
    deadLettersMs: 60_000,
    deadLettersMax: 100,
    window: 10,
  });
  await lanes.accept([{ lane: keys.inboundLane(target, target), target, payload: '{}' }]);
}
