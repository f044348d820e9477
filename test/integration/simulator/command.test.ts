import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { z } from 'zod';
import { register } from '../../../src/cli/simulator.js';
import { startSimulator } from '../../../src/simulator/index.js';
import { call, client, fetchToken, until } from './support.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulator-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The command as the frame runs it; `stop` asks it to leave as an orchestrator would. */
function run(...words: string[]): {
  readonly written: () => string;
  readonly ended: Promise<unknown>;
  stop(): void;
} {
  let written = '';
  const sink = { write: (text: string) => (written += text) };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  register(program, { env: {}, stdout: sink, stderr: sink, setExitCode: () => undefined });
  return {
    written: () => written,
    ended: program.parseAsync(['simulator', ...words], { from: 'user' }),
    stop: () => void process.emit('SIGTERM', 'SIGTERM'),
  };
}

const toldSchema = z.strictObject({
  apiUrl: z.url(),
  tokenUrl: z.url(),
  controlUrl: z.url(),
  deskUrl: z.url(),
  clientIds: z.array(z.string()),
});

describe('egain-bridge simulator', () => {
  test('prints where it listens, answers there, and leaves when asked to', async () => {
    const command = run('--port', '0', '--json', '--callback', 'http://127.0.0.1:1/callback');
    await until('its addresses', () => command.written().endsWith('\n'));
    const told = toldSchema.parse(JSON.parse(command.written()));
    expect(told.clientIds).toEqual(['simulator-client']);
    const token = await call('POST', told.tokenUrl, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      raw: 'grant_type=client_credentials&client_id=simulator-client&client_secret=simulator-secret&scope=x/.default',
    });
    expect(token.status).toBe(200);
    command.stop();
    await command.ended;
    await expect(call('GET', told.controlUrl)).rejects.toThrow('ECONNREFUSED');
  });

  test('takes clients, accounts, switches, faults and scripts from a YAML file', async () => {
    const file = join(folder, 'simulator.yaml');
    await writeFile(
      file,
      [
        'clients: [{ id: mine, secret: s }]',
        'setup: { accounts: [{ channel: custom.a, address: b, timeout: 5 }] }',
        'switches: { deduplicate: true, callbackRetry: { retries: 1 } }',
        'faults: [{ kind: hang, times: 1 }]',
        'responder: { agent: { name: Sam, replies: [{ text: hello }] } }',
      ].join('\n'),
    );
    const command = run('--port', '0', '--file', file);
    await until('its addresses', () => command.written().includes('clients  mine'));
    const control = /control {2}(\S+)/.exec(command.written())?.[1] ?? '';
    expect((await call('GET', `${control}/switches`)).json).toMatchObject({
      deduplicate: true,
      callbackRetry: { retries: 1, factor: 3 },
    });
    expect((await call('GET', `${control}/faults`)).json).toMatchObject({
      faults: [{ fault: { kind: 'hang' } }],
    });
    command.stop();
    await command.ended;
  });

  test('says in one sentence what is wrong with what it was given', async () => {
    await expect(run('--port', 'eighty').ended).rejects.toThrow('from 0 to 65535');
    await expect(run('--file', join(folder, 'none.yaml')).ended).rejects.toThrow('does not exist');
    const file = join(folder, 'bad.yaml');
    await writeFile(file, 'switches: { callbackOrder: sideways }\nnonsense: 1');
    await expect(run('--file', file).ended).rejects.toThrow(/switches\.callbackOrder.*nonsense/s);
    const busy = await startSimulator({ clients: [] });
    const port = new URL(busy.origin).port;
    await expect(run('--port', port).ended).rejects.toThrow(`--port ${port} is in use`);
    await busy.close();
  });
});

describe('a snapshot file', () => {
  test('keeps the objects and their ids over a restart, for its owner only', async () => {
    const file = join(folder, 'snapshot.json');
    const setup = { accounts: [{ channel: 'custom.a', address: 'b' }] };
    const options = { clients: [client], setup, snapshotFile: file };
    const first = await startSimulator(options);
    const made = await call('POST', `${first.url}/channels`, {
      token: await fetchToken(first),
      body: { type: 'custom.mine', displayName: 'Mine', icon: 'aWNvbg==', extra: [1] },
    });
    const { id } = z.object({ id: z.string() }).parse(made.json);
    const before = first.state.resources.accounts.all().map((account) => account.id);
    await first.close();
    expect((await stat(file)).mode & 0o077).toBe(0);
    const second = await startSimulator(options);
    expect(second.state.resources.channels.get(id)).toMatchObject({ type: 'custom.mine', extra: [1] });
    expect(second.state.resources.accounts.all().map((account) => account.id)).toEqual(before);
    expect(second.state.resources.clientapplications.all()).toHaveLength(2);
    second.state.resources.channels.remove(id);
    await second.close();
    expect(await readFile(file, 'utf8')).not.toContain('custom.mine');
  });

  test('that is something else is refused, not overwritten', async () => {
    const file = join(folder, 'other.json');
    await writeFile(file, '{"version":2}');
    await expect(startSimulator({ clients: [], snapshotFile: file })).rejects.toThrow(
      'is no snapshot of the simulator',
    );
    expect(await readFile(file, 'utf8')).toBe('{"version":2}');
  });
});
