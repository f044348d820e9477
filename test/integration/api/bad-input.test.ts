import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { created } from '../contract/curl.js';
import { client } from '../simulator/support.js';
import { startDesk, type Desk, type Ended } from './desk.js';
import { png } from './png.js';

/** Each ends in one plain sentence on stderr that names field, limit or eGain's code, and with exit code 1. */
let desk: Desk;
beforeEach(async () => {
  desk = await startDesk();
});
afterEach(() => desk.close());

const channel = { type: 'custom.chat', displayName: 'Chat', icon: 'aWNvbg==' };
const role = {
  name: 'customer',
  version: 'v3',
  callback: 'https://b.example.com/cb',
  notificationEmail: 'oncall@example.com',
};

function sentence({ stdout, stderr, exitCode }: Ended): string {
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
  expect(stderr).toMatch(/^egain-bridge: [^\n]+\n$/);
  return stderr.slice('egain-bridge: '.length, -1);
}

const create = async (resource: string, body: unknown): Promise<Ended> =>
  desk.type(['api', resource, 'create', '--file', '-'], { stdin: JSON.stringify(body) });
const made = async (resource: string, body: unknown): Promise<string> =>
  created.parse(await desk.json(['api', resource, 'create', '--file', '-'], JSON.stringify(body))).id;
const requests = (): number => desk.simulator.records().filter(({ kind }) => kind === 'request').length;

describe('what can be seen to be wrong does not leave', () => {
  afterEach(() => expect(requests()).toBe(0));

  test.each<[string, string, object, string]>([
    [
      'a missing field',
      'channels',
      { ...channel, displayName: undefined },
      'displayName: expected a text of 1 to 255 characters',
    ],
    [
      'an over-long field',
      'channels',
      { ...channel, type: 'x'.repeat(256) },
      'type: expected a text of 1 to 255 characters',
    ],
    [
      'an over-long description',
      'channels',
      { ...channel, description: 'x'.repeat(1024) },
      'description: expected a text of 1 to 1023 characters',
    ],
    [
      'an icon that is not base64',
      'channels',
      { ...channel, icon: 'icon.png' },
      'icon: expected an image in base64',
    ],
    [
      'an over-long icon',
      'channels',
      { ...channel, icon: 'A'.repeat(512_001) },
      'icon: expected a text of 1 to 512000 characters',
    ],
    [
      'too many languages',
      'channels',
      {
        ...channel,
        l10nProperties: Array.from({ length: 26 }, () => ({ language: 'en-US', properties: [] })),
      },
      'l10nProperties: expected a list of 1 to 25 entries',
    ],
    ['a wrong word', 'authentications', { name: 'a', type: 'digest' }, 'type: expected type oauth2 or basic'],
    [
      'a wrong word deep inside',
      'client-applications',
      { name: 'a', roles: [{ ...role, version: 'v2' }] },
      'roles.0.version: expected one of v1, v3',
    ],
    [
      'the same role twice',
      'client-applications',
      { name: 'a', roles: [role, role] },
      'roles: expected each role name only once',
    ],
    [
      'a number for a text',
      'participants',
      { name: 7, type: 'custom_bot', application: { id: randomUUID() } },
      'name: expected a text of 1 to 255 characters',
    ],
    [
      'an id that is none',
      'accounts',
      { name: 'a', address: 'a', channel: { id: '1' }, chatConfigurations: {} },
      'channel.id: expected an id of 36 characters',
    ],
    [
      'nobody to talk to',
      'orchestrations',
      { name: 'a', applications: {} },
      'applications: expected botConfiguration or agentConfiguration',
    ],
  ])('%s', async (_what, resource, body, told) => {
    expect(sentence(await create(resource, body))).toMatch(new RegExp(`^create\\w+: .*${told}`));
  });

  test.each<[string, object, string]>([
    ['no messages', {}, 'messages: expected an object'],
    [
      'an empty list of messages',
      { messages: { message: [] } },
      'messages.message: expected at least one message',
    ],
    [
      'a message without a type',
      { messages: { message: [{ sender: { type: 'customer' }, conversation: {} }] } },
      'messages.message.0.type: expected an object',
    ],
  ])('%s', async (_what, body, told) => {
    const ended = await desk.type(['api', 'conversations', 'send', '--file', '-'], {
      stdin: JSON.stringify(body),
    });
    expect(sentence(ended)).toContain(told);
  });

  test.each<[string, string, string]>([
    ['nothing', ' \n', 'standard input is empty: expected an object as JSON or YAML'],
    ['half an object', '{"type": "custom.chat", "icon"', 'standard input is neither JSON nor YAML: '],
    ['a list', '[1, 2]', 'standard input: expected one object as JSON or YAML'],
    [
      'a web page',
      '<html><body>Not found</body></html>',
      'standard input: expected one object as JSON or YAML',
    ],
  ])('a file with %s', async (_what, stdin, told) => {
    expect(sentence(await desk.type(['api', 'channels', 'create', '--file', '-'], { stdin }))).toContain(
      told,
    );
  });

  test('a file that is not there, a folder, no file at all', async () => {
    const missing = join(desk.folder, 'nowhere.json');
    await mkdir(join(desk.folder, 'folder'));
    expect(sentence(await desk.type(['api', 'channels', 'create', '--file', missing]))).toBe(
      `${missing} cannot be used: there is no such file`,
    );
    expect(
      sentence(await desk.type(['api', 'channels', 'create', '--file', join(desk.folder, 'folder')])),
    ).toMatch(/it is a folder$/);
    expect(sentence(await desk.type(['api', 'channels', 'create']))).toBe(
      "required option '--file <file>' not specified",
    );
  });

  test('an icon that is no PNG, is cut off, or is too large after base64', async () => {
    const file = await desk.file('channel.json', JSON.stringify(channel));
    const withIcon = async (name: string, bytes: Uint8Array): Promise<string> =>
      sentence(
        await desk.type([
          'api',
          'channels',
          'create',
          '--file',
          file,
          '--icon',
          await desk.file(name, bytes),
        ]),
      );
    expect(await withIcon('a.jpg', Buffer.from('ÿØÿà JFIF and more that is no PNG'))).toMatch(
      /^icon: .*a\.jpg: expected a whole PNG file$/,
    );
    expect(await withIcon('b.png', png(32, 32).subarray(0, 40))).toMatch(/expected a whole PNG file$/);
    expect(await withIcon('c.png', png(32, 32, 384_000))).toMatch(
      /expected at most 512000 characters after base64 \(384000 bytes\), but it has 512076$/,
    );
  });

  test('the file of another object', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    const ended = await desk.type(['api', 'channels', 'update', id, '--file', '-'], {
      stdin: JSON.stringify({ ...channel, id: other }),
    });
    expect(sentence(ended)).toBe(`id: expected ${id}, but the file is about ${other}`);
  });

  test('an asset without extension, of unknown type, empty, or that is not there', async () => {
    const upload = async (path: string): Promise<string> =>
      sentence(await desk.type(['api', 'assets', 'upload', path, '--channel', 'custom.chat']));
    expect(await upload(await desk.file('README', 'x'))).toMatch(/--content-type tells it$/);
    expect(await upload(await desk.file('empty.txt', ''))).toBe(
      'createAsset: size: expected a whole number from 1 to 10485760',
    );
    expect(await upload(desk.folder)).toMatch(/it is not a file$/);
    expect(await upload('/nowhere/a.txt')).toMatch(/there is no such file$/);
  });
});

