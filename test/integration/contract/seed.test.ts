import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectToEgain } from '../../../src/cli/api/connect.js';
import type { ChannelBody } from '../../../src/egain/index.js';
import { loadEgainAccess } from '../../../config/load.js';
import { startDesk, type Desk } from '../api/desk.js';
import { fetchToken } from '../simulator/support.js';
import { bodyOf, created, runWithCurl } from './curl.js';

let desk: Desk;
let token: string;
beforeEach(async () => {
  desk = await startDesk();
  token = await fetchToken(desk.simulator);
});
afterEach(() => desk.close());

describe('the examples of eGain’s Channel section', () => {
  test('run as they stand with curl: create, get, list, update, delete', async () => {
    const at = { origin: desk.simulator.origin, token };
    const sent = JSON.parse(await bodyOf('create-channel')) as object;
    const made = await runWithCurl('create-channel', at);
    expect(made.status).toBe(201);
    const { id } = created.parse(JSON.parse(made.body));

    const got = await runWithCurl('get-channel', { ...at, id });
    expect(got.status).toBe(200);
    expect(JSON.parse(got.body)).toMatchObject({ id, ...sent });

    const listed = await runWithCurl('list-channels', at);
    expect(listed.status).toBe(200);
    expect(JSON.parse(listed.body)).toMatchObject({ channel: [{ id, type: 'custom_channel' }] });

    expect(await runWithCurl('update-channel', { ...at, id })).toEqual({ status: 204, body: '' });
    const updated = JSON.parse((await runWithCurl('get-channel', { ...at, id })).body) as object;
    const { restrictions } = JSON.parse(await bodyOf('update-channel')) as ChannelBody;
    expect(updated).toMatchObject({ restrictions });

    expect(await runWithCurl('delete-channel', { ...at, id })).toEqual({ status: 204, body: '' });
    expect(await runWithCurl('get-channel', { ...at, id })).toMatchObject({ status: 404 });
  });

  test('run through the client, the same bodies unchanged', async () => {
    const loaded = loadEgainAccess({ env: desk.env });
    if (!loaded.ok) throw new Error('the desk’s settings are not enough');
    const { client, close } = connectToEgain(loaded);
    try {
      const body = JSON.parse(await bodyOf('create-channel')) as ChannelBody;
      const { id } = await client.channels.create(body);
      expect(await client.channels.get(id)).toMatchObject(body);
      const all = [];
      for await (const channel of client.channels.list()) all.push(channel.id);
      expect(all).toEqual([id]);
      const change = JSON.parse(await bodyOf('update-channel')) as ChannelBody;
      await client.channels.update(id, change);
      expect(await client.channels.get(id)).toMatchObject({ restrictions: change.restrictions });
      await client.channels.delete(id);
      await expect(client.channels.get(id)).rejects.toMatchObject({ status: 404, code: '404-101' });
    } finally {
      await close();
    }
  });

  test('`api channels create` takes the example’s body unchanged, from a file and from a pipe', async () => {
    const text = await bodyOf('create-channel');
    const fromFile = created.parse(
      await desk.json(['api', 'channels', 'create', '--file', await desk.file('body.json', text)]),
    );
    expect(await desk.json(['api', 'channels', 'get', fromFile.id])).toMatchObject(
      JSON.parse(text) as object,
    );
    await desk.type(['api', 'channels', 'delete', fromFile.id]);

    const { stdout, stderr, exitCode } = await desk.type(['api', 'channels', 'create', '--file', '-'], {
      stdin: text,
    });
    expect(stdout).toMatch(/^channel [0-9a-f-]{36} created\n$/);
    expect(stderr).toBe(
      'warning: icon: <base64> is sent as it is, and agents will see no icon; --icon <png> sends one\n',
    );
    expect(exitCode).toBe(0);

    const [id = ''] = /[0-9a-f-]{36}/.exec(stdout) ?? [];
    const change = await desk.file('update.json', await bodyOf('update-channel'));
    expect(await desk.type(['api', 'channels', 'update', id, '--file', change])).toMatchObject({
      stdout: `channel ${id} updated\n`,
      exitCode: 0,
    });
  });
});
