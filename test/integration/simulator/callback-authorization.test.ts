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

const basic = `Basic ${Buffer.from('egain:callback-password').toString('base64')}`;

function attempts(): CallbackRecord[] {
  return bench.simulator.records().flatMap((record) => (record.kind === 'callback' ? [record] : []));
}

async function open(user = '15550100123'): Promise<string> {
  return conversationOf(await bench.send(starting(`start-${user}`, 'hello', user)));
}

describe('a callback that answers 401', () => {
  test('gets the same request once more with a new token by the recipe, kept for the next ones', async () => {
    const { control } = bench.simulator;
    let valid = 1;
    let issued = 0;
    bench.receiver.reply = ({ path, headers }) => {
      if (path === '/token') {
        issued += 1;
        return { status: 200, body: JSON.stringify({ data: { accessToken: `token-${issued}` } }) };
      }
      return { status: headers.authorization === `Bearer token-${valid}` ? 200 : 401 };
    };
    const id = await open();
    control.declare({
      callback: {
        url: bench.receiver.url,
        authentication: {
          type: 'oauth2',
          tokenRequestUrl: `${bench.receiver.origin}/token`,
          headers: [{ name: 'Content-Type', value: 'application/json' }],
          payload: '{"clientId":"hub","clientSecret":"s"}',
          accessTokenPath: '$.data.accessToken',
        },
      },
    });
    control.act(id, { do: 'text', text: 'one' });
    control.act(id, { do: 'text', text: 'two' });
    await control.whenIdle();
    expect(issued).toBe(1);
    expect(bench.receiver.received[0]?.raw).toBe('{"clientId":"hub","clientSecret":"s"}');
    valid = 2;
    control.act(id, { do: 'text', text: 'three' });
    await control.whenIdle();
    expect(attempts().map(({ outcome, attempt }) => `${outcome} ${attempt}`)).toEqual([
      'delivered 1',
      'delivered 1',
      'renewed 1',
      'delivered 1',
    ]);
    expect(issued).toBe(2);
  });

  test('again and again counts as failed, and is not repeated where the switch forbids it', async () => {
    const { control } = bench.simulator;
    bench.receiver.reply = () => ({ status: 401 });
    control.setSwitches({ callbackRetry: { retries: 0 } });
    const id = await open();
    control.act(id, { do: 'text', text: 'one' });
    await control.whenIdle();
    control.setSwitches({ callbackRepeatAfter401: false });
    control.act(id, { do: 'text', text: 'two' });
    await control.whenIdle();
    expect(attempts().map(({ outcome }) => outcome)).toEqual(['renewed', 'failed', 'failed']);
  });

  test('is what a spoilt Authorization leads to', async () => {
    const { control } = bench.simulator;
    bench.receiver.reply = ({ headers }) => ({ status: headers.authorization === basic ? 200 : 401 });
    control.addFault({ kind: 'callback-wrong-authorization', times: 1 });
    control.act(await open(), { do: 'text', text: 'one' });
    await control.whenIdle();
    expect(attempts().map(({ outcome }) => outcome)).toEqual(['renewed', 'delivered']);
  });
});
