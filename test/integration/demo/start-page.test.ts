import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { loadConfig } from '../../../config/load.js';
import { openCore, type Core } from '../../../src/bridge/core.js';
import { adapters } from '../../../src/channels/index.js';
import type { Card } from '../../../src/demo/start-page/card.js';
import { JourneyFeed } from '../../../src/demo/start-page/journey-feed.js';
import { serveStartPage, type StartPage } from '../../../src/demo/start-page/serve.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { connect, startWorld, type World } from '../../support/world.js';

let world: World;
let core: Core;
let page: StartPage;
const places = {
  chat: 'http://127.0.0.1:18080/chat/chat',
  desk: 'http://127.0.0.1:14010/desk/',
  management: 'http://127.0.0.1:19090',
};

beforeAll(async () => {
  world = await startWorld();
  const bridge = await world.startBridge();
  connect(world, bridge);
  const loaded = loadConfig({ file: bridge.configFile, env: {}, adapters });
  if (!loaded.ok) throw new Error('the configuration of the tests is not valid');
  core = await openCore(loaded.config, () => undefined);
  const { redis, keys } = core;
  const records = (since: number) => world.simulator.records(since);
  const feed = new JourneyFeed({ redis, keys, records });
  page = await serveStartPage({
    port: await freePort(),
    places,
    feed,
    onError: () => undefined,
  });
});

afterAll(async () => {
  await page.close();
  await core.close();
  await world.stop();
});

/** Every state of every message that a page is told of, as long as it listens; its text may come a look later. */
async function listen(): Promise<{ readonly told: () => readonly Card[]; readonly stop: () => void }> {
  const { body, headers } = await request(`${page.url}journeys`);
  expect(headers['content-type']).toBe('text/event-stream');
  let text = '';
  body.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  body.on('error', () => undefined);
  return {
    told: () => [...text.matchAll(/^data: (.+)\n\n/gm)].map(([, data = '']) => JSON.parse(data) as Card),
    stop: () => void body.destroy(),
  };
}

describe('the journey of a message', () => {
  test('is told with its text and times, on the way in and on the way out', async () => {
    const { told, stop } = await listen();
    await world.channel.send({ id: 'm-1', customer: { id: 'u-1', name: 'Dana' }, text: 'Where is it?' });
    const inbound = await eventually(() =>
      told().find(({ id, state, text }) => id === 'm-1' && state === 'delivered' && text !== ''),
    );
    expect(inbound).toMatchObject({ direction: 'in', text: 'Where is it?', type: 'text', attempts: 1 });
    expect(inbound.endedAt).toBeGreaterThanOrEqual(inbound.keptAt ?? Infinity);
    const conversation = world.simulator.control.conversations()[0]?.id ?? '';
    world.simulator.control.act(conversation, { do: 'html', html: 'It is <b>here</b>.' });
    const outbound = await eventually(() =>
      told().find(
        ({ direction, state, text }) => direction === 'out' && state === 'delivered' && text !== '',
      ),
    );
    expect(outbound).toMatchObject({ who: 'agent', text: 'It is here.', attempts: 1 });
    expect(outbound.writtenAt).toBeGreaterThan(0);
    stop();
  });

  test('shows what waits, why, and what waits behind it, and then that both arrived', async () => {
    const { told, stop } = await listen();
    world.simulator.control.addFault({ kind: 'status', operation: 'sendMessage', status: 503, id: 'away' });
    const customer = { id: 'u-2', name: 'Eli' };
    await world.channel.send({ id: 'm-2', customer, text: 'first' });
    await world.channel.send({ id: 'm-3', customer, text: 'second' });
    const held = await eventually(() =>
      told().find(({ id, state, reason }) => id === 'm-2' && state === 'retrying' && reason !== undefined),
    );
    expect(held).toMatchObject({ direction: 'in', ahead: 0 });
    const behind = await eventually(() => told().find(({ id, ahead }) => id === 'm-3' && ahead === 1));
    expect(behind).toMatchObject({ state: 'waiting' });
    world.simulator.control.removeFault('away');
    for (const [id, text] of [
      ['m-2', 'first'],
      ['m-3', 'second'],
    ] as const) {
      const last = await eventually(
        () => told().findLast((card) => card.id === id && card.state === 'delivered' && card.text !== ''),
        {
          timeoutMs: 25_000,
        },
      );
      expect(last.text).toBe(text);
    }
    stop();
  });

  test('is not told of somebody typing, who would seem to be on the way for ever', async () => {
    const { told, stop } = await listen();
    world.simulator.control.addFault({ kind: 'delay', operation: 'sendMessage', ms: 500, id: 'slow' });
    const customer = { id: 'u-2', name: 'Eli' };
    await world.channel.send({ id: 'm-4', customer, type: 'typing.start' });
    await world.channel.send({ id: 'm-5', customer, text: 'typed' });
    await eventually(() => told().some(({ id, state }) => id === 'm-5' && state === 'delivered'));
    world.simulator.control.removeFault('slow');
    expect(told().filter(({ id }) => id === 'm-4')).toEqual([]);
    stop();
  });

  test('never says of a message that the bridge keeps that it is on its way to the bridge', async () => {
    const { told, stop } = await listen();
    world.channel.setFaults([{ kind: 'status', share: 1, status: 503 }]);
    const conversation = world.simulator.control.conversations()[0]?.id ?? '';
    // More than are read of a lane in one look.
    for (let n = 1; n <= 52; n += 1)
      world.simulator.control.act(conversation, { do: 'text', text: `n ${n}` });
    const last = await eventually(() =>
      told().findLast(({ text, keptAt }) => text === 'n 52' && keptAt !== undefined),
    );
    expect(last.state).toBe('waiting');
    world.channel.setFaults([]);
    await eventually(() => told().some(({ text, state }) => text === 'n 52' && state === 'delivered'), {
      timeoutMs: 25_000,
    });
    expect(told().filter(({ state, keptAt }) => state === 'written' && keptAt !== undefined)).toEqual([]);
    stop();
  });

  test('is told again to a page that opens later', async () => {
    const { told, stop } = await listen();
    await eventually(() => ['m-1', 'm-2', 'm-3'].every((wanted) => told().some(({ id }) => id === wanted)));
    stop();
  });
});

describe('the page', () => {
  test('shows the two other pages in frames and nothing else', async () => {
    const { statusCode, headers, body } = await request(page.url);
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await body.text()).toContain('<iframe id="chat"');
    expect(String(headers['content-security-policy']).split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        'frame-src http://127.0.0.1:18080 http://127.0.0.1:14010',
        "frame-ancestors 'self'",
      ]),
    );
    const found = await request(`${page.url}places`);
    expect(await found.body.json()).toEqual(places);
  });

  test.each([
    ['GET', 'nothing.html', undefined, 404],
    ['GET', 'tsconfig.json', undefined, 404],
    ['GET', 'journeys', 'evil.example', 421],
    ['GET', '', 'evil.example:8000', 421],
    ['POST', 'journeys', undefined, 405],
  ] as const)('answers %s /%s of host %s with %i', async (method, path, host, status) => {
    const { statusCode, body } = await request(`${page.url}${path}`, {
      method,
      ...(host === undefined ? {} : { headers: { host } }),
    });
    await body.dump();
    expect(statusCode).toBe(status);
  });
});
