import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CallbackRecord } from '../../../src/simulator/index.js';
import { type Bench, client, conversationOf, startBench, starting, until } from './support.js';

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

describe('what an agent says reaches the callback', () => {
  test('with ids, sender, time and status, Basic authorization and the role’s headers', async () => {
    const { control } = bench.simulator;
    control.declare({
      callback: {
        url: bench.receiver.url,
        authentication: { type: 'basic', username: 'egain', password: 'callback-password' },
        headers: [{ name: 'X-Bridge-Tenant', value: 'acme' }],
      },
    });
    const id = await open();
    const done = control.act(id, { do: 'text', text: 'a < b\nc', by: { type: 'egain_agent', name: 'Sam' } });
    await control.whenIdle();
    const [callback] = bench.receiver.received;
    expect(callback?.headers).toMatchObject({
      authorization: basic,
      'x-bridge-tenant': 'acme',
      'content-type': 'application/json',
    });
    expect(callback?.messages).toEqual([
      {
        id: done.ok ? done.messages[0]?.id : 'missing',
        messageId: expect.any(String),
        type: { value: 'text' },
        content: { html: 'a &lt; b<br>c' },
        sender: { type: 'egain_agent', participant: { name: 'Sam' } },
        recipients: { recipient: [{ type: 'customer', participant: { name: 'Dana' } }] },
        conversation: { id },
        status: 'sent',
        created: expect.any(String),
        sent: expect.any(String),
      },
    ]);
  });

  test('whatever it is: joins, typing, rich messages, files, transfers, states, any type at all, ends', async () => {
    const { control } = bench.simulator;
    const id = await open();
    control.act(id, { do: 'join', name: 'Sam' });
    control.act(id, { do: 'typing', on: true });
    control.act(id, { do: 'typing', on: false });
    control.act(id, { do: 'html', html: '<b>hi</b>' });
    control.act(id, { do: 'rich', kind: 'listpicker', json: { type: 'list', list: { sections: [] } } });
    control.act(id, { do: 'file', files: [{ name: 'a.pdf', url: 'https://files.example.com/a.pdf' }] });
    control.act(id, { do: 'transfer', to: 'queue', name: 'billing' });
    control.act(id, { do: 'unavailable' });
    control.act(id, { do: 'system', text: 'Recorded for training.' });
    control.act(id, { do: 'send', type: 'something.new', content: { json: { a: 1 } } });
    control.act(id, { do: 'escalate' });
    control.act(id, { do: 'end' });
    expect(control.act(id, { do: 'text', text: 'too late' })).toEqual({ ok: false, reason: 'ended' });
    expect(control.act(id, { do: 'send', type: 'text', content: { html: 'late' } }).ok).toBe(true);
    await control.whenIdle();
    expect(bench.receiver.messages().map((message) => message.type.value)).toEqual([
      'agent.join',
      'typing.start',
      'typing.end',
      'text',
      'richMessage.listpicker',
      'text',
      'queue.transfer',
      'agent.unavailable',
      'text',
      'something.new',
      'conversation.state',
      'conversation.end',
      'text',
    ]);
    const [join, , , , , file, , , system] = bench.receiver.messages();
    expect(join?.content?.json).toEqual({ agentName: 'Sam' });
    expect(file).toMatchObject({
      attachments: { attachment: [{ name: 'a.pdf', url: 'https://files.example.com/a.pdf' }] },
    });
    expect(system?.sender.type).toBe('system');
  });

  test('in the member of content, and with the customer, as the switches have it', async () => {
    const { control } = bench.simulator;
    const id = await open();
    control.act(id, { do: 'text', text: 'one' });
    control.setSwitches({ agentTextField: 'text', callbackCustomer: true });
    control.act(id, { do: 'text', text: 'two' });
    control.setSwitches({ agentTextField: 'json' });
    control.act(id, { do: 'text', text: 'three' });
    await control.whenIdle();
    expect(bench.receiver.messages().map(({ content }) => content)).toEqual([
      { html: 'one' },
      { text: 'two' },
      { json: { content: 'three' } },
    ]);
    expect(bench.receiver.messages()[2]?.conversation).toMatchObject({
      id,
      customer: { name: 'Dana' },
      account: { address: 'acme-support', channel: { type: 'custom.support' } },
    });
  });

  test('with the end told as the literal text where the switch says so', async () => {
    const { control } = bench.simulator;
    control.setSwitches({ literalEnd: 'also' });
    control.act(await open(), { do: 'end' });
    await control.whenIdle();
    expect(bench.receiver.messages().map(({ type, content }) => [type.value, content?.html])).toEqual([
      ['text', 'agent.end.conversation'],
      ['conversation.end', undefined],
    ]);
  });

  test("and customers' own messages come back when the hub echoes", async () => {
    bench.simulator.control.setSwitches({ echoToSender: true });
    await open();
    await bench.simulator.control.whenIdle();
    expect(bench.receiver.messages().map(({ sender, messageId }) => [sender.type, messageId])).toEqual([
      ['customer', 'start-15550100123'],
    ]);
  });
});

