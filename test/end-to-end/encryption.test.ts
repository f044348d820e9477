import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { contentsOf, wholeText } from '../support/redis-contents.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte).toString('base64') });
const [first, second, third] = [key('first', 1), key('second', 2), key('third', 3)];
const keyed = (...keys: { readonly id: string; readonly key: string }[]) => ({
  redis: { encryption: { keys } },
});

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

const begin = async (overrides: object = {}): Promise<World> => {
  world = await startWorld({
    overrides: { delivery: { backoff: { firstMs: 50, maxMs: 200 } }, ...overrides },
  });
  return world;
};
const textsIn = ({ simulator }: World): string[] =>
  simulator
    .records()
    .flatMap((record) => (record.kind === 'message' && record.text !== undefined ? [record.text] : []));
const say = async (own: World, customer: string, text: string): Promise<void> => {
  expect((await own.channel.send({ customer: { id: customer }, text })).status).toBe(202);
};
/** Its process may be on its way out: the same message again, to the next one. */
const sayAtLast = (own: World, customer: string, text: string): Promise<unknown> =>
  eventually(async () => {
    const answer = await own.channel.send({ id: text, customer: { id: customer }, text });
    return answer.status === 202;
  });
const sealedWith = async (own: World, id: string): Promise<boolean> =>
  (await wholeText(own.redis.client())).includes(`$${id}:`);
