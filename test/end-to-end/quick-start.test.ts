import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSimulator, type Simulator } from '../../src/simulator/index.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { projectRoot } from '../support/spawn-process.js';

const run = promisify(execFile);

let folder: string;
let clone: string;
let page: string;
let simulator: Simulator;
let redis: TestRedis;
let env: Record<string, string>;
const children: ChildProcess[] = [];

/** As a new user would: an empty folder, a clone. Only what npm and the compiler would make again is lent to it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'egain-bridge-quick-start-'));
  clone = join(folder, 'egain-channel-bridge');
  await run('git', ['clone', '-q', projectRoot, clone]);
  await symlink(join(projectRoot, 'node_modules'), join(clone, 'node_modules'));
  await mkdir(join(clone, '.setup'));
  for (const made of ['dist', '.setup/build', '.setup/types'])
    await cp(join(projectRoot, made), join(clone, made), { recursive: true });
  // Pages that are being written are tried as they are now, and packages that were just chosen are those that are lent.
  for (const name of ['docs/quick-start.md', 'docs/channels.md', 'package.json', 'package-lock.json'])
    await cp(join(projectRoot, name), join(clone, name));
  page = await readFile(join(clone, 'docs/quick-start.md'), 'utf8');
  [simulator, redis] = await Promise.all([
    startSimulator({
      clients: [
        {
          id: 'bridge',
          secret: 'client-secret-of-the-tests',
          scopes: [
            'app.conversation.conversationmgr.interaction.manage',
            'app.conversation.conversationmgr.manage',
          ],
        },
      ],
    }),
    startTestRedis({ appendonly: 'everysec' }),
  ]);
  const [port, managementPort] = [await freePort(), await freePort()];
  env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TMPDIR: process.env['TMPDIR'] ?? tmpdir(),
    EGAIN_BRIDGE_TEST_RUN: process.env['EGAIN_BRIDGE_TEST_RUN'] ?? '',
    // The reader's tenant, Redis and ports.
    EGAIN_API_URL: simulator.url,
    EGAIN_TOKEN_URL: simulator.tokenUrl,
    PORT: String(port),
    MANAGEMENT_PORT: String(managementPort),
  };
}, 120_000);
afterAll(async () => {
  for (const { pid = 0 } of children) {
    if (!signalGroup(pid, 'SIGTERM')) continue;
    await eventually(() => !signalGroup(pid, 0), { timeoutMs: 30_000, what: 'the bridge has left' });
  }
  await simulator.close();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** The shell, npm and the bridge below it are a group of their own. False when nobody is left in it. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** The commands and outputs under a heading, in order. */
function blocks(heading: string, language: string): readonly string[] {
  const section = page.split(/^(?=#{2,3} )/m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, kind = '', text = '']) =>
    kind === language ? [text] : [],
  );
}

/** What the page says that it stands for, and the reader's own secrets. */
function prelude(): string {
  const name = /`egain-bridge` below stands for `([^`]+)`/.exec(page)?.[1] ?? 'false';
  const exports = (blocks('### 2.', 'bash')[0] ?? '').split('\n').filter((line) => line.startsWith('export'));
  const own = exports
    .join('\n')
    .replace('EGAIN_CLIENT_ID=…', 'EGAIN_CLIENT_ID=bridge')
    .replace('EGAIN_CLIENT_SECRET=…', 'EGAIN_CLIENT_SECRET=client-secret-of-the-tests')
    .replace('redis://127.0.0.1:6379', redis.url)
    // Random ones stay the same from one step to the next, as in one terminal.
    .replaceAll(/\$\(openssl rand -hex 24\)/g, 'ab'.repeat(24))
    .replaceAll(/\$\(openssl rand -base64 32\)/g, Buffer.alloc(32, 7).toString('base64'));
  return `egain-bridge() { ${name} "$@"; }\n${own}\n`;
}

function shell(commands: string, more: Readonly<Record<string, string>> = {}) {
  const script = prelude() + commands;
  return run('bash', ['-euo', 'pipefail', '-c', script], { cwd: clone, env: { ...env, ...more } });
}

function inBackground(script: string): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: clone,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  children.push(child);
  return { child, output: () => output };
}

describe('every command of the quick start, from an empty folder', () => {
  test('the demo plays, and its eGain can be made to fail', async () => {
    const [start = 'false', fault = 'false'] = blocks('## Look at it first', 'bash');
    const { child, output } = inBackground(start);
    await eventually(() => output().includes('every one arrived'), { timeoutMs: 60_000, what: 'the demo' });
    const address = /^ *eGain +(http:\S+)/m.exec(output())?.[1] ?? '';
    const { stdout } = await shell(fault, { SIM: address });
    expect(JSON.parse(stdout)).toMatchObject({ id: expect.stringMatching(/^fault-/) });
    const gone = once(child, 'exit');
    signalGroup(child.pid ?? 0, 'SIGINT');
    await gone;
  }, 90_000);

  test('the configuration of the page is valid, as it says', async () => {
    await writeFile(join(clone, 'bridge.yaml'), blocks('### 2.', 'yaml')[0] ?? '');
    const { stdout } = await shell(blocks('### 2.', 'bash')[0]?.split('\n').at(-2) ?? 'false');
    expect(stdout).toBe(blocks('### 2.', '')[0]);
  }, 60_000);

  test('eGain is provisioned, the bridge starts, and a message can be followed', async () => {
    const [provision = 'false'] = blocks('### 3.', 'bash');
    const { stdout } = await shell(provision);
    expect(stdout).toMatch(/^\+ account /m);
    expect(stdout).toMatch(/^ok +token: /m);
    expect(simulator.control.conversations()).toEqual([]);

    const [start = 'false'] = blocks('### 4.', 'bash');
    const { output } = inBackground(prelude() + start);
    await eventually(() => output().includes('"bridge started"'), { timeoutMs: 60_000, what: 'the start' });
    const ready = await shell(`curl -sS http://127.0.0.1:${env['MANAGEMENT_PORT']}/readyz`);
    expect(JSON.parse(ready.stdout)).toMatchObject({ status: 'ok' });

    const example = /<!-- example: send -->\s+```bash\n([\s\S]*?)```/.exec(
      await readFile(join(clone, 'docs/channels.md'), 'utf8'),
    )?.[1];
    const sent = await shell(`SECRET=$SUPPORT_SECRET\n${example ?? 'false'}`, {
      BRIDGE: `http://127.0.0.1:${env['PORT']}`,
    });
    expect(JSON.parse(sent.stdout)).toMatchObject({ id: 'm-1', status: 'accepted' });
    await eventually(() => simulator.control.conversations().length === 1);
    const [follow = 'false'] = blocks('### 5.', 'bash');
    const trace = await shell(follow.replace('<id of the message>', 'm-1'));
    expect(trace.stdout).toMatch(/^delivered +\d/m);
  }, 120_000);
});

test('there is no command on the page that is not run here', () => {
  const all = [...page.matchAll(/^```bash\n(.*?)^```$/gms)].length;
  const tried = ['## Look at it first', '### 2.', '### 3.', '### 4.', '### 5.'];
  expect(all).toBe(tried.flatMap((heading) => blocks(heading, 'bash')).length);
});
