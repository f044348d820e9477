import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { projectRoot } from '../support/spawn-process.js';
import { startTestRedis, type TestRedis } from '../support/test-redis.js';
import { connect, startWorld, type BridgeOptions, type World } from '../support/world.js';

const password = 'the-password-of-this-redis';

let world: World;
let guarded: TestRedis;
beforeAll(async () => {
  world = await startWorld();
  guarded = await startTestRedis({ extra: { requirepass: password } });
}, 60_000);
afterAll(async () => {
  await world.stop();
  await guarded.stop();
});

/** What somebody sees whose bridge does not start: the exit code and everything on stderr. */
async function failing(options: BridgeOptions): Promise<{ code: number | null; stderr: string }> {
  const bridge = await world.startBridge({ ...options, untilReady: false });
  const { code } = await bridge.exited;
  return { code, stderr: bridge.stderr() };
}

describe('a start that cannot be is one sentence that names the setting, and exit code 1', () => {
  test.each([
    [
      'a secret from a variable that is not set',
      { egain: { token: { clientSecret: '${EGAIN_CLIENT_SECRET_OF_NOBODY}' } } },
      /egain\.token\.clientSecret \(.*line \d+\): expected .*EGAIN_CLIENT_SECRET_OF_NOBODY/,
    ],
    [
      'a secret that is missing',
      { egain: { token: { clientSecret: null } } },
      /egain\.token\.clientSecret .*expected .*; it is not set/,
    ],
    [
      'a secret in a file that is not there',
      { channels: { support: { secrets: null, secretsFile: '/nowhere/secret' } } },
      /channels\.support\.secretsFile .*expected a file that can be read; \/nowhere\/secret: there is no such file/,
    ],
  ])('%s', async (_, overrides, sentence) => {
    const { code, stderr } = await failing({ overrides });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^egain-bridge: /);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/ at /);
  });

  /** Each start waits ten seconds for Redis; so all of them at once. */
  test('Redis is not there, or refuses', async () => {
    const wrong = guarded.url.replace('redis://', 'redis://:not-the-password-of-it@');
    const cases: readonly (readonly [string, RegExp])[] = [
      [`redis://127.0.0.1:${await freePort()}`, /does not answer \(connect ECONNREFUSED/],
      ['redis://no-such-host.invalid:6379', /does not answer \(getaddrinfo \w+ no-such-host/],
      [guarded.url, /refuses the connection \(NOAUTH /],
      [wrong, /refuses the connection \(WRONGPASS /],
    ];
    const ends = await Promise.all(cases.map(([url]) => failing({ replace: { redis: { url } } })));
    for (const [index, { code, stderr }] of ends.entries()) {
      expect(stderr).toMatch(/^egain-bridge: redis\.url: Redis [^\n]+\n$/);
      expect(stderr).toMatch(cases[index]?.[1] ?? /nothing/);
      expect(stderr).not.toContain('not-the-password-of-it');
      expect(code).toBe(1);
    }
  }, 60_000);
});

const isRoot = process.getuid?.() === 0;

/** As a user that no list of users knows, with nowhere to write: an image with a read-only root has no more. */
(isRoot ? describe : describe.skip)('a user of whom nobody has heard, who may write nowhere', () => {
  const uid = 54_321;
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp('/tmp/egain-bridge-stranger-');
    // The project's own folder may be closed to others. Of the packages nothing is needed: the program is one with them.
    for (const part of ['package.json', 'dist']) {
      await cp(join(projectRoot, part), join(dir, part), { recursive: true });
    }
    await promisify(execFile)('chmod', ['-R', 'a+rX', dir]);
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  function startAsStranger(file: string) {
    const args = [join(dir, 'dist/bin/egain-bridge.js'), 'start', '--config', file];
    const child = spawn(process.execPath, args, {
      cwd: '/',
      uid,
      gid: uid,
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', TMPDIR: '/nonexistent' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const told = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (told.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (told.stderr += chunk.toString()));
    return { child, told, exited: once(child, 'close').then(() => child.exitCode) };
  }

  test('a configuration that may not be read is told of', async () => {
    const file = join(dir, 'secret.yaml');
    await writeFile(file, 'redis: {}', { mode: 0o600 });
    const { told, exited } = startAsStranger(file);
    expect(await exited).toBe(1);
    expect(told.stderr).toContain('it may not be read by this user');
  });

  test('messages are taken in, delivered and answered, and it leaves in order', async () => {
    const model = await world.startBridge();
    await model.stop();
    const config = parse(await readFile(model.configFile, 'utf8')) as Record<string, unknown>;
    const port = await freePort();
    const server = { host: '127.0.0.1', port, managementHost: '127.0.0.1', managementPort: await freePort() };
    const file = join(dir, 'bridge.yaml');
    await writeFile(file, stringify({ ...config, server }), { mode: 0o644 });
    const { child, told, exited } = startAsStranger(file);
    try {
      const started = await eventually(
        () => told.stdout.includes('bridge started') || child.exitCode !== null,
        { timeoutMs: 20_000 },
      );
      expect([started, told.stderr]).toEqual([true, '']);
      connect(world, { url: `http://127.0.0.1:${port}` });
      await world.channel.send({ customer: { id: 'dana' }, text: 'Hello' });
      const conversation = await eventually(() => world.simulator.control.conversations()[0]);
      world.simulator.control.act(conversation.id, { do: 'text', text: 'Hi' });
      await eventually(() => world.channel.received().some(({ text }) => text === 'Hi'));
    } finally {
      child.kill('SIGTERM');
    }
    expect(await exited).toBe(0);
    expect(told.stderr).toBe('');
  });
});
