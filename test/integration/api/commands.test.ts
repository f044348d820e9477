import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { continuing, starting } from '../simulator/support.js';
import { created } from '../contract/curl.js';
import { startDesk, type Desk } from './desk.js';
import { png } from './png.js';

let desk: Desk;
beforeEach(async () => {
  desk = await startDesk();
});
afterEach(() => desk.close());

const make = async (resource: string, body: object): Promise<string> =>
  created.parse(await desk.json(['api', resource, 'create', '--file', '-'], stringify(body))).id;

const role = { name: 'customer', version: 'v3', callback: 'https://b.example.com/cb' };
const roles = [{ ...role, notificationEmail: 'oncall@example.com' }];
const basic = (password: string): object => ({
  name: 'callback',
  type: 'basic',
  basicAuth: { username: 'hub', password },
});
const channel = { type: 'custom.chat', displayName: 'Chat', icon: 'aWNvbg==' };

describe('api <resource>', () => {
  test('sets up all six in order from YAML, shows them, and takes them down again', async () => {
    const authentication = await make('authentications', basic('callback-password'));
    const application = await make('client-applications', {
      name: 'bridge',
      roles: roles.map((one) => ({ ...one, authentication: { id: authentication } })),
    });
    const bots = await make('clientapplications', {
      name: 'bots',
      roles: [{ ...roles[0], name: 'custom_bot' }],
    });
    const participant = await make('participants', {
      name: 'Ava',
      type: 'custom_bot',
      application: { id: bots },
    });
    const chat = await make('channels', channel);
    const orchestration = await make('orchestrations', {
      name: 'bot first',
      applications: {
        customerConfiguration: { customer: { id: application } },
        botConfiguration: { bots: [{ id: bots, participant: { id: participant } }] },
      },
    });
    const account = await make('accounts', {
      name: 'support',
      address: 'acme',
      channel: { id: chat },
      chatConfigurations: { orchestration: { id: orchestration }, timeout: 30 },
    });

    const rows = async (resource: string): Promise<string> =>
      (await desk.type(['api', resource, 'list'])).stdout;
    expect(await rows('authentications')).toContain(`${authentication}  callback  basic  true`);
    expect(await rows('client-applications')).toMatch(
      new RegExp(`${application} +bridge +customer +https://b.example.com/cb +true`),
    );
    expect(await rows('participants')).toMatch(new RegExp(`${participant} +Ava +custom_bot +${bots} +true`));
    expect(await rows('channels')).toMatch(new RegExp(`${chat} +custom.chat +Chat +true`));
    expect(await rows('orchestrations')).toMatch(
      new RegExp(`${orchestration} +bot first +${application} +${participant} +true`),
    );
    expect(await rows('accounts')).toMatch(
      new RegExp(`${account} +support +acme +${chat} +${orchestration} +true`),
    );

    const gone: [string, string][] = [
      ['accounts', account],
      ['orchestrations', orchestration],
      ['channels', chat],
      ['participants', participant],
      ['client-applications', bots],
      ['client-applications', application],
      ['authentications', authentication],
    ];
    for (const [resource, id] of gone) {
      const { stdout, exitCode } = await desk.type(['api', resource, 'delete', id]);
      expect({ stdout: stdout.endsWith(` ${id} deleted\n`), exitCode }).toEqual({
        stdout: true,
        exitCode: 0,
      });
    }
    expect(await rows('accounts')).toBe('There are no accounts.\n');
    expect(await desk.json(['api', 'channels', 'list'])).toEqual([]);
  });

  test('get shows every field in a table, the icon only by its length', async () => {
    const id = await make('channels', { ...channel, restrictions: { inbound: { features: ['a', 'b'] } } });
    const { stdout } = await desk.type(['api', 'channels', 'get', id]);
    expect(stdout).toMatch(/^FIELD +VALUE\n/);
    expect(stdout).toMatch(/\nicon +8 characters of base64\n/);
    expect(stdout).toMatch(/\nrestrictions\.inbound\.features +a, b\n/);
  });

  test('what get --json printed can be edited and sent back, unknown fields included', async () => {
    const id = await make('channels', { ...channel, tomorrow: { isNew: true } });
    const { stdout } = await desk.type(['api', 'channels', 'get', id, '--json']);
    const file = await desk.file(
      'channel.yaml',
      stringify({ ...(parse(stdout) as object), displayName: 'New' }),
    );
    expect(await desk.json(['api', 'channels', 'update', id, '--file', file])).toEqual({ id, updated: true });
    expect(await desk.json(['api', 'channels', 'get', id])).toMatchObject({
      displayName: 'New',
      tomorrow: { isNew: true },
    });
  });

  test('a list is followed over all its pages', async () => {
    desk.simulator.control.setSwitches({ defaultPageSize: 2, maxPageSize: 2 });
    for (const number of [1, 2, 3, 4, 5]) await make('channels', { ...channel, type: `custom.${number}` });
    expect(await desk.json(['api', 'channels', 'list'])).toHaveLength(5);
  });

  test('secrets are not printed unless asked for, and asterisks are never sent in their place', async () => {
    desk.simulator.control.setSwitches({ maskSecrets: false });
    const id = await make('authentications', basic('callback-password'));
    const shown = await Promise.all([
      desk.type(['api', 'authentications', 'get', id]),
      desk.type(['api', 'authentications', 'get', id, '--json']),
      desk.type(['api', 'authentications', 'list', '--json']),
    ]);
    expect(shown.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(JSON.stringify(shown)).not.toContain('callback-password');
    const open = await desk.type(['api', 'authentications', 'get', id, '--show-secrets']);
    expect(open.stdout).toContain('callback-password');
    expect(
      await desk.type(['api', 'authentications', 'update', id, '--file', '-'], { stdin: shown[1].stdout }),
    ).toEqual({
      stdout: '',
      stderr:
        'egain-bridge: basicAuth.password: expected the secret itself, because asterisks only stand for it in what is shown\n',
      exitCode: 1,
    });
  });

  test('--icon sends a PNG file and says when it has not the advised size', async () => {
    const small = await desk.file('icon.png', png(32, 32));
    const large = await desk.file('large.png', png(64, 48));
    const { type, displayName } = channel;
    const body = { type, displayName };
    const file = await desk.file('channel.json', JSON.stringify(body));
    const fine = await desk.type(['api', 'channels', 'create', '--file', file, '--icon', small]);
    expect(fine).toMatchObject({ stderr: '', exitCode: 0 });
    const [id = ''] = /[0-9a-f-]{36}/.exec(fine.stdout) ?? [];
    expect(await desk.json(['api', 'channels', 'get', id])).toMatchObject({
      icon: png(32, 32).toString('base64'),
    });
    const warned = await desk.type(['api', 'channels', 'update', id, '--file', file, '--icon', large]);
    expect(warned).toEqual({
      stdout: `channel ${id} updated\n`,
      stderr: `warning: icon: ${large} has 64 × 48 pixels; eGain advises 32 × 32 for agents' desktops\n`,
      exitCode: 0,
    });
  });

  test('control characters in names do not reach the terminal', async () => {
    await make('channels', { ...channel, displayName: 'Chat\u001b[2J\nroot' });
    const { stdout } = await desk.type(['api', 'channels', 'list']);
    expect(stdout).toContain('Chat [2J root');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('the configuration', () => {
  test('EGAIN_* variables are enough, and the rest of a file may be missing or wrong', async () => {
    const file = await desk.file(
      'bridge.yaml',
      `egain: { acceptLanguage: en-US, callback: nonsense }\nchannels: { x: { adapter: nosuch } }\nredis: { url: "\${NOT_SET}" }\n`,
    );
    expect(await desk.type(['api', 'channels', 'list', '--config', file])).toEqual({
      stdout: 'There are no channels.\n',
      stderr: '',
      exitCode: 0,
    });
  });

  test('what is missing is named, with the variable that sets it', async () => {
    const { stderr, exitCode } = await desk.type(['api', 'channels', 'list'], {
      env: { EGAIN_TOKEN_URL: '', EGAIN_CLIENT_SECRET: 'short' },
    });
    expect(stderr).toContain('environment variable EGAIN_TOKEN_URL sets it too');
    expect(stderr).toContain(
      'egain.token.clientSecret (environment variable EGAIN_CLIENT_SECRET): expected at least 16 characters',
    );
    expect(stderr).not.toContain('callback');
    expect(exitCode).toBe(1);
  });
});

describe('api conversations', () => {
  test('send a message, and read the conversation once it is over', async () => {
    desk.simulator.control.declare({
      accounts: [{ channel: 'custom.support', address: 'acme-support' }],
    });
    const first = await desk.file(
      'first.json',
      JSON.stringify({ messages: { message: [starting('m-1', 'Where is my parcel?')] } }),
    );
    const sent = await desk.type(['api', 'conversations', 'send', '--file', first]);
    expect(sent.stdout).toMatch(/^accepted for delivery\nMESSAGE +ID +CONVERSATION\nm-1 +[0-9a-f-]{36} +/);
    const id = /([0-9a-f-]{36})\n$/.exec(sent.stdout)?.[1] ?? '';
    const end = continuing('m-2', '', id, { type: { value: 'conversation.end' }, content: undefined });
    expect(
      await desk.json(
        ['api', 'conversations', 'send', '--file', '-'],
        JSON.stringify({ messages: { message: [end] } }),
      ),
    ).toMatchObject({ messages: { message: [{ conversation: { id } }] } });
    const { stdout, exitCode } = await desk.type(['api', 'conversations', 'get', id]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^FIELD +VALUE\nid +${id}\n`));
    expect(stdout).toMatch(/\nCREATED +SENDER +TYPE +STATUS +TEXT\n.*text +sent +Where is my parcel\?\n/);
    expect(await desk.json(['api', 'conversations', 'get', id])).toMatchObject({
      id,
      messages: { message: [{ messageId: 'm-1' }, { messageId: 'm-2' }] },
    });
  });
});

describe('api assets', () => {
  const bytes = Buffer.from('the bytes of a small file, ü included');

  const upload = async (): Promise<string> => {
    const file = await desk.file('terms.txt', bytes);
    const { stdout, stderr } = await desk.type(['api', 'assets', 'upload', file, '--channel', 'custom.chat']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      new RegExp(`^asset \\S+ uploaded: terms.txt, ${bytes.length} bytes, text/plain\n$`),
    );
    return stdout.split(' ')[1] ?? '';
  };

  beforeEach(async () => {
    await make('channels', channel);
  });

  test('upload a file, look at it, download it unchanged, delete it', async () => {
    const id = await upload();
    expect((await desk.type(['api', 'assets', 'get', id])).stdout).toMatch(/\nname +terms.txt\n/);
    const copy = join(desk.folder, 'copy.txt');
    expect(await desk.type(['api', 'assets', 'download', id, '-o', copy])).toEqual({
      stdout: `${copy} saved, ${bytes.length} bytes\n`,
      stderr: '',
      exitCode: 0,
    });
    expect(await readFile(copy)).toEqual(bytes);
    expect(await desk.type(['api', 'assets', 'delete', id])).toMatchObject({
      stdout: `asset ${id} deleted\n`,
    });
    expect((await desk.type(['api', 'assets', 'get', id])).exitCode).toBe(1);
  });

  test('a download that breaks off leaves no file behind', async () => {
    const id = await upload();
    desk.simulator.control.addFault({ kind: 'cut', operation: 'downloadAssetContent' });
    const copy = join(desk.folder, 'copy.txt');
    await writeFile(copy, 'an older one');
    const { stderr, exitCode } = await desk.type(['api', 'assets', 'download', id, '-o', copy]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^egain-bridge: [^\n]+\n$/);
    expect(await readFile(copy, 'utf8')).toBe('an older one');
    expect((await readdir(desk.folder)).sort()).toEqual(['copy.txt', 'terms.txt']);
  });

  test('announce a file by hand', async () => {
    const file = await desk.file(
      'asset.yaml',
      stringify({ channel: { type: 'custom.chat' }, sender: { type: 'customer' }, name: 'a.txt', size: 3 }),
    );
    expect(await desk.json(['api', 'assets', 'create', '--file', file])).toMatchObject({
      contentUrl: expect.stringContaining('signature='),
    });
  });
});
