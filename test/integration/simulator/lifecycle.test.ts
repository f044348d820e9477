import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Bench, continuing, conversationOf, startBench, starting, until } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench({
    switches: { callbackRetry: { retries: 2, firstDelayMs: 5, factor: 1 }, callbackDeadlineMs: 200 },
  });
});
afterEach(() => bench.close());

async function open(user = '15550100123'): Promise<string> {
  return conversationOf(await bench.send(starting(`start-${user}`, 'hello', user)));
}

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