const figure = async (bridge: BridgeProcess, name: string): Promise<number> => {
  const page = await (await fetch(`${bridge.managementUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(page)?.[1] ?? NaN);
};

describe('redis.encryption', () => {
  const word = 'Quetzalcoatl';
  const person = {
    id: `id-${word}`,
    name: `${word} Doe`,
    email: `${word}@example.com`,
    attributes: { note: word },
  };

  /** Something of everybody's in every place that Redis has for it. */
  const plant = async (own: World): Promise<void> => {
    const send = async (text: string, more: object = {}): Promise<void> => {
      const { status } = await own.channel.send({ customer: person, text: `${word} ${text}`, ...more });
      expect(status).toBe(202);
    };
    const { control } = own.simulator;
    const info = { id: `other-${word}`, name: word };
    await own.channel.send({ customer: info, type: 'customer.info' });
    await send('opens the conversation');
    const conversation = await eventually(() => control.conversations()[0]);
    await eventually(() => textsIn(own).length === 1);
    const list = {
      sections: [
        {
          title: word,
          items: [
            { identifier: word, title: `${word} one` },
            { identifier: 'b', title: word },
          ],
        },
      ],
    };
    control.act(conversation.id, {
      do: 'rich',
      kind: 'listpicker',
      json: { type: 'list', title: word, list },
    });
    await eventually(() => own.channel.received().some(({ type }) => type === 'rich'));
    // A dead letter, with the far end's words; then what waits in both directions.
    control.addFault({
      operation: 'sendMessage',
      kind: 'status',
      status: 400,
      body: { code: '400-152', developerMessage: `cannot take "${word}"` },
      times: 1,
    });
    await send('dies');
    await eventually(async () =>
      (await contentsOf(own.redis.client())).some(({ name }) => name.includes(':dead:')),
    );
    own.channel.setFaults([{ kind: 'status', share: 1, status: 500 }]);
    control.addFault({ id: 'away', operation: 'sendMessage', kind: 'status', status: 503, body: word });
    await send('waits');
    await send('waits behind it');
    control.act(conversation.id, { do: 'html', html: `<p>${word} reply</p>` });
    await eventually(async () => {
      const contents = await contentsOf(own.redis.client());
      return contents.filter(({ name }) => /:l:/.test(name)).length >= 2;
    });
  };

  test.each([
    ['without it a search through Redis finds customers’ words', {}, true],
    ['with it none is found, whatever waits or died', keyed(first), false],
  ])('%s', async (_, overrides, found) => {
    const own = await begin(overrides);
    connect(own, await own.startBridge());
    await plant(own);
    const contents = await contentsOf(own.redis.client());
    const telling = contents
      .filter(({ name, value }) => `${name} ${value}`.includes(word))
      .map(({ name }) => name);
    const places = ['l', 'm', 'i', 'dead'];
    if (found) for (const place of places) expect(telling.join('\n')).toContain(`:${place}:`);
    else expect(telling).toEqual([]);
    for (const place of places) expect(contents.map(({ name }) => name).join('\n')).toContain(`:${place}:`);
    // What was sealed is what is delivered.
    own.channel.setFaults([]);
    own.simulator.control.removeFault('away');
    await eventually(() => textsIn(own).filter((text) => text.includes('waits')).length === 2, {
      timeoutMs: 20_000,
    });
    await eventually(() => own.channel.received().some(({ text }) => text === `${word} reply`), {
      timeoutMs: 20_000,
    });
  });

  test('a key is replaced under load, process by process: nothing is lost, all in order', async () => {
    const own = await begin();
    const customers = ['ann', 'bob', 'cid'];
    let sent = 0;
    const enough = new AbortController();
    const steps = [keyed(first), keyed(second, first), keyed(third, second, first)];
    // Both from before there was a key.
    let [a, b] = await Promise.all([own.startBridge(), own.startBridge()]);
    connect(own, a);
    const traffic = (async () => {
      while (!enough.signal.aborted) {
        for (const customer of customers) await sayAtLast(own, customer, `${customer} ${sent}`);
        sent += 1;
        await sleep(20);
      }
    })();
    for (const overrides of steps) {
      const next = await own.startBridge({ overrides });
      own.channel.connect(next.url);
      await b.stop();
      [a, b] = [next, a];
    }
    enough.abort();
    await traffic;
    await b.stop();
    const expected = customers.map((customer) => Array.from({ length: sent }, (__, n) => `${customer} ${n}`));
    await eventually(() => new Set(textsIn(own)).size === sent * customers.length, { timeoutMs: 30_000 });
    const seen = [...new Set(textsIn(own))];
    expect(customers.map((customer) => seen.filter((text) => text.startsWith(customer)))).toEqual(expected);
    expect(await figure(a, 'egain_bridge_dead_letters')).toBe(0);
    own.simulator.control.addFault({ operation: 'sendMessage', kind: 'status', status: 503 });
    await say(own, 'ann', 'waits');
    expect(await sealedWith(own, 'third')).toBe(true);
  }, 120_000);

  test('without its key a lane is held and alarmed, and goes on by itself when the key is back', async () => {
    const own = await begin({ delivery: { holdMs: 1000, backoff: { firstMs: 50, maxMs: 100 } } });
    const taking = await own.startBridge({ role: 'web', overrides: keyed(first) });
    connect(own, taking);
    for (let n = 0; n < 3; n += 1) await say(own, 'dana', `dana ${n}`);
    const blind = await own.startBridge({ role: 'worker', overrides: keyed(second) });
    await blind.line(/"keyId":"first".*a key of redis.encryption is missing/);
    await eventually(async () => (await figure(blind, 'egain_bridge_key_missing_total')) >= 2);
    // Well past the time that a message is tried for.
    await eventually(async () => {
      const [lane] = (await contentsOf(own.redis.client())).filter(({ name }) => /:l:/.test(name));
      const [head = ''] = JSON.parse(lane?.value ?? '[]') as string[];
      return Date.now() - Number(head.slice(0, 13)) > 2000;
    });
    const state = (await contentsOf(own.redis.client())).find(({ name }) => /:s:/.test(name));
    expect(JSON.parse(state?.value ?? '{}')).not.toHaveProperty('a');
    expect(await figure(blind, 'egain_bridge_dead_letters')).toBe(0);
    expect(textsIn(own)).toEqual([]);
    await say(own, 'dana', 'dana 3');
    await blind.stop();
    await own.startBridge({ role: 'worker', overrides: keyed(second, first) });
    await eventually(() => textsIn(own).length === 4, { timeoutMs: 20_000 });
    expect(textsIn(own)).toEqual(['dana 0', 'dana 1', 'dana 2', 'dana 3']);
  });
});
