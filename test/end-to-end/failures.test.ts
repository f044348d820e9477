import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { operateWellOn } from './support/operate.js';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type World, type WorldOptions } from '../support/world.js';

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

async function start(options: WorldOptions = {}) {
  const own = await startWorld(options);
  world = own;
  const bridge = await own.startBridge();
  connect(own, bridge);
  return { own, bridge };
}

const fast = { backoff: { firstMs: 50, maxMs: 200 }, breaker: { failures: 5, openMs: 200, maxOpenMs: 400 } };
const texts = (own: World) =>
  own.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && record.direction === 'inbound' && !record.duplicate ? [record.text] : [],
    );
const french = [
  { language: 'fr', properties: [{ name: 'bridge_undelivered', value: 'Votre message n’est pas arrivé.' }] },
];

describe('I6: nobody is left in the dark', () => {
  test('a message eGain refuses for good is told to the customer in their language, once in ten minutes', async () => {
    const { own, bridge } = await start({
      overrides: { channels: { support: { manifest: { l10nProperties: french } } } },
    });
    own.simulator.control.addFault({
      operation: 'sendMessage',
      kind: 'status',
      status: 400,
      code: '400-152',
      message: 'no',
    });
    for (const id of ['1', '2', '3']) {
      await own.channel.send({ id, customer: { id: 'amélie', language: 'fr-CA' }, text: `message ${id}` });
    }
    await eventually(
      async () => (await metric(bridge.managementUrl, 'egain_bridge_dead_letters_total')) === 3,
    );
    await eventually(() => own.channel.received().length > 0);
    await sleep(500);
    expect(own.channel.received()).toMatchObject([
      { type: 'system', customer: { id: 'amélie' }, text: 'Votre message n’est pas arrivé.' },
    ]);
    const dead = bridge
      .stdout()
      .split('\n')
      .filter((line) => line.includes('"outcome":"dead"'));
    expect(dead).toHaveLength(3);
    expect(dead[0]).toContain('400-152');
    expect(bridge.stdout()).not.toContain('message 1');
  });

  test('what the channel refuses for good is told to the agent side where that is switched on', async () => {
    const { own, bridge } = await start({ overrides: { notices: { agent: true } } });
    await own.channel.send({ customer: { id: 'dana' }, text: 'hello' });
    const conversation = await eventually(() => own.simulator.control.conversations()[0]);
    own.channel.setFaults([{ kind: 'status', share: 1, status: 400 }]);
    own.simulator.control.act(conversation.id, { do: 'text', text: 'cannot be shown' });
    await eventually(
      async () => (await metric(bridge.managementUrl, 'egain_bridge_dead_letters_total')) === 1,
    );
    await eventually(() =>
      own.simulator.records().some((record) => record.kind === 'message' && record.type === 'error'),
    );
  });
});