describe('what eGain refuses is told with its code', () => {
  test('an unknown id', async () => {
    const id = randomUUID();
    for (const verb of ['get', 'delete']) {
      expect(sentence(await desk.type(['api', 'channels', verb, id]))).toMatch(
        new RegExp(`^${verb}Channel: eGain answered 404 404-101 .*${id}`),
      );
    }
    expect(sentence(await desk.type(['api', 'conversations', 'get', id]))).toContain('404-101');
    expect(sentence(await desk.type(['api', 'assets', 'download', id]))).toMatch(/404|403/);
  });

  test('an id that tries to be a path', async () => {
    expect(sentence(await desk.type(['api', 'channels', 'get', '../accounts']))).toContain('404-101');
  });

  test('a name that is taken', async () => {
    await made('channels', channel);
    expect(sentence(await create('channels', channel))).toMatch(
      /^createChannel: eGain answered 400 400-908 .*type$/,
    );
  });

  test('a reference to nothing', async () => {
    const body = { name: 'a', address: 'a', channel: { id: randomUUID() }, chatConfigurations: {} };
    expect(sentence(await create('accounts', body))).toMatch(/400-907 .*channel\.id/);
  });

  test('deleted while in use, naming the user', async () => {
    const id = await made('channels', channel);
    const account = { name: 'support', address: 'a', channel: { id }, chatConfigurations: {} };
    await made('accounts', account);
    expect(sentence(await desk.type(['api', 'channels', 'delete', id]))).toMatch(
      /^deleteChannel: eGain answered 400 400-909 In use by .*account/,
    );
  });

  test('a token without the scope', async () => {
    const ended = await desk.type(['api', 'channels', 'create', '--file', '-'], {
      stdin: JSON.stringify(channel),
      env: { EGAIN_CLIENT_ID: 'reader' },
    });
    expect(sentence(ended)).toMatch(
      /^createChannel: eGain answered 403 403-197 .*; see in eGain which scopes/,
    );
  });

  test('a wrong client secret, without showing it', async () => {
    const told = sentence(
      await desk.type(['api', 'channels', 'list'], { env: { EGAIN_CLIENT_SECRET: 'not-the-right-secret' } }),
    );
    expect(told).toMatch(/^token endpoint answered 401 invalid_client.*; check EGAIN_TOKEN_URL/);
    expect(told).not.toContain('not-the-right-secret');
  });
});