describe('order and batches', () => {
  test('one at a time per conversation, other conversations not held up', async () => {
    const { control } = bench.simulator;
    const [slow, quick] = [await open('1'), await open('2')];
    bench.receiver.reply = ({ messages }) => ({ status: messages[0]?.conversation.id === slow ? 503 : 200 });
    for (const text of ['a', 'b', 'c']) {
      control.act(slow, { do: 'text', text });
      control.act(quick, { do: 'text', text });
    }
    await control.whenIdle();
    const texts = (id: string): (string | undefined)[] =>
      bench.receiver.messages().flatMap((m) => (m.conversation.id === id ? [m.content?.html] : []));
    expect(texts(quick)).toEqual(['a', 'b', 'c']);
    expect(texts(slow)).toEqual(['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c']);
  });

  test('what waits in one conversation goes out together up to the batch size', async () => {
    const { control } = bench.simulator;
    control.setSwitches({ callbackBatch: 3 });
    const id = await open();
    for (const text of ['a', 'b', 'c', 'd', 'e']) control.act(id, { do: 'text', text });
    await control.whenIdle();
    expect(
      bench.receiver.received.map(({ messages }) => messages.map(({ content }) => content?.html)),
    ).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
  });

  test('messages of several conversations can be put into one request', async () => {
    const { control } = bench.simulator;
    const [one, two] = [await open('1'), await open('2')];
    control.actTogether([
      { conversation: one, action: { do: 'text', text: 'to one' } },
      { conversation: two, action: { do: 'text', text: 'to two' } },
    ]);
    await control.whenIdle();
    expect(bench.receiver.received).toHaveLength(1);
    expect(bench.receiver.texts()).toEqual(['to one', 'to two']);
  });

  test('in free order nobody waits for a hanging callback', async () => {
    const { control } = bench.simulator;
    control.setSwitches({ callbackOrder: 'free', callbackDeadlineMs: 5000 });
    const id = await open();
    bench.receiver.reply = ({ messages }) =>
      messages[0]?.content?.html === 'first' ? 'hang' : { status: 200 };
    control.act(id, { do: 'text', text: 'first' });
    control.act(id, { do: 'text', text: 'second' });
    await until('the second', () => attempts().some(({ messages }) => messages[0]?.text === 'second'));
  });
});

describe('a callback that fails', () => {
  test('is tried again, then given up with a mail to the role’s address', async () => {
    const { control } = bench.simulator;
    bench.receiver.reply = () => ({ status: 500 });
    control.act(await open(), { do: 'text', text: 'hello' });
    await control.whenIdle();
    expect(attempts().map(({ attempt, outcome, status }) => [attempt, outcome, status])).toEqual([
      [1, 'retry', 500],
      [2, 'retry', 500],
      [3, 'failed', 500],
    ]);
    expect(bench.simulator.records().at(-1)).toMatchObject({ kind: 'mail', to: 'oncall@example.com' });
  });

  test('by not answering in time is tried again', async () => {
    const { control } = bench.simulator;
    bench.receiver.reply = (_callback, count) => (count === 1 ? 'hang' : { status: 200 });
    control.act(await open(), { do: 'text', text: 'hello' });
    await control.whenIdle();
    expect(attempts().map(({ outcome }) => outcome)).toEqual(['retry', 'delivered']);
    expect(attempts()[0]?.error).toContain('200 ms');
  });

  test('follows the registration: a callback moved between attempts gets the next one', async () => {
    const { control } = bench.simulator;
    const { url } = bench.receiver;
    const id = await open();
    control.declare({ callback: { url: 'http://127.0.0.1:1/closed' } });
    control.setSwitches({ callbackRetry: { retries: 50, firstDelayMs: 20, factor: 1 } });
    control.act(id, { do: 'text', text: 'hello' });
    await until('a failure', () => attempts().length > 0);
    control.declare({ callback: { url } });
    await control.whenIdle();
    expect(bench.receiver.texts()).toEqual(['hello']);
  });

  test('nobody registered: recorded and dropped', async () => {
    const lonely = await startBench({ setup: { callback: undefined } });
    const id = conversationOf(await lonely.send(starting('m-1', 'hello')));
    lonely.simulator.control.act(id, { do: 'text', text: 'anybody?' });
    await lonely.simulator.control.whenIdle();
    expect(lonely.simulator.records().at(-1)).toMatchObject({ kind: 'callback', outcome: 'no-callback' });
    await lonely.close();
  });
});

test('closing gives up what waits and leaves no timer behind', async () => {
  const busy = await startBench({ clients: [client], switches: { callbackRetry: { firstDelayMs: 60_000 } } });
  busy.receiver.reply = () => ({ status: 503 });
  const id = conversationOf(await busy.send(starting('m-1', 'hello')));
  busy.simulator.control.addFault({ kind: 'callback-reorder', after: 1, maxWaitMs: 60_000 });
  busy.simulator.control.act(id, { do: 'text', text: 'one' });
  busy.simulator.control.act(id, { do: 'text', text: 'two' });
  await until('the first attempt', () => busy.receiver.received.length === 1);
  await busy.close();
  await busy.simulator.control.whenIdle();
  expect(busy.receiver.received).toHaveLength(1);
});
