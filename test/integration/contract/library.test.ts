import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { transformFile } from '@swc/core';
import { projectRoot } from '../../support/spawn-process.js';
import { startDesk, type Desk } from '../api/desk.js';

let desk: Desk;
beforeEach(async () => {
  desk = await startDesk();
});
afterEach(() => desk.close());

/** As another package would run it: by the name in package.json, from the build. */
async function example(type: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code } = await transformFile(`${projectRoot}examples/egain-client.ts`, {
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  });
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', code, '--', 'example', type],
    { cwd: projectRoot, env: { ...process.env, NODE_OPTIONS: '', ...desk.env, ...env } },
  ).catch((error: unknown) => error as { stdout: string; stderr: string });
  return stdout + stderr;
}

describe('the example of the library', () => {
  test('makes a channel, finds it again by its type, and keeps what it does not know', async () => {
    const made = await example('custom.tour');
    const [, id = ''] = /^custom\.tour created: ([0-9a-f-]{36})\n$/.exec(made) ?? [made];
    const change = { type: 'custom.tour', displayName: 'By hand', icon: 'aWNvbg==', tomorrow: [1] };
    await desk.json(['api', 'channels', 'update', id, '--file', '-'], JSON.stringify(change));
    expect(await example('custom.tour')).toBe(`custom.tour updated: ${id}\n`);
    expect(await desk.json(['api', 'channels', 'list'])).toMatchObject([
      { id, displayName: 'Support chat', tomorrow: [1] },
    ]);
  });

  test('names field and limit of what it does not send', async () => {
    expect(await example('x'.repeat(256))).toMatch(
      /^createChannel: type: expected a text of 1 to 255 characters/,
    );
  });

  test('names status and code of what eGain refuses', async () => {
    expect(await example('custom.tour', { EGAIN_CLIENT_ID: 'reader' })).toMatch(
      /^createChannel: eGain answered 403 403-197 .*\{ status: 403, code: '403-197', retryable: false \}\n$/s,
    );
  });
});
