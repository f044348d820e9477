import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { wholeText } from '../support/redis-contents.js';
import { operateOn, operateWellOn } from './support/operate.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

let world: World;
let bridge: BridgeProcess;

beforeAll(async () => {
  world = await startWorld({
    switches: { deduplicate: true },
    overrides: {
      delivery: { unknownConversationWaitMs: 300, backoff: { firstMs: 100, maxMs: 200 } },
      notices: { customer: false },
    },
  });
  bridge = await world.startBridge();
  connect(world, bridge);
}, 60_000);
afterEach(() => {
  world.channel.setFaults([]);
  world.simulator.control.clearFaults();
});
afterAll(() => world.stop());

const operate = (...argv: readonly string[]) => operateOn(bridge.configFile, argv);
const operateWell = (...argv: readonly string[]) => operateWellOn(bridge.configFile, argv);

interface Journey {
  readonly lane: string;
  readonly end?: { readonly outcome: string; readonly reason?: string };
  readonly waiting?: { readonly state: string; readonly lastError?: string };
  readonly deadLetter?: string;
}

async function trace(id: string): Promise<Journey> {
  const [journey] = JSON.parse(await operateWell('messages', 'trace', id, '--json')) as [Journey];
  return journey;
}

const inbound = (customer: string): string[] =>
  world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' &&
      record.direction === 'inbound' &&
      record.contact.includes(customer) &&
      !record.duplicate
        ? [record.text ?? record.type]
        : [],
    );
const received = (customer: string): string[] =>
  world.channel
    .received()
    .filter((message) => message.customer.id === customer)
    .map((message) => message.text ?? message.type);

async function say(customer: string, text: string): Promise<string> {
  const sent = await world.channel.send({ customer: { id: customer }, text });
  expect(sent.status).toBe(202);
  return sent.id;
}

async function conversationOf(customer: string): Promise<string> {
  const found = await eventually(() =>
    world.simulator.control
      .conversations()
      .findLast(({ contact }) => JSON.stringify(contact).includes(customer)),
  );
  return found.id;
}

