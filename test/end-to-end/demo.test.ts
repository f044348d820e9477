import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { request } from 'undici';
import { answersPing } from '../../src/operations/redis-process.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { spawnBridge, type SpawnedProcess } from '../support/spawn-process.js';

// A conversation with its pauses takes seconds, on a machine that has other work to do many.
jest.setTimeout(90_000);

/** A demo on ports of its own, and the folder that holds everything it writes. */
async function demo(...args: string[]): Promise<{ demo: SpawnedProcess; folder: string; port: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'));
  const port = await freePort();
  const ports = ['--port', String(port), '--management-port', String(await freePort())];
  ports.push('--page-port', String(await freePort()));
  const demo = spawnBridge(['demo', ...ports, ...args], { env: { TMPDIR: folder } });
  return { demo, folder, port };
}

async function nothingIsLeft(folder: string, redis: string): Promise<void> {
  const port = Number(/redis:\/\/127\.0\.0\.1:(\d+)/.exec(redis)?.[1]);
  expect(port).toBeGreaterThan(0);
  await eventually(async () => !(await answersPing(port)) && (await readdir(folder)).length === 0, {
    what: `no Redis on ${port} and nothing in ${folder}`,
  });
  await rmdir(folder);
}

describe('demo --once', () => {
  test('carries a conversation both ways, shows every hop, succeeds and leaves nothing behind', async () => {
    const { demo: child, folder, port } = await demo('--once');
    const redis = await child.line(/redis:/);
    expect(await child.exited).toEqual({ code: 0, signal: null });
    const stdout = child.stdout();
    expect(stdout).toContain(`http://127.0.0.1:${port}`);
    const toEgain = /^ +customer → bridge accepted it after \d+ ms → eGain got it after \d+ ms/gm;
    expect(stdout.match(toEgain)).toHaveLength(4);
    const toCustomer = /^ +eGain → callback answered after \d+ ms → customer got it after \d+ ms$/gm;
    expect(stdout.match(toCustomer)?.length).toBeGreaterThanOrEqual(8);
    for (const text of [
      'Olá! Onde está a minha encomenda? 📦',
      'أريد التحدث إلى موظف من فضلك',
      'Obrigada! شكرًا 🙏🏽👩‍👩‍👧',
    ])
      expect(stdout).toContain(text);
    expect(stdout).toContain('seguir a encomenda (https://example.com/track/PT-42)');
    expect(stdout).toContain(
      '✓ 4 messages to eGain, 7 to the customer: every one arrived, once and in order',
    );
    expect(child.stderr()).toBe('');
    // Nobody would have the time to open it.
    expect(stdout).not.toContain('open this');
    // A pipe is no terminal: no colour.
    expect(stdout).not.toContain('\u001b');
    await nothingIsLeft(folder, redis);
  });

  test.each([
    ['SIGINT', { code: 130, signal: null }],
    ['SIGTERM', { code: 143, signal: null }],
    ['SIGKILL', { code: null, signal: 'SIGKILL' }],
  ] as const)('%s in the middle of it leaves no process and no folder', async (signal, exit) => {
    const { demo: child, folder } = await demo('--once');
    const redis = await child.line(/redis:/);
    await child.line(/joins the conversation/);
    child.signal(signal);
    expect(await child.exited).toEqual(exit);
    expect(child.stdout()).not.toContain('✓');
    await nothingIsLeft(folder, redis);
  });
});

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('what keeps the demo from starting is told in one sentence', () => {
  test('a port that was asked for is taken', async () => {
    const other = await listen(0);
    const address = other.address();
    const taken = typeof address === 'object' ? address?.port : undefined;
    const child = spawnBridge(['demo', '--once', '--port', String(taken)]);
    const { code } = await child.exited;
    other.close();
    expect({ code, stdout: child.stdout(), stderr: child.stderr() }).toEqual({
      code: 1,
      stdout: '',
      stderr: `egain-bridge: demo: --port ${taken}: another program has this port; name another, or none for a free one\n`,
    });
  });

  test('there is no Redis', async () => {
    const child = spawnBridge(['demo', '--once'], {
      env: { EGAIN_BRIDGE_REDIS_SERVER: '/nowhere/redis-server' },
    });
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.stderr()).toMatch(/^egain-bridge: demo: EGAIN_BRIDGE_REDIS_SERVER names .+\n$/);
  });
});

test('the usual port makes way for a free one when somebody has it', async () => {
  // Another test's demo may have it now, and leave it at any moment; whoever stays longer than that is as good as we are.
  const other = await eventually(() => listen(8080), { timeoutMs: 30_000 }).catch(() => undefined);
  const child = spawnBridge(['demo', '--once']);
  const { code } = await child.exited;
  other?.close();
  expect({ code, stderr: child.stderr() }).toEqual({ code: 0, stderr: '' });
  expect(child.stdout()).not.toContain('127.0.0.1:8080');
});

describe('the commands it prints can be pasted into a shell', () => {
  let child: SpawnedProcess;
  let folder: string;

  beforeAll(async () => {
    ({ demo: child, folder } = await demo());
    await child.line(/Ctrl-C ends the demo/);
  });

  afterAll(async () => {
    const redis = await child.line(/redis:/);
    child.signal('SIGINT');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    await nothingIsLeft(folder, redis);
  });

  /** The command under this heading, run by bash. */
  async function paste(heading: string): Promise<string> {
    const lines = child.stdout().split('\n');
    const command = lines[lines.findIndex((line) => line.startsWith(`  ${heading}`)) + 1] ?? '';
    const shell = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [shell.stdout, shell.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    await once(shell, 'close');
    return output;
  }

  test('the start page is where it says, with the conversation that was played', async () => {
    const address = /^ +start +(\S+)/m.exec(child.stdout())?.[1] ?? '';
    const page = await request(address);
    expect(page.statusCode).toBe(200);
    await page.body.dump();
    const { body } = await request(`${address}journeys`);
    let told = '';
    body.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')));
    body.on('error', () => undefined);
    await eventually(() => /"text":"Até logo 👋"[^\n]+"state":"delivered"/.test(told), {
      what: 'the journey of the last message',
    });
    body.destroy();
    const desk = /^ +desk +(\S+)/m.exec(child.stdout())?.[1] ?? '';
    expect((await request(desk)).headers['content-security-policy']).toContain(new URL(address).origin);
  });

  test('a signed message is accepted and arrives, an agent answers it', async () => {
    expect(await paste('Write as a customer')).toMatch(/^\{"id":"try-[^"]+","status":"accepted"\}\n$/);
    await child.line(/customer {2}Hello from my terminal 👋/);
    expect(await paste('Answer as an agent')).toContain('"type":{"value":"agent.join"}');
    await child.line(/as text: Hello from Kim, see here \(https:\/\/example\.com\)\./);
  });

  test('health and metrics answer', async () => {
    const output = await paste('Ask the bridge');
    expect(output).toContain('{"status":"ok"');
    expect(output).toMatch(/^egain_bridge_accepted_total\{caller="channel"\} \d+$/m);
  });

  test('the journey of a message is told', async () => {
    const output = await paste('Follow one message');
    expect(output).toContain('inbound (to eGain), channel support');
    expect(output).toMatch(/^delivered /m);
  });
});
