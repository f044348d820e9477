import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { answerOf, jpeg, program, startFleet, type Fleet } from './support/fleet.js';

const mostBytes = 10_485_760;

describe.each([
  { where: 'without a store', store: false },
  { where: 'with a store', store: true },
])('uploads, $where', ({ store }) => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({
      store,
      restrictions: { inbound: { attachmentPolicy: { type: 'allow', extensions: ['jpg', 'txt', 'pdf'] } } },
      files: { idleMs: 1000 },
    });
  });
  afterAll(() => fleet.close());

  /** Everything that was kept of files anywhere. */
  const kept = async (): Promise<number> => {
    const stored = await readdir(fleet.storeFolder, { recursive: true, withFileTypes: true });
    return stored.filter((entry) => entry.isFile()).length + uploaded().length;
  };
  const uploaded = () => fleet.simulator.records().filter(({ kind }) => kind === 'file');

  test('I10: a file is taken against a ticket and never lies in this process’s memory or in Redis', async () => {
    const bytes = jpeg(300_000);
    const answer = await fleet.upload({ name: 'photo.jpg', size: bytes.length }, bytes);
    expect(answer).toEqual({
      status: 201,
      body: {
        assetId: expect.stringMatching(/^[\w-]{32}$/),
        name: 'photo.jpg',
        size: bytes.length,
        contentType: 'image/jpeg',
      },
    });
    if (!store) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(uploaded().at(-1)).toMatchObject({ sha256 });
    }
    const redis = fleet.redis.client();
    for (const key of await redis.keys('*:f:*')) expect(await redis.strlen(key)).toBeLessThan(1000);
  });

  test('a ticket is good once', async () => {
    const wish = { name: 'a.txt', size: 5 };
    const { body } = await fleet.signed(`${fleet.urls[0]}/channels/support/assets`, wish);
    const ticket = String(body['ticket']);
    expect((await fleet.upload(wish, Buffer.from('hello'), { ticket })).status).toBe(201);
    expect((await fleet.upload(wish, Buffer.from('hello'), { ticket })).status).toBe(401);
  });

  test.each([
    ['a program renamed to a picture', { name: 'a.jpg', size: program.length }, program, 422],
    ['a program under its own name', { name: 'a.exe', size: program.length }, program, 422],
    ['an empty file', { name: 'a.txt', size: 0 }, Buffer.alloc(0), 422],
    ['an empty file that is said not to be', { name: 'a.txt', size: 5 }, Buffer.alloc(0), 422],
    ['a file of 11 MiB', { name: 'a.jpg', size: 11_534_336 }, Buffer.alloc(1), 413],
    ['a file that is said to be larger than it is', { name: 'a.txt', size: 500 }, Buffer.alloc(400, 65), 422],
    ['a file that is said to be smaller than it is', { name: 'a.txt', size: 50 }, Buffer.alloc(400, 65), 422],
    [
      'a file that is said to be far smaller than it is',
      { name: 'a.txt', size: 50 },
      Buffer.alloc(400_000, 65),
      413,
    ],
    ['a name that hides its end', { name: 'a\u202egpj.exe', size: program.length }, program, 422],
    ['a double extension that is not allowed', { name: 'a.jpg.exe', size: 5 }, Buffer.from('hello'), 422],
    ['a name that is none', { name: '', size: 5 }, Buffer.from('hello'), 400],
    ['a size that is none', { name: 'a.txt', size: -1 }, Buffer.from('hello'), 400],
  ])('%s is refused, and nothing of it is kept', async (_, wish, bytes, status) => {
    const before = await kept();
    const answer = await fleet.upload(wish, bytes);
    expect(answer).toEqual({
      status,
      body: { code: expect.any(String), message: expect.stringMatching(/^(size|file|name): expected /) },
    });
    await eventually(async () => (await kept()) === before);
  });

  test('the name of the ticket counts, without its folders; that of the form does not', async () => {
    const wish = { name: '../../etc/pass\u2066wd.txt', size: 5 };
    const answer = await fleet.upload(wish, Buffer.from('hello'), { formName: '/root/evil.exe' });
    expect(answer).toMatchObject({ status: 201, body: { name: 'passwd.txt' } });
  });

  test.each([
    ['no ticket', {}],
    ['a ticket that never was', { authorization: `Bearer ${'x'.repeat(32)}` }],
    ['something else than a ticket', { authorization: 'Basic eDp5' }],
  ])('I9: nobody gets in with %s', async (_, headers: Record<string, string>) => {
    const form = new FormData();
    form.set('file', new Blob(['hello']), 'a.txt');
    const address = `${fleet.urls[0]}/channels/support/assets`;
    const answer = await answerOf(await fetch(address, { method: 'POST', headers, body: form }));
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  test('I9: an unsigned question for a ticket is refused, and one for a channel that is not there', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'a.txt', size: 5 });
    const ask = async (channel: string) =>
      (await fetch(`${fleet.urls[0]}/channels/${channel}/assets`, { method: 'POST', headers, body })).status;
    expect([await ask('support'), await ask('nowhere')]).toEqual([401, 404]);
  });

  test.each([
    ['another field', { field: 'other' }],
    ['no file', { field: undefined }],
  ])('a form with %s is malformed', async (_, { field }) => {
    const { body } = await fleet.signed(`${fleet.urls[0]}/channels/support/assets`, {
      name: 'a.txt',
      size: 5,
    });
    const form = new FormData();
    if (field === undefined) form.set('note', 'nothing');
    else form.set(field, new Blob(['hello']), 'a.txt');
    const answer = await answerOf(
      await fetch(`${fleet.urls[0]}/channels/support/assets`, {
        method: 'POST',
        headers: { authorization: `Bearer ${String(body['ticket'])}` },
        body: form,
      }),
    );
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed' } });
  });

  test('an upload that stops in the middle is broken off and leaves nothing behind', async () => {
    const before = await kept();
    const { body } = await fleet.signed(`${fleet.urls[0]}/channels/support/assets`, {
      name: 'a.txt',
      size: 100_000,
    });
    const { port } = new URL(String(fleet.urls[0]));
    const socket = connect(Number(port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.write(
      'POST /channels/support/assets HTTP/1.1\r\nHost: evil.example\r\n' +
        `Authorization: Bearer ${String(body['ticket'])}\r\n` +
        'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100200\r\n\r\n' +
        `--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n${'x'.repeat(6000)}`,
    );
    await eventually(() => answer.startsWith('HTTP/1.1 408'));
    socket.destroy();
    await eventually(async () => (await kept()) === before);
  });

  test('our addresses come from publicUrl, whatever Host a caller names', async () => {
    const { body } = await fleet.signed(`${fleet.urls[0]}/channels/support/assets`, {
      name: 'a.txt',
      size: 5,
    });
    expect(body['uploadUrl']).toBe(`${fleet.urls[0]}/channels/support/assets`);
  });

  test('ten MiB, the most there is, passes', async () => {
    const bytes = jpeg(mostBytes);
    expect(await fleet.upload({ name: 'a.jpg', size: bytes.length }, bytes)).toMatchObject({ status: 201 });
  });
});

describe('while eGain is away', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet();
  });
  afterAll(() => fleet.close());

  test('an upload is answered 503, and the same ticket is good afterwards', async () => {
    const wish = { name: 'a.txt', size: 5 };
    const { body } = await fleet.signed(`${fleet.urls[0]}/channels/support/assets`, wish);
    const ticket = String(body['ticket']);
    fleet.simulator.control.addFault({ kind: 'status', operation: 'createAsset', status: 503 });
    expect(await fleet.upload(wish, Buffer.from('hello'), { ticket })).toMatchObject({ status: 503 });
    fleet.simulator.control.clearFaults();
    expect(await fleet.upload(wish, Buffer.from('hello'), { ticket })).toMatchObject({ status: 201 });
  });
});
