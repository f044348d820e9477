import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CallbackRecord } from '../../../src/simulator/index.js';
import { type Bench, conversationOf, startBench, starting } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench({
    switches: { callbackRetry: { retries: 2, firstDelayMs: 5, factor: 1 }, callbackDeadlineMs: 200 },
  });
});
afterEach(() => bench.close());

function attempts(): CallbackRecord[] {
  return bench.simulator.records().flatMap((record) => (record.kind === 'callback' ? [record] : []));
}

async function open(user = '15550100123'): Promise<string> {
  return conversationOf(await bench.send(starting(`start-${user}`, 'hello', user)));
}

describe('faults of callbacks', () => {
  const say = async (...texts: string[]): Promise<void> => {
    const id = await open();
    for (const text of texts) bench.simulator.control.act(id, { do: 'text', text });
    await bench.simulator.control.whenIdle();
  };

  test('drop one, and say so', async () => {
    bench.simulator.control.addFault({ kind: 'callback-drop', bodyIncludes: 'two' });
    await say('one', 'two', 'three');
    expect(bench.receiver.texts()).toEqual(['one', 'three']);
    expect(attempts().find(({ outcome }) => outcome === 'dropped')?.messages[0]?.text).toBe('two');
  });

  test('send one twice, with the same ids', async () => {
    bench.simulator.control.addFault({ kind: 'callback-duplicate', times: 1 });
    await say('one', 'two');
    expect(bench.receiver.texts()).toEqual(['one', 'one', 'two']);
    const [first, again] = bench.receiver.messages();
    expect(again).toEqual(first);
  });

  test('let a later one overtake', async () => {
    bench.simulator.control.addFault({ kind: 'callback-reorder', times: 1 });
    await say('one', 'two', 'three');
    expect(bench.receiver.texts()).toEqual(['two', 'one', 'three']);
  });

  test('hold one back no longer than told when nothing comes to overtake it', async () => {
    bench.simulator.control.addFault({ kind: 'callback-reorder', maxWaitMs: 20 });
    await say('one');
    expect(bench.receiver.texts()).toEqual(['one']);
  });

  test('delay one in its place', async () => {
    bench.simulator.control.addFault({ kind: 'callback-delay', ms: 50, times: 1, messageType: 'text' });
    const before = performance.now();
    await say('one', 'two');
    expect(performance.now() - before).toBeGreaterThan(45);
    expect(bench.receiver.texts()).toEqual(['one', 'two']);
  });
});
