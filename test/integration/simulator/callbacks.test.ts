import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CallbackRecord } from '../../../src/simulator/index.js';
import { type Bench, client, continuing, conversationOf, startBench, starting, until } from './support.js';

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

describe('when no agent is there', () => {
  const channels = [
    {
      type: 'custom.support',
      l10nProperties: [
        { language: 'en-US', properties: [{ name: 'msg_hub_off_hours', value: 'We are closed.' }] },
        { language: 'de-DE', properties: [{ name: 'msg_hub_off_hours', value: 'Geschlossen.' }] },
      ],
    },
  ];
  const account = { channel: 'custom.support', address: 'acme-support' };

  test("the customer gets the off-hours text in the account's language", async () => {
    const { control } = bench.simulator;
    control.declare({
      channels,
      accounts: [{ ...account, defaultLanguage: 'de-DE', onAgentUnavailability: 'off_hours' }],
    });
    control.setAgents(false);
    await open();
    await control.whenIdle();
    expect(bench.receiver.texts()).toEqual(['Geschlossen.']);
  });

  test('or the message is kept until one comes', async () => {
    const { control } = bench.simulator;
    control.declare({ channels, accounts: [{ ...account, onAgentUnavailability: 'retain_and_retry' }] });
    control.useResponder({ agent: { name: 'Sam', greeting: 'Hi', replies: [{ text: 'You said: {text}' }] } });
    control.setAgents(false);
    await open();
    await control.whenIdle();
    expect(bench.receiver.messages()).toHaveLength(0);
    control.setAgents(true);
    await until('the agent', () => bench.receiver.texts().includes('You said: hello'));
    expect(bench.receiver.texts()).toEqual([undefined, 'Hi', 'You said: hello']);
  });

  test('nothing is said on a channel that wants no hub texts', async () => {
    const { control } = bench.simulator;
    control.declare({
      channels: [{ type: 'custom.support', restrictions: { outbound: { systemMessages: false } } }],
    });
    control.setAgents(false);
    await open();
    await control.whenIdle();
    expect(bench.receiver.received).toHaveLength(0);
  });
});

describe('scripted bots and agents', () => {
  test('greet, answer, escalate and join', async () => {
    const { control } = bench.simulator;
    control.declare({ accounts: [{ channel: 'custom.support', address: 'acme-support', bot: true }] });
    control.useResponder({
      bot: {
        name: 'Ava',
        greeting: 'I am a bot.',
        replies: [{ contains: 'Human', text: 'One moment.', do: [{ do: 'escalate' }] }],
      },
      agent: { name: 'Sam', replies: [{ text: 'echo: {text}' }], typing: true },
    });
    const id = conversationOf(await bench.send(starting('m-1', 'hello')));
    await until('the greeting', () => bench.receiver.messages().length === 1);
    await bench.send(continuing('m-2', 'a human please', id));
    await until('the agent', () => bench.receiver.messages().length === 4);
    await bench.send(continuing('m-3', '$& thanks', id));
    await until('the echo', () => bench.receiver.messages().length === 7);
    expect(
      bench.receiver.messages().map(({ type, sender, content }) => [type.value, sender.type, content?.html]),
    ).toEqual([
      ['text', 'egain_bot', 'I am a bot.'],
      ['text', 'egain_bot', 'One moment.'],
      ['conversation.state', 'system', undefined],
      ['agent.join', 'egain_agent', undefined],
      ['typing.start', 'egain_agent', undefined],
      ['text', 'egain_agent', 'echo: $&amp; thanks'],
      ['typing.end', 'egain_agent', undefined],
    ]);
  });
});

test('a timed out conversation is told only by switch', async () => {
  const { control } = bench.simulator;
  const [one, two] = [await open('1'), await open('2')];
  control.expire(one);
  control.setSwitches({ endOnTimeout: true });
  control.advanceClock(31 * 60_000);
  await until('the end', () => bench.receiver.messages().length > 0);
  expect(bench.receiver.messages().map(({ type, conversation }) => [type.value, conversation.id])).toEqual([
    ['conversation.end', two],
  ]);
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
