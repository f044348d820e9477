import { afterAll, expect, test } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { spawnProcess, type SpawnedProcess } from '../support/spawn-process.js';
import { startTestRedis, type TestRedis } from '../support/test-redis.js';

const processes: SpawnedProcess[] = [];
let redis: TestRedis | undefined;

afterAll(async () => {
  for (const each of processes.reverse()) await each.stop();
  await redis?.stop();
});

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): SpawnedProcess => {
  const child = spawnProcess(args, { env });
  processes.push(child);
  return child;
};

test('the files of compose.yaml make a conversation: what a customer writes is answered by the simulator’s bot', async () => {
  redis = await startTestRedis();
  const [port, managementPort, simulatorPort, channelPort, writingPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ].map(String);
  const simulator = start([
    ...[
      'dist/bin/egain-bridge.js',
      'simulator',
      '--port',
      simulatorPort ?? '',
      '--file',
      'deploy/compose/simulator.yaml',
    ],
    ...['--callback', `http://127.0.0.1:${port}/egain/callback`],
  ]);
  await simulator.line(/token /);
  const api = `http://127.0.0.1:${simulatorPort}`;
  const bridge = start(['dist/bin/egain-bridge.js', 'start', '--config', 'deploy/compose/bridge.yaml'], {
    REDIS_URL: redis.url,
    PORT: port ?? '',
    MANAGEMENT_PORT: managementPort ?? '',
    EGAIN_API_URL: `${api}/conversation/conversationmgr/v3`,
    EGAIN_TOKEN_URL: `${api}/global/00000000-0000-0000-0000-000000000000/oauth2/v2.0/token`,
    CHANNEL_URL: `http://127.0.0.1:${channelPort}/from-bridge`,
  });
  await bridge.line(/bridge started/);
  const channel = start(['deploy/compose/channel.mjs'], {
    CHANNEL_PORT: channelPort ?? '',
    WRITING_PORT: writingPort ?? '',
    BRIDGE_URL: `http://127.0.0.1:${port}`,
  });
  await channel.line(/channel ready/);
  const say = async (text: string): Promise<number> => {
    const body = JSON.stringify({ customer: 'dana', text });
    return (await fetch(`http://127.0.0.1:${writingPort}/`, { method: 'POST', body })).status;
  };
  expect(await say('hello')).toBe(202);
  await channel.line(/to dana: How can I help\?/);
  expect(await say('where is my parcel?')).toBe(202);
  await channel.line(/to dana: You wrote: where is my parcel\?/);
  // As compose stops them: each in its time, and by itself.
  expect((await channel.stop()).code).toBe(0);
});