describe('what goes wrong on the way', () => {
  const told = async (...faults: Parameters<typeof desk.simulator.control.addFault>): Promise<string> => {
    desk.simulator.control.addFault(...faults);
    return sentence(await create('channels', channel));
  };

  test('a token that has just expired is renewed without a word', async () => {
    desk.simulator.control.addFault({ kind: 'status', operation: 'createChannel', status: 401, times: 1 });
    expect(await create('channels', channel)).toMatchObject({ stderr: '', exitCode: 0 });
  });

  test('a token that is refused for good', async () => {
    expect(await told({ kind: 'status', operation: 'createChannel', status: 401 })).toContain('401 401-104');
  });

  test('429, with the time to wait', async () => {
    expect(await told({ kind: 'throttle', operation: 'createChannel', retryAfterSeconds: 17 })).toMatch(
      /429 429-001 .*; try it again in 17 s$/,
    );
  });

  test('500', async () => {
    expect(await told({ kind: 'status', operation: 'createChannel', status: 500 })).toMatch(
      /500 500-100 .*; try it again later$/,
    );
  });

  test.each([200, 502])('a proxy’s HTML page with %i', async (status) => {
    expect(await told({ kind: 'html', operation: 'createChannel', status })).toMatch(
      new RegExp(`^createChannel: .*answered ${status}.*; that is not how eGain answers`),
    );
  });

  test('truncated JSON', async () => {
    expect(await told({ kind: 'truncate', operation: 'createChannel' })).toMatch(
      /^createChannel: answered 201, but not with JSON; .* It may have been done: look before you repeat it$/,
    );
  });

  test('HTML instead of a token', async () => {
    expect(await told({ kind: 'html', operation: 'requestToken', status: 200 })).toMatch(/^token endpoint: /);
  });

  test.each(['before', 'after'] as const)('connection reset in a PUT, %s eGain did it', async (when) => {
    const id = await made('channels', channel);
    desk.simulator.control.addFault({ kind: 'reset', operation: 'updateChannel', when, times: 1 });
    const change = { ...channel, displayName: 'New' };
    const update = (): Promise<Ended> =>
      desk.type(['api', 'channels', 'update', id, '--file', '-'], { stdin: JSON.stringify(change) });
    expect(sentence(await update())).toMatch(
      /^updateChannel: sent, but .*; whether eGain has done it is not known: look before you repeat it$/,
    );
    expect(await desk.json(['api', 'channels', 'get', id])).toMatchObject({
      displayName: when === 'before' ? 'Chat' : 'New',
    });
    expect((await update()).exitCode).toBe(0);
    expect(await desk.json(['api', 'channels', 'get', id])).toMatchObject({ displayName: 'New' });
  });

  test('no answer in time, and nobody there', async () => {
    const file = await desk.file('bridge.yaml', 'egain: { requestTimeoutMs: 500 }\n');
    const list = (env: Record<string, string> = {}): Promise<Ended> =>
      desk.type(['api', 'channels', 'list', '--config', file], { env });
    desk.simulator.control.addFault({ kind: 'hang', operation: 'getAllChannels' });
    expect(sentence(await list())).toMatch(
      /^getAllChannels: sent, but no answer within 500 ms; try it again$/,
    );
    expect(sentence(await list({ EGAIN_API_URL: 'http://127.0.0.1:1/v3' }))).toMatch(
      /^getAllChannels: not sent: .*; check that EGAIN_API_URL/,
    );
    expect(sentence(await list({ EGAIN_TOKEN_URL: 'http://127.0.0.1:1/token' }))).toMatch(
      /^token endpoint: .*; check that EGAIN_TOKEN_URL/,
    );
  });

  test('never is the client’s secret in what is told', async () => {
    desk.simulator.control.addFault({
      kind: 'status',
      operation: 'requestToken',
      status: 400,
      code: client.secret,
    });
    const { stderr } = await desk.type(['api', 'channels', 'list'], { env: { LOG_LEVEL: 'debug' } });
    expect(stderr).not.toContain(client.secret);
  });
});
