import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { operateOn, type Ended } from './support/operate.js';
import { startWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.startBridge();
}, 60_000);
afterAll(() => world.stop());

describe('start', () => {
  const taken: Server = createServer();
  beforeAll(() => new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => taken.close(resolve)));

  async function start(overrides: Readonly<Record<string, unknown>>): Promise<Ended> {
    const child = await world.startBridge({ overrides, untilReady: false });
    const { code } = await child.exited;
    return { stdout: child.stdout(), stderr: child.stderr(), code };
  }

  test.each<[string, (port: number) => Readonly<Record<string, unknown>>, RegExp]>([
    [
      'its port is taken',
      (port) => ({ server: { port } }),
      /^egain-bridge: server\.port: cannot listen on 127\.0\.0\.1:\d+: the port is taken\n$/,
    ],
    [
      'its management port is taken',
      (managementPort) => ({ server: { managementPort } }),
      /^egain-bridge: server\.managementPort: cannot listen on .*: the port is taken\n$/,
    ],
    [
      'Redis holds another number of shards',
      () => ({ redis: { shards: 4 } }),
      /^egain-bridge: redis\.shards is 4, but Redis holds data spread over 1 .*: set redis\.shards to 1, or stop every process and run egain-bridge migrate\n$/,
    ],
    [
      'its hash key is another one',
      () => ({ redis: { hashKey: 'a-hash-key-of-16-or-more' } }),
      /^egain-bridge: redis\.hashKey is not the one .*: remove the setting\n$/,
    ],
    [
      'Redis is not there',
      () => ({ redis: { url: 'redis://127.0.0.1:1' } }),
      /^egain-bridge: redis\.url: Redis does not answer \(connect ECONNREFUSED 127\.0\.0\.1:1\)\n$/,
    ],
    [
      'a setting is wrong',
      () => ({ redis: { shards: 0 } }),
      /^egain-bridge: .* has a problem:\n {2}redis\.shards \(.*\): expected a number of at least 1\n$/,
    ],
  ])('says so in one sentence and ends when %s', async (_what, overrides, sentence) => {
    const { stderr, code } = await start(overrides((taken.address() as AddressInfo).port));
    expect(stderr).toMatch(sentence);
    expect(code).toBe(1);
  });
});

test('without Redis every operator’s command says so in one sentence, without the password', async () => {
  const url = `redis://:a-password-of-16-or-more@127.0.0.1:${await freePort()}`;
  const bridge = await world.startBridge({ overrides: { redis: { url } }, untilReady: false });
  const commands = [
    ['messages', 'trace', 'm-1'],
    ['dead-letters', 'list'],
    ['dead-letters', 'retry', '--all'],
    ['lanes', 'list'],
    ['channels', 'list'],
    ['customers', 'forget', 'support', 'dana'],
  ];
  await Promise.all(
    commands.map(async (argv) => {
      const { stdout, stderr, code } = await operateOn(bridge.configFile, argv);
      expect([argv, stdout, code]).toEqual([argv, '', 1]);
      expect(stderr).toMatch(
        /^egain-bridge: redis\.url: Redis does not answer \(connect ECONNREFUSED [\d.:]+\)\n$/,
      );
    }),
  );
});