/** A callback as eGain would make it, or should not. */
const post = (messages: unknown): Promise<Response> =>
  fetch(`${bridge.url}/egain/callback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: world.callbackAuthorization },
    body: JSON.stringify({ messages }),
  });

/** The agent's words, and the id eGain gave them. */
function answer(conversation: string, text: string): string {
  const done = world.simulator.control.act(conversation, { do: 'text', text });
  const id = done.ok ? done.messages[0]?.id : undefined;
  if (id === undefined) throw new Error('the agent could not answer');
  return id;
}

const stamped = (text: string): RegExp =>
  new RegExp(`^\\[\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC\\] ${text}$`);

describe('a message that the far end refuses for good', () => {
  test('inbound: is traced to its dead letter, put back, and tells its own time as later ones went before', async () => {
    world.simulator.control.addFault({ operation: 'sendMessage', kind: 'status', status: 400, times: 1 });
    const first = await say('dana', 'first');
    await eventually(async () => (await trace(first)).end !== undefined);
    const dead = await trace(first);
    expect(dead.end).toMatchObject({ outcome: 'dead', reason: 'refused' });
    const second = await say('dana', 'second');
    await eventually(() => inbound('dana').length === 1);
    const letter = dead.deadLetter ?? '';
    expect(await operateWell('dead-letters', 'list')).toContain(letter);
    expect(JSON.parse(await operateWell('dead-letters', 'show', letter))).toMatchObject({
      messageId: first,
      envelope: { message: { text: 'first' } },
    });
    expect(await operateWell('dead-letters', 'retry', letter)).toBe('1 put back\n');
    await eventually(() => inbound('dana').length === 2);
    expect(inbound('dana')).toEqual(['second', expect.stringMatching(stamped('first'))]);
    expect((await trace(first)).end).toMatchObject({ outcome: 'delivered' });
    expect((await trace(second)).end).toMatchObject({ outcome: 'delivered' });
    expect((await operate('dead-letters', 'show', letter)).code).toBe(1);
  });

  test('outbound: the same, and one that nothing overtook is put back as it was', async () => {
    await say('eve', 'hello');
    const conversation = await conversationOf('eve');
    world.channel.setFaults([{ kind: 'status', status: 400, share: 1 }]);
    const first = answer(conversation, 'first');
    await eventually(async () => (await trace(first)).end?.outcome === 'dead');
    world.channel.setFaults([]);
    await operateWell('dead-letters', 'retry', '--channel', 'support', '--reason', 'rejected');
    await eventually(() => received('eve').length === 1);
    expect(received('eve')).toEqual(['first']);

    world.channel.setFaults([{ kind: 'status', status: 400, share: 1 }]);
    const second = answer(conversation, 'second');
    await eventually(async () => (await trace(second)).end?.outcome === 'dead');
    world.channel.setFaults([]);
    answer(conversation, 'third');
    await eventually(() => received('eve').length === 2);
    await operateWell('dead-letters', 'retry', '--all');
    await eventually(() => received('eve').length === 3);
    expect(received('eve')).toEqual(['first', 'third', expect.stringMatching(stamped('second'))]);
  });

  test('many: all of them are put back, slowly, and all arrive in their order', async () => {
    world.simulator.control.addFault({ operation: 'sendMessage', kind: 'status', status: 400, times: 20 });
    const texts = Array.from({ length: 20 }, (_, n) => `text ${n}`);
    for (const text of texts) await say('many', text);
    await eventually(
      async () => (await operateWell('dead-letters', 'list', '--json')).split('\n').length === 21,
    );
    world.simulator.control.clearFaults();
    expect(await operateWell('dead-letters', 'retry', '--reason', 'refused')).toBe('20 put back\n');
    await eventually(() => inbound('many').length === 20);
    expect(inbound('many')).toEqual(texts);
    expect(await operateWell('dead-letters', 'list', '--json')).toBe('');
  });
});

describe('a batch with an item that is no message', () => {
  test('I1: the item becomes a dead letter that can be looked at and discarded, the rest is delivered', async () => {
    await say('frank', 'hello');
    const conversation = { id: await conversationOf('frank') };
    const good = (id: string, text: string) => ({
      id,
      type: { value: 'text' },
      content: { text },
      conversation,
    });
    const batch = [
      good('g-1', 'one'),
      { id: 'bad', conversation, content: { text: 'no type' } },
      good('g-2', 'two'),
    ];
    expect((await post({ message: batch })).status).toBe(200);
    await eventually(() => received('frank').length === 2);
    expect(received('frank')).toEqual(['one', 'two']);
    const line = await eventually(() =>
      operateWell('dead-letters', 'list', '--reason', 'malformed', '--json'),
    );
    const { id, detail } = JSON.parse(line) as { id: string; detail: string };
    expect(detail).toContain('messages.message.1.type');
    expect(await operateWell('dead-letters', 'show', id)).toContain('no type');
    expect(await operateWell('dead-letters', 'discard', id)).toBe('1 discarded\n');
  });
});

describe('a channel that is paused', () => {
  test('keeps what arrives and delivers it in order once it is resumed, each direction by itself', async () => {
    await say('gina', 'hello');
    const conversation = await conversationOf('gina');
    await operateWell('channels', 'pause', 'support', '--direction', 'in');
    expect(JSON.parse(await operateWell('channels', 'list', '--json'))).toMatchObject({
      inbound: 'paused',
      outbound: 'open',
    });
    // Workers look at the gates four times a second.
    await new Promise((resolve) => setTimeout(resolve, 600));
    const held = await say('gina', 'held');
    await say('gina', 'held too');
    answer(conversation, 'not held');
    await eventually(() => received('gina').includes('not held'));
    expect(inbound('gina')).toEqual(['hello']);
    expect((await trace(held)).waiting).toMatchObject({ state: 'waiting' });
    expect(await operateWell('lanes', 'list', '--target', 'in:support')).toContain('waiting');
    await operateWell('channels', 'resume', 'support');
    await eventually(() => inbound('gina').length === 3);
    expect(inbound('gina')).toEqual(['hello', 'held', 'held too']);
  });
});

describe('a lane that is held up', () => {
  test('shows why, and goes on when its head is skipped', async () => {
    await say('hugo', 'hello');
    const conversation = await conversationOf('hugo');
    world.channel.setFaults([{ kind: 'status', status: 503, share: 1 }]);
    const stuck = answer(conversation, 'stuck');
    await eventually(async () => (await trace(stuck)).waiting?.lastError !== undefined);
    const { lane, waiting } = await trace(stuck);
    expect(waiting?.lastError).toBe('HTTP 503');
    const shown = JSON.parse(await operateWell('lanes', 'show', lane)) as { headId: string };
    expect(shown.headId).toBe(stuck);
    const said = await operateWell('lanes', 'skip', lane);
    expect((await trace(stuck)).end).toMatchObject({ outcome: 'dead', reason: 'skipped' });
    world.channel.setFaults([]);
    answer(conversation, 'goes on');
    await eventually(() => received('hugo').includes('goes on'));
    await operateWell('dead-letters', 'discard', / (\S+) now/.exec(said)?.[1] ?? '');
    expect(received('hugo')).toEqual(['goes on']);
  });
});

describe('a customer who is forgotten', () => {
  test('I13: leaves nothing behind, not even what was waiting or in hand; another one keeps everything', async () => {
    const client = world.redis.client();
    const greetings = new Map<string, string>();
    for (const customer of ['iris-to-forget', 'jane-who-stays']) {
      await say(customer, `${customer} says hello`);
      greetings.set(customer, answer(await conversationOf(customer), `hello ${customer}`));
      await eventually(() => received(customer).length === 1);
    }
    const { lane } = await trace(greetings.get('iris-to-forget') ?? '');
    const forgotten = await conversationOf('iris-to-forget');
    world.channel.setFaults([{ kind: 'delay', delayMs: 9000, share: 1 }]);
    for (const customer of ['iris-to-forget', 'jane-who-stays']) {
      const conversation = await conversationOf(customer);
      for (const text of ['in hand', 'waiting']) answer(conversation, `${text} for ${customer}`);
    }
    answer(forgotten, 'last for iris-to-forget');
    const waiting = ['in hand', 'waiting', 'last'].map((text) => `${text} for iris-to-forget`);
    const everything = [...waiting, 'waiting for jane-who-stays', lane];
    await eventually(async () => {
      const kept = await wholeText(client);
      return everything.every((text) => kept.includes(text));
    });

    world.channel.setFaults([]);
    const said = await operateWell('customers', 'forget', 'support', 'iris-to-forget');
    expect(said).toMatch(/^removed: waiting messages 3, dead letters 0, conversations 2, journeys 5, /);
    const left = await wholeText(client);
    for (const word of ['iris-to-forget', lane]) expect(left).not.toContain(word);
    await eventually(() => received('jane-who-stays').length === 3, { timeoutMs: 20_000 });
    expect(received('iris-to-forget')).not.toContain('waiting for iris-to-forget');

    // Whoever comes back is somebody new.
    // eGain has not heard of it and goes on talking: nobody is waited for, nothing is kept.
    const late = answer(forgotten, 'a late word for iris');
    await eventually(async () => (await trace(late)).end?.reason === 'forgotten');
    expect((await trace(late)).end).toMatchObject({ outcome: 'ignored' });
    expect(await wholeText(client)).not.toContain('a late word');
    const batch = [
      { id: 'late', conversation: { id: forgotten }, content: { text: 'a late word of no type' } },
    ];
    expect((await post({ message: batch })).status).toBe(200);
    await eventually(async () => !(await wholeText(client)).includes('a late word'));
    expect(await operateWell('dead-letters', 'list', '--reason', 'malformed', '--json')).toBe('');
    await say('iris-to-forget', 'hello again');
    await eventually(() => inbound('iris-to-forget').includes('hello again'));
  });
});
