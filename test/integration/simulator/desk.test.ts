import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { request } from 'undici';
import { z } from 'zod';
import { type Bench, call, conversationOf, startBench, starting, until } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench({ deskFramedBy: ['http://127.0.0.1:8000'] });
});
afterEach(() => bench.close());

describe('the page', () => {
  test('is where somebody who opens the simulator looks first', async () => {
    const { origin, deskUrl } = bench.simulator;
    for (const path of ['/', '/desk']) {
      const { statusCode, headers } = await request(`${origin}${path}`);
      expect([statusCode, headers['location']]).toEqual([302, '/desk/']);
    }
    const page = await call('GET', deskUrl);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('<title>Agent’s desk</title>');
    const style = await call('GET', `${deskUrl}desk.css`);
    expect([style.status, style.headers['content-type']]).toEqual([200, 'text/css; charset=utf-8']);
  });

  test('runs no script and loads nothing but its own, and is framed by nobody who was not named', async () => {
    const { headers } = await call('GET', bench.simulator.deskUrl);
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self' http://127.0.0.1:8000",
      ]),
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test.each([
    'nothing.js',
    '../serve.js',
    '..%2fserve.js',
    'tsconfig.json',
    'desk.html/',
    ''.padEnd(300, 'a'),
  ])('does not give out %p', async (name) => {
    const answer = await request(`${bench.simulator.origin}/desk/${name}`);
    await answer.body.dump();
    // What a URL makes of ".." leads out of the desk, to where the API says that there is nothing.
    expect(answer.statusCode).toBe(404);
  });

  test('is only read', async () => {
    expect((await call('POST', bench.simulator.deskUrl, { body: {} })).status).toBe(405);
  });
});

test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '10.0.0.1'])(
  'a page elsewhere that lets its name %p point here reads neither desk nor control',
  async (host) => {
    for (const path of ['/desk/', '/control/records', '/control/events']) {
      const { statusCode, body } = await request(`${bench.simulator.origin}${path}`, { headers: { host } });
      await body.dump();
      expect([path, statusCode]).toEqual([path, 421]);
    }
  },
);

const wireSchema = z.object({
  requests: z.array(
    z.object({
      conversationIds: z.array(z.string()),
      attempt: z.number(),
      outcome: z.string(),
      request: z.object({ url: z.string(), headers: z.record(z.string(), z.string()), body: z.string() }),
      answer: z.object({ status: z.number(), body: z.string() }).optional(),
      error: z.string().optional(),
    }),
  ),
});

describe('what the desk shows comes from the control API', () => {
  async function wire(query = ''): Promise<z.output<typeof wireSchema>['requests']> {
    const answer = await call('GET', `${bench.simulator.controlUrl}/callbacks/wire${query}`);
    return wireSchema.parse(answer.json).requests;
  }

  test('callbacks as they were sent, each with its answer, without the password', async () => {
    bench.receiver.reply = (_, count) =>
      count === 1 ? { status: 503, body: '{"code":"unavailable"}' } : { status: 200, body: '{"ok":true}' };
    const authentication = { type: 'basic', username: 'egain', password: 'a-password-of-the-test' } as const;
    bench.simulator.control.declare({ callback: { url: bench.receiver.url, authentication } });
    bench.simulator.control.setSwitches({ callbackRetry: { firstDelayMs: 1 } });
    const id = conversationOf(await bench.send(starting('m-1', 'hello')));
    bench.simulator.control.act(id, { do: 'text', text: 'Hi Dana' });
    await bench.simulator.control.whenIdle();
    const [second, first] = await wire(`?conversation=${id}`);
    expect(first).toMatchObject({
      attempt: 1,
      outcome: 'retry',
      error: 'answered 503',
      answer: { status: 503, body: '{"code":"unavailable"}' },
    });
    expect(second).toMatchObject({
      attempt: 2,
      outcome: 'delivered',
      answer: { status: 200, body: '{"ok":true}' },
    });
    expect(second?.request.url).toBe(bench.receiver.url);
    expect(second?.request.body).toBe(bench.receiver.received[1]?.raw);
    expect(bench.receiver.received[1]?.headers.authorization).toMatch(/^Basic [\w+/=]{20,}$/);
    expect(second?.request.headers['authorization']).toBe('Basic …');
    expect(await wire('?limit=1')).toHaveLength(1);
    expect(await wire('?conversation=another')).toEqual([]);
  });

  test('one that was never answered says so', async () => {
    bench.receiver.reply = () => 'hang';
    bench.simulator.control.setSwitches({ callbackDeadlineMs: 50, callbackRetry: { retries: 0 } });
    const id = conversationOf(await bench.send(starting('m-1', 'hello')));
    bench.simulator.control.act(id, { do: 'text', text: 'Hi Dana' });
    await bench.simulator.control.whenIdle();
    const [only] = await wire();
    expect(only).toMatchObject({ outcome: 'failed', error: 'no answer within 50 ms' });
    expect(only?.answer).toBeUndefined();
  });

  test('only the newest requests are kept', async () => {
    const id = conversationOf(await bench.send(starting('m-1', 'hello')));
    bench.simulator.control.setSwitches({ callbackBatch: 1 });
    for (let count = 0; count < 260; count += 1)
      bench.simulator.control.act(id, { do: 'text', text: `number ${count}` });
    await bench.simulator.control.whenIdle();
    const all = await wire('?limit=1000');
    expect(all.length).toBeLessThanOrEqual(250);
    expect(all[0]?.request.body).toContain('number 259');
  });

  test('a reader that lost its stream of events gets what it missed', async () => {
    await bench.send(starting('m-1', 'hello'));
    const last = bench.simulator.records().at(-1)?.sequence ?? 0;
    const answer = await request(`${bench.simulator.controlUrl}/events`, {
      headers: { 'last-event-id': String(last - 2) },
    });
    let text = '';
    answer.body.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    await until('both missed records', () => text.includes(`id: ${last}\n`));
    expect(text.match(/^id: \d+$/gm)).toEqual([`id: ${last - 1}`, `id: ${last}`]);
    answer.body.destroy();
  });

  test('a file is reached by its id, and downloaded rather than shown', async () => {
    const bytes = Buffer.from('<script>alert(1)</script>');
    const { id } = bench.simulator.control.storeFile({ name: 'a.html', bytes });
    const found = await request(`${bench.simulator.controlUrl}/files/${id}/content`);
    expect(found.statusCode).toBe(302);
    const file = await request(String(found.headers['location']));
    expect(file.headers['content-disposition']).toMatch(/^attachment;/);
    const got = Buffer.from(await file.body.arrayBuffer());
    expect(createHash('sha256').update(got).digest('hex')).toBe(
      createHash('sha256').update(bytes).digest('hex'),
    );
    expect((await call('GET', `${bench.simulator.controlUrl}/files/unknown/content`)).status).toBe(404);
  });

  test('whether agents are there can be asked and changed', async () => {
    const agents = `${bench.simulator.controlUrl}/agents`;
    expect((await call('GET', agents)).json).toEqual({ online: true });
    await call('PUT', agents, { body: { online: false } });
    expect((await call('GET', agents)).json).toEqual({ online: false });
  });
});
