import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import type { RequestRecord } from '../../../src/simulator/index.js';
import { seededRandom } from '../../../src/simulator/index.js';
import { type Bench, call, client, codeOf, startBench, starting, until } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

function last(): RequestRecord | undefined {
  return bench.simulator
    .records()
    .findLast(
      (record): record is RequestRecord & { sequence: number; at: string } => record.kind === 'request',
    );
}

/** Messages the hub has really taken. */
function taken(): number {
  return bench.simulator.records().filter(({ kind }) => kind === 'message').length;
}

const hello = starting('m-1', 'hello');

describe('a request can be made to', () => {
  test('fail with any status and code, before or after it was carried out', async () => {
    const { control } = bench.simulator;
    control.addFault({ kind: 'status', operation: 'sendMessage', status: 500, times: 1 });
    control.addFault({
      kind: 'status',
      operation: 'sendMessage',
      status: 503,
      code: '503-1',
      times: 1,
      processed: true,
    });
    const first = await bench.send(hello);
    expect([first.status, codeOf(first), taken()]).toEqual([500, '500-100', 0]);
    expect(last()).toMatchObject({ processed: false, status: 500, fault: 'status', answer: 'written' });
    const second = await bench.send(hello);
    expect([second.status, codeOf(second), taken()]).toEqual([503, '503-1', 1]);
    expect(last()).toMatchObject({ processed: true, status: 503 });
    expect((await bench.send(hello)).status).toBe(202);
  });

  test('be throttled, with either header or none', async () => {
    const { control } = bench.simulator;
    control.addFault({ kind: 'throttle', retryAfterSeconds: 7, times: 1 });
    control.addFault({ kind: 'throttle', resetInMs: 5000, times: 1 });
    control.addFault({ kind: 'throttle', times: 1 });
    const [a, b, c] = [await bench.send(hello), await bench.send(hello), await bench.send(hello)];
    expect([a.status, b.status, c.status, codeOf(c)]).toEqual([429, 429, 429, '429-001']);
    expect([a.headers['retry-after'], a.headers['x-ratelimit-reset']]).toEqual(['7', undefined]);
    expect(Date.parse(String(b.headers['x-ratelimit-reset']))).toBeGreaterThan(Date.now());
    expect(c.headers['retry-after']).toBeUndefined();
    expect(taken()).toBe(0);
  });

  test('be throttled until a date, by a clock that is wrong', async () => {
    const { control } = bench.simulator;
    control.setSwitches({ toldClockOffsetMs: -86_400_000 });
    control.addFault({ kind: 'throttle', retryAfterDateInMs: 5000, times: 1 });
    const { headers } = await bench.send(hello);
    control.setSwitches({ toldClockOffsetMs: 0 });
    const [served, until] = [headers['date'], headers['retry-after']].map((date) => Date.parse(String(date)));
    expect(Math.abs(Date.now() - 86_400_000 - (served ?? 0))).toBeLessThan(60_000);
    expect((until ?? 0) - (served ?? 0)).toBeGreaterThanOrEqual(4000);
    expect((until ?? 0) - (served ?? 0)).toBeLessThanOrEqual(65_000);
  });

  test('be throttled until a date, by a clock that is set while the request waits', async () => {
    const { control } = bench.simulator;
    control.addFault({ kind: 'delay', ms: 300, times: 1 });
    control.addFault({ kind: 'throttle', retryAfterDateInMs: 5000, times: 1 });
    const asked = bench.send(hello);
    await sleep(100);
    control.setSwitches({ toldClockOffsetMs: 3_600_000 });
    const { headers } = await asked;
    control.setSwitches({ toldClockOffsetMs: 0 });
    const [served, until] = [headers['date'], headers['retry-after']].map((date) => Date.parse(String(date)));
    expect((until ?? 0) - (served ?? 0)).toBeLessThanOrEqual(65_000);
  });

  test('be reset before or after it was carried out', async () => {
    const { control } = bench.simulator;
    control.addFault({ kind: 'reset', when: 'before', times: 1 });
    await expect(bench.send(hello)).rejects.toThrow();
    expect([taken(), last()]).toEqual([0, expect.objectContaining({ processed: false, answer: 'reset' })]);
    control.addFault({ kind: 'reset', when: 'after', times: 1 });
    await expect(bench.send(hello)).rejects.toThrow();
    expect([taken(), last()]).toEqual([1, expect.objectContaining({ processed: true, answer: 'reset' })]);
  });

  test.each([
    [false, 0],
    [true, 1],
  ])('hang for ever, carried out: %s', async (processed, count) => {
    bench.simulator.control.addFault({ kind: 'hang', processed, times: 1 });
    const asked = request(`${bench.simulator.url}/conversations/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bench.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: { message: [hello] } }),
      signal: AbortSignal.timeout(200),
    });
    await expect(asked).rejects.toThrow();
    expect([taken(), last()]).toEqual([count, expect.objectContaining({ processed, answer: 'none' })]);
  });

  test('be answered late, so that a callback overtakes the 202', async () => {
    const { control } = bench.simulator;
    control.useResponder({ agent: { name: 'Sam' } });
    control.addFault({ kind: 'delay', ms: 300, when: 'after', times: 1 });
    const answer = bench.send(hello);
    await until('the callback', () => bench.receiver.received.length === 1);
    expect(last()).toMatchObject({ operation: 'requestToken' });
    expect((await answer).status).toBe(202);
    control.addFault({ kind: 'delay', ms: 50, times: 1 });
    const before = performance.now();
    expect((await bench.send(hello)).status).toBe(202);
    expect(performance.now() - before).toBeGreaterThan(45);
  });

  test('be answered byte by byte', async () => {
    bench.simulator.control.addFault({ kind: 'slow', chunkBytes: 50, intervalMs: 5, times: 1 });
    expect((await bench.send(hello)).status).toBe(202);
    await until('the record', () => last()?.fault === 'slow');
    expect(last()?.answer).toBe('written');
  });

  test('be answered with a web page, with half of the JSON, or with a connection that ends half-way', async () => {
    const { control } = bench.simulator;
    control.addFault({ kind: 'html', times: 1 });
    const html = await bench.send(hello);
    expect([html.status, html.headers['content-type'], taken()]).toEqual([
      502,
      'text/html; charset=utf-8',
      0,
    ]);
    control.addFault({ kind: 'truncate', times: 1 });
    await expect(bench.send(hello)).rejects.toThrow(SyntaxError);
    expect(taken()).toBe(1);
    control.addFault({ kind: 'cut', times: 1 });
    await expect(bench.send(hello)).rejects.toThrow();
    await until('the record', () => last()?.fault === 'cut');
    expect([taken(), last()?.answer]).toEqual([2, 'reset']);
  });

  test('suffer only where the rule says: operation, text, count, order', async () => {
    const { control } = bench.simulator;
    control.addFault({ kind: 'status', operation: 'requestToken', status: 500 });
    control.addFault({ kind: 'status', operation: '*', status: 500, bodyIncludes: 'unlucky' });
    control.addFault({ kind: 'status', operation: 'sendMessage', status: 502, after: 1, times: 1 });
    expect((await bench.send(starting('m-1', 'unlucky'))).status).toBe(500);
    const statuses = [await bench.send(hello), await bench.send(hello), await bench.send(hello)];
    expect(statuses.map(({ status }) => status)).toEqual([202, 502, 202]);
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client.id });
    const token = await call('POST', bench.simulator.tokenUrl, {
      raw: form.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(token.status).toBe(500);
    expect(control.faults().map(({ seen, struck }) => [seen, struck])).toEqual([
      [1, 1],
      [1, 1],
      [3, 1],
    ]);
  });

  test('suffer by chance, the same way for the same seed', async () => {
    const run = async (seed: number): Promise<number[]> => {
      const other = await startBench({ random: seededRandom(seed) });
      other.simulator.control.addFault({
        kind: 'status',
        operation: 'sendMessage',
        status: 500,
        probability: 0.5,
      });
      const statuses: number[] = [];
      for (let n = 0; n < 20; n += 1) statuses.push((await other.send(hello)).status);
      await other.close();
      return statuses;
    };
    const [one, again, two] = [await run(7), await run(7), await run(8)];
    expect(again).toEqual(one);
    expect(two).not.toEqual(one);
    expect(new Set(one)).toEqual(new Set([202, 500]));
  });
});

test('a caller that leaves before its answer is recorded as gone, and what was done stays done', async () => {
  bench.simulator.control.addFault({ kind: 'delay', ms: 150, when: 'after', times: 1 });
  const asked = request(`${bench.simulator.url}/conversations/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bench.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: { message: [hello] } }),
    signal: AbortSignal.timeout(60),
  });
  await expect(asked).rejects.toThrow();
  await until('the record', () => last()?.operation === 'sendMessage');
  expect([taken(), last()]).toEqual([1, expect.objectContaining({ processed: true, answer: 'gone' })]);
});
