import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exchangeChannel } from '../../../src/simulator/http/observed.js';
import { mismatchesOf } from '../../support/contract-check.js';
import { startDesk, type Desk } from '../api/desk.js';

/** Who watches the watcher: what passes by is real, and spoiling it is noticed. */
const requestChannel = 'undici:request:create';
const body = { type: 'custom.seen', displayName: 'Seen', icon: 'aWNvbg==' };

let desk: Desk;
let exchanges: object[];
let requests: { request: object }[];
const onExchange = (message: unknown): void => void exchanges.push(message as object);
const onRequest = (message: unknown): void => void requests.push(message as { request: object });

beforeEach(async () => {
  exchanges = [];
  requests = [];
  desk = await startDesk();
  subscribe(exchangeChannel, onExchange);
  subscribe(requestChannel, onRequest);
  await desk.json(['api', 'channels', 'create', '--file', '-'], JSON.stringify(body));
});
afterEach(async () => {
  unsubscribe(exchangeChannel, onExchange);
  unsubscribe(requestChannel, onRequest);
  await desk.close();
});

describe('the watch over the API’s description', () => {
  test('sees the client’s requests and the simulator’s answers, and has nothing to say', () => {
    expect(exchanges).toMatchObject([{ operation: 'requestToken' }, { operation: 'createChannel' }]);
    expect(requests).toHaveLength(2);
    expect(mismatchesOf(exchanges.map((exchange) => ({ by: 'simulator', exchange })))).toEqual([]);
    expect(mismatchesOf(requests.map((message) => ({ by: 'client', message })))).toEqual([]);
  });

  test.each<[string, object, string]>([
    [
      'a field of the wrong shape',
      { status: 201, body: { id: 'short' } },
      'createChannel answered 201: /id must NOT have fewer than 36 characters',
    ],
    [
      'a missing field',
      { status: 201, body: {} },
      "createChannel answered 201:  must have required property 'id'",
    ],
    [
      'an unknown status',
      { status: 202, body: {} },
      'createChannel answered 202: createChannel is not described to answer 202',
    ],
    [
      'an error that is no error object',
      { status: 400, body: { why: 'x' } },
      "createChannel answered 400:  must have required property 'code'",
    ],
  ])('notices an answer with %s', (_what, answer, told) => {
    const exchange = { ...exchanges[1], answer };
    expect(mismatchesOf([{ by: 'simulator', exchange }])).toContain(told);
  });

  test('notices a request of the client that is not as described, on either side of the wire', () => {
    const raw = Buffer.from(JSON.stringify({ ...body, displayName: '' }));
    const told = "the client's createChannel: /displayName must NOT have fewer than 1 characters";
    const { request } = requests[1] ?? { request: {} };
    const altered = { request: { ...pick(request, ['method', 'path', 'headers']), body: raw } };
    expect(mismatchesOf([{ by: 'client', message: altered }])).toEqual([told]);
    expect(mismatchesOf([{ by: 'simulator', exchange: { ...exchanges[1], raw } }])).toEqual([told]);
  });

  test('leaves the requests of others alone: tests may ask for nonsense', () => {
    const raw = Buffer.from('{}');
    const exchange = { ...exchanges[1], raw, headers: { 'user-agent': 'curl/8' } };
    expect(mismatchesOf([{ by: 'simulator', exchange }])).toEqual([]);
  });
});

/** undici's request has its members as getters of its class, which a spread would lose. */
function pick(from: object, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, Reflect.get(from, name)]));
}
