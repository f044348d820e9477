import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { problemsOfAnswer } from './openapi.js';
import {
  type ApiAnswer,
  attributeOf,
  type Bench,
  call,
  codeOf,
  conversationOf,
  startBench,
  starting,
  until,
} from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const bytes = Buffer.from('%PNG not really, but eighteen');
const request = {
  channel: { type: 'custom.support' },
  sender: { type: 'customer' },
  name: 'label.png',
  size: bytes.length,
};
const uploadSchema = z.object({ id: z.string(), contentUrl: z.url(), contentUrlExpiry: z.iso.datetime() });
const png = { 'content-type': 'image/png' };

async function api(
  operationId: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<ApiAnswer> {
  const { token } = bench;
  const answer = await call(method, `${bench.simulator.url}${path}`, {
    token,
    ...(body === undefined ? {} : { body }),
  });
  expect(problemsOfAnswer(operationId, answer.status, answer.json)).toEqual([]);
  return answer;
}

async function announce(fields: object = {}): Promise<z.output<typeof uploadSchema>> {
  const answer = await api('createAsset', 'POST', '/assets', { ...request, ...fields });
  expect(answer.status).toBe(200);
  return uploadSchema.parse(answer.json);
}

async function uploaded(): Promise<string> {
  const { id, contentUrl } = await announce();
  expect((await call('POST', contentUrl, { raw: bytes, headers: png })).status).toBe(200);
  return id;
}

describe('a file', () => {
  test('is announced, uploaded to a signed URL without token, looked up and downloaded as it was', async () => {
    const id = await uploaded();
    const found = await api('getAsset', 'GET', `/assets/${id}`);
    expect(found.json).toMatchObject({ id, name: 'label.png', size: bytes.length, contentType: 'image/png' });
    const down = await call('GET', uploadSchema.parse(found.json).contentUrl);
    expect([down.status, down.headers['content-type'], down.text]).toEqual([
      200,
      'image/png',
      bytes.toString(),
    ]);
    expect(bench.simulator.records().find(({ kind }) => kind === 'file')).toMatchObject({
      origin: 'upload',
      name: 'label.png',
      size: bytes.length,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('is not there before it is uploaded, nor after it was deleted', async () => {
    const { id, contentUrl } = await announce();
    expect(codeOf(await api('getAsset', 'GET', `/assets/${id}`))).toBe('404-101');
    await call('POST', contentUrl, { raw: bytes, headers: png });
    const { contentUrl: link } = uploadSchema.parse((await api('getAsset', 'GET', `/assets/${id}`)).json);
    expect((await api('deleteAsset', 'DELETE', `/assets/${id}`)).status).toBe(204);
    expect((await call('GET', link)).status).toBe(404);
    expect(codeOf(await api('deleteAsset', 'DELETE', `/assets/${id}`))).toBe('404-101');
  });

  test('cannot be deleted once a message has used it', async () => {
    const id = await uploaded();
    const attachments = { attachment: [{ id, name: 'label.png' }] };
    expect((await bench.send(starting('m-1', '', '1', { content: undefined, attachments }))).status).toBe(
      202,
    );
    const refused = await api('deleteAsset', 'DELETE', `/assets/${id}`);
    expect([refused.status, codeOf(refused)]).toEqual([403, '403-902']);
  });

  test('must be announced with all that is required, of a size eGain takes, on a channel that exists', async () => {
    for (const attribute of ['channel', 'sender', 'name', 'size'] as const) {
      const answer = await api('createAsset', 'POST', '/assets', { ...request, [attribute]: undefined });
      expect([codeOf(answer), attributeOf(answer)]).toEqual(['400-143', attribute]);
    }
    for (const size of [0, 10_485_761, 1.5])
      expect(codeOf(await api('createAsset', 'POST', '/assets', { ...request, size }))).toBe('400-152');
    expect(
      codeOf(await api('createAsset', 'POST', '/assets', { ...request, sender: { type: 'system' } })),
    ).toBe('400-196');
    expect(
      codeOf(await api('createAsset', 'POST', '/assets', { ...request, channel: { type: 'other' } })),
    ).toBe('400-907');
    await announce({ size: 10_485_760 });
  });

  test("is refused by the channel's policy before a byte is sent", async () => {
    const attachmentPolicy = { enabled: true, type: 'allow' as const, extensions: ['pdf'] };
    bench.simulator.control.declare({
      channels: [{ type: 'custom.support', restrictions: { inbound: { attachmentPolicy } } }],
    });
    expect(codeOf(await api('createAsset', 'POST', '/assets', request))).toBe('400-910');
    await announce({ name: 'label.pdf' });
    await announce({ sender: { type: 'egain_agent' } });
  });
});

describe('an upload is refused', () => {
  test.each([
    ['with another size', () => ({ raw: Buffer.concat([bytes, bytes]), headers: png }), '400-914'],
    ['with another type', () => ({ raw: bytes, headers: { 'content-type': 'image/gif' } }), '400-915'],
  ])('%s', async (_name, options, code) => {
    expect(codeOf(await call('POST', (await announce()).contentUrl, options()))).toBe(code);
  });

  test('with a signature that is wrong, for another verb, or too old', async () => {
    const { contentUrl } = await announce();
    expect(codeOf(await call('POST', `${contentUrl}x`, { raw: bytes, headers: png }))).toBe('403-903');
    expect(
      codeOf(await call('POST', contentUrl.replace(/signature=.*/, ''), { raw: bytes, headers: png })),
    ).toBe('403-903');
    expect(codeOf(await call('PUT', contentUrl, { raw: bytes, headers: png }))).toBe('403-903');
    bench.simulator.control.advanceClock(300_000);
    expect(codeOf(await call('POST', contentUrl, { raw: bytes, headers: png }))).toBe('403-903');
  });

  test('larger than any file may be', async () => {
    const { contentUrl } = await announce();
    const answer = await call('POST', contentUrl, { raw: Buffer.alloc(11 * 1024 * 1024), headers: png });
    expect(answer.status).toBe(413);
  });
});

describe('the form of an upload', () => {
  test('is multipart by switch', async () => {
    bench.simulator.control.setSwitches({ uploadMode: 'post-multipart' });
    const { id, contentUrl } = await announce();
    const boundary = 'x-y';
    const field = `--${boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="label.png"\r\nContent-Type: image/png\r\n\r\n`;
    const raw = Buffer.concat([Buffer.from(field + head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    expect(codeOf(await call('POST', contentUrl, { raw: bytes, headers: png }))).toBe('400-915');
    expect((await call('POST', contentUrl, { raw, headers })).status).toBe(200);
    expect((await api('getAsset', 'GET', `/assets/${id}`)).json).toMatchObject({ size: bytes.length });
  });

  test('is PUT by switch', async () => {
    bench.simulator.control.setSwitches({ uploadMode: 'put-raw' });
    const { contentUrl } = await announce();
    expect((await call('POST', contentUrl, { raw: bytes, headers: png })).status).toBe(403);
    expect((await call('PUT', contentUrl, { raw: bytes, headers: png })).status).toBe(200);
  });
});

test('an agent’s file reaches the callback with a link that works for a while', async () => {
  const { control } = bench.simulator;
  const id = conversationOf(await bench.send(starting('m-1', 'hello')));
  const stored = await call('POST', `${bench.simulator.controlUrl}/files`, {
    body: { name: 'a.pdf', base64: bytes.toString('base64') },
  });
  const file = z
    .object({ id: z.string(), name: z.string(), contentType: z.string(), size: z.number(), url: z.url() })
    .parse(stored.json);
  control.act(id, { do: 'file', files: [file] });
  await control.whenIdle();
  expect(bench.receiver.messages()[0]).toMatchObject({
    attachments: { attachment: [{ contentType: 'application/pdf', size: bytes.length }] },
  });
  expect((await call('GET', file.url)).text).toBe(bytes.toString());
  control.advanceClock(300_000);
  expect((await call('GET', file.url)).status).toBe(403);
});

test('the oldest files lose their bytes when there are too many', async () => {
  const small = await startBench({ assetBytesLimit: 10 });
  const files = ['a.txt', 'b.txt', 'c.txt'].map((name) =>
    small.simulator.control.storeFile({ name, bytes: Buffer.from('12345') }),
  );
  const statuses = await Promise.all(files.map(async ({ url }) => (await call('GET', url)).status));
  expect(statuses).toEqual([404, 200, 200]);
  await small.close();
});

describe('a public URL in a message', () => {
  const attachments = (url: string): object => ({ attachment: [{ name: 'a.txt', url }] });

  test('is fetched by the hub when switched on, and what came is recorded', async () => {
    bench.simulator.control.setSwitches({ fetchAttachments: true });
    bench.receiver.reply = ({ path }) =>
      path === '/a.txt' ? { status: 200, body: 'content' } : { status: 404 };
    for (const path of ['a.txt', 'b.txt'])
      await bench.send(
        starting(path, '', '1', {
          content: undefined,
          attachments: attachments(`${bench.receiver.origin}/${path}`),
        }),
      );
    const files = () =>
      bench.simulator.records().flatMap((record) => (record.kind === 'file' ? [record] : []));
    await until('both', () => files().length === 2);
    const outcome = Object.fromEntries(files().map(({ url, size, error }) => [url.slice(-5), size ?? error]));
    expect(outcome).toEqual({ 'a.txt': 7, 'b.txt': 'answered 404' });
  });

  test('or an asset id is what a file must be named by, as the switch has it', async () => {
    const { control } = bench.simulator;
    const send = (attachment: object): Promise<ApiAnswer> =>
      bench.send(starting('m', '', '1', { content: undefined, attachments: { attachment: [attachment] } }));
    const [id, url] = [await uploaded(), 'https://cdn.example.com/a.png'];
    control.setSwitches({ attachmentRef: 'url' });
    expect(attributeOf(await send({ id }))).toBe('messages.message[0].attachments.attachment[0].url');
    control.setSwitches({ attachmentRef: 'id' });
    expect(attributeOf(await send({ url }))).toBe('messages.message[0].attachments.attachment[0].id');
    expect((await send({ id, url })).status).toBe(202);
  });
});
