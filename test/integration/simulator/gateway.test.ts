import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MovableClock } from '../../../src/simulator/clock.js';
import { type Bench, call, codeOf, conversationOf, startBench, starting } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

describe("the channel's limits for customers", () => {
  const restrictions = {
    inbound: {
      maxTextLength: 5,
      attachmentPolicy: { enabled: true, maxSize: 100, type: 'block' as const, extensions: ['exe'] },
    },
  };
  const properties = [{ name: 'msg_hub_blocked_file_extension', value: 'No {0} here' }];
  beforeEach(() => {
    const l10nProperties = [{ language: 'en-US', properties }];
    bench.simulator.control.declare({ channels: [{ type: 'custom.support', restrictions, l10nProperties }] });
  });
  const file = (name: string, size: number): Record<string, unknown> => ({
    content: undefined,
    attachments: { attachment: [{ name, size, url: 'https://cdn.example.com/x' }] },
  });

  test('are enforced with a refusal', async () => {
    expect((await bench.send(starting('m-1', '👍👍👍👍👍'))).status).toBe(202);
    expect(codeOf(await bench.send(starting('m-2', 'longer')))).toBe('400-906');
    expect(codeOf(await bench.send(starting('m-3', '', '1', file('a.EXE', 1))))).toBe('400-910');
    expect(codeOf(await bench.send(starting('m-4', '', '1', file('a.png', 101))))).toBe('400-910');
    expect((await bench.send(starting('m-5', '', '1', file('a.png', 100)))).status).toBe(202);
  });

  test('or cut the text, or tell the customer in the channel’s words, or are ignored', async () => {
    const { control } = bench.simulator;
    control.setSwitches({ inboundLimit: 'cut' });
    const id = conversationOf(await bench.send(starting('m-1', '👍23456789')));
    expect(control.conversation(id)?.messages[0]?.content?.text).toBe('👍2345');
    control.setSwitches({ inboundLimit: 'notify' });
    await bench.send(starting('m-2', '', '1', file('a.exe', 1)));
    await control.whenIdle();
    expect(bench.receiver.texts()).toEqual(['No exe here']);
    expect(bench.receiver.messages()[0]?.sender.type).toBe('system');
    control.setSwitches({ inboundLimit: 'ignore' });
    expect((await bench.send(starting('m-3', 'longer'))).status).toBe(202);
  });
});

describe('the gateway', () => {
  const url = (path: string): string => `${bench.simulator.url}${path}`;

  test('answers unknown paths 404-101, other methods 405, other types 415, broken JSON 400, all in eGain’s shape', async () => {
    const { token } = bench;
    const unknown = await call('GET', url('/nothing'), { token });
    expect([unknown.status, codeOf(unknown)]).toEqual([404, '404-101']);
    const method = await call('DELETE', url('/conversations/messages'), { token });
    expect([method.status, codeOf(method)]).toEqual([405, '405-901']);
    expect(method.headers['allow']).toContain('POST');
    const text = await call('POST', url('/conversations/messages'), {
      token,
      raw: '{}',
      headers: { 'content-type': 'text/plain' },
    });
    expect([text.status, codeOf(text)]).toEqual([415, '415-901']);
    const broken = await call('POST', url('/conversations/messages'), {
      token,
      raw: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect([broken.status, codeOf(broken)]).toEqual([400, '400-900']);
    const large = await call('POST', url('/conversations/messages'), {
      token,
      body: 'x'.repeat(3 * 1024 * 1024),
    });
    expect([large.status, codeOf(large)]).toEqual([413, '413-901']);
    const query = await call('POST', url('/conversations/messages?verbose=1'), { token, body: {} });
    expect(codeOf(query)).toBe('400-101');
  });

  test('limits requests per minute when switched on, and tells when to come back', async () => {
    bench.simulator.control.setSwitches({ rateLimitPerMinute: 2 });
    const [one] = [await bench.send(starting('m-1', 'a')), await bench.send(starting('m-2', 'b'))];
    expect(one.headers['x-ratelimit-remaining']).toBe('1');
    const third = await bench.send(starting('m-3', 'c'));
    expect([third.status, codeOf(third)]).toEqual([429, '429-001']);
    expect(Date.parse(String(third.headers['x-ratelimit-reset']))).toBeGreaterThan(Date.now());
    bench.simulator.control.advanceClock(60_000);
    expect((await bench.send(starting('m-3', 'c'))).status).toBe(202);
  });
});

test('the clock can be handed in', async () => {
  const fixed = await startBench({ clock: new MovableClock({ now: () => Date.UTC(2026, 0, 1) }) });
  await fixed.send(starting('m-1', 'hello'));
  expect(fixed.simulator.records().at(-1)?.at).toBe('2026-01-01T00:00:00.000Z');
  await fixed.close();
});