describe('I4: far ends that fail for a while', () => {
  test('eGain answers 503 to everything, then recovers: everything arrives, in order', async () => {
    const { own } = await start({ overrides: { delivery: fast } });
    const fault = own.simulator.control.addFault({ operation: 'sendMessage', kind: 'status', status: 503 });
    for (let customer = 0; customer < 10; customer += 1) {
      for (const text of ['1', '2', '3']) {
        await own.channel.send({ customer: { id: `c${customer}` }, text: `${customer}:${text}` });
      }
    }
    await sleep(1000);
    expect(texts(own)).toEqual([]);
    own.simulator.control.removeFault(fault);
    await eventually(() => texts(own).length === 30);
    for (let customer = 0; customer < 10; customer += 1) {
      expect(texts(own).filter((text) => text?.startsWith(`${customer}:`))).toEqual(
        ['1', '2', '3'].map((text) => `${customer}:${text}`),
      );
    }
  });

  test.each([{ retryAfterSeconds: 1 }, { resetInMs: 1000 }, {}])(
    'eGain says 429 with %j: the gate pauses, nothing is lost',
    async (how) => {
      const { own } = await start({ overrides: { delivery: fast } });
      own.simulator.control.addFault({ operation: 'sendMessage', kind: 'throttle', times: 1, ...how });
      await own.channel.send({ customer: { id: 'dana' }, text: 'patient' });
      await eventually(() => texts(own).length === 1, { timeoutMs: 15_000 });
      const calls = own.simulator
        .records()
        .filter((record) => record.kind === 'request' && record.operation === 'sendMessage');
      expect(calls).toHaveLength(2);
    },
  );

  test('the token endpoint is down: messages wait and go when it is back', async () => {
    const { own } = await start({ overrides: { delivery: fast } });
    const fault = own.simulator.control.addFault({ operation: 'requestToken', kind: 'status', status: 500 });
    await own.channel.send({ customer: { id: 'dana' }, text: 'waiting for a token' });
    await sleep(1000);
    own.simulator.control.removeFault(fault);
    await eventually(() => texts(own).length === 1, { timeoutMs: 20_000 });
  });

  test('I8: a withdrawn token is renewed once and the call repeated', async () => {
    const { own } = await start();
    await own.channel.send({ customer: { id: 'dana' }, text: 'one' });
    await eventually(() => texts(own).length === 1);
    own.simulator.control.withdrawTokens();
    await own.channel.send({ customer: { id: 'dana' }, text: 'two' });
    await eventually(() => texts(own).length === 2);
    const tokens = own.simulator
      .records()
      .filter((record) => record.kind === 'request' && record.operation === 'requestToken');
    expect(tokens).toHaveLength(2);
  });
});

describe('I12: a channel that is not configured any more', () => {
  test('its messages are held and alarmed, and go when it is back', async () => {
    const own = await startWorld();
    world = own;
    const first = await own.startBridge();
    connect(own, first);
    await own.channel.send({ customer: { id: 'dana' }, text: 'hello' });
    const conversation = await eventually(() => own.simulator.control.conversations()[0]);
    await eventually(() => texts(own).includes('hello'));
    own.simulator.control.addFault({ id: 'away', operation: 'sendMessage', kind: 'status', status: 503 });
    own.channel.setFaults([{ kind: 'status', share: 1, status: 503 }]);
    for (const text of ['do not lose me', 'nor me'])
      await own.channel.send({ customer: { id: 'dana' }, text });
    for (const text of ['first answer', 'second answer'])
      own.simulator.control.act(conversation.id, { do: 'text', text });
    await eventually(() => own.channel.requests().length > 0);
    await first.stop();
    own.channel.setFaults([]);
    own.simulator.control.removeFault('away');
    const other = {
      adapter: 'webhook',
      url: own.channel.url,
      secrets: [own.secret],
      manifest: { type: 'custom.other', displayName: 'Other' },
      account: { address: 'other' },
    };
    const second = await own.startBridge({ replace: { channels: { other } } });
    await second.line(/not configured/);
    expect(await metric(second.managementUrl, 'egain_bridge_stray_target')).toBe(2);
    own.channel.connect(second.url);
    expect((await own.channel.send({ customer: { id: 'dana' }, text: 'nobody takes me' })).status).toBe(404);
    const lanes = await operateWellOn(second.configFile, ['lanes', 'list']);
    expect([lanes.includes('in:support'), lanes.includes('out:support')]).toEqual([true, true]);
    const channels = await operateWellOn(second.configFile, ['channels', 'list', '--json']);
    const [, stray] = channels.trim().split('\n');
    expect(JSON.parse(stray ?? '{}')).toEqual({
      channel: 'support',
      lanesIn: 1,
      lanesOut: 1,
      configured: false,
    });
    await second.stop();
    await own.startBridge();
    await eventually(() => texts(own).length === 3 && own.channel.received().length === 2, {
      timeoutMs: 20_000,
    });
    expect(texts(own)).toEqual(['hello', 'do not lose me', 'nor me']);
    expect(own.channel.received().map(({ text }) => text)).toEqual(['first answer', 'second answer']);
  });
});

/** The sum of a metric over its labels; 0 when it has no sample yet. */
async function metric(managementUrl: string, name: string): Promise<number> {
  const page = await (await fetch(`${managementUrl}/metrics`)).text();
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
