/** Every way a chosen option goes back to eGain, what counts as choosing one, and when it is too late for it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

const hour = 3_600_000;

let world: World;
beforeAll(async () => {
  world = await startWorld({
    overrides: {
      delivery: { choiceOpenMs: hour },
      channels: { support: { manifest: { restrictions: { outbound: { midChatAuth: false } } } } },
    },
  });
});
afterAll(() => world.stop());

const picker = {
  type: 'list',
  title: 'Which coat?',
  list: {
    multipleSelection: 'true',
    sections: [
      {
        items: [
          { id: 'c-1', title: 'Dark red coat' },
          { id: 'c-2', title: 'Dark blue coat' },
          { id: 'c-3', title: 'Light coat' },
        ],
      },
    ],
  },
};

const conversationOf = (customer: string) =>
  world.simulator.control.conversations().find(({ contact }) => contact.includes(`${customer}@`));
const said = (customer: string) =>
  (conversationOf(customer)?.messages ?? []).filter(({ sender }) => sender.type === 'customer');
const received = (customer: string) =>
  world.channel.received().filter((message) => message.customer.id === customer);

/** A new customer who was offered something. */
async function offered(id: string, kind = 'listpicker', json: unknown = picker) {
  await world.channel.send({ customer: { id }, text: 'hello' });
  const conversation = (await eventually(() => conversationOf(id))).id;
  world.simulator.control.act(conversation, { do: 'rich', kind, json });
  const shown = await eventually(() => received(id)[0]);
  return {
    shown,
    answer: async (message: Record<string, unknown>) => {
      const before = said(id).length;
      expect((await world.channel.send({ customer: { id }, ...message })).status).toBe(202);
      return eventually(() => said(id)[before]);
    },
  };
}
const attribute = (value: string) => ({ attribute: [{ name: 'choice_id', value, external: true }] });

/** Reads eGain's record of one answer: what of it carries the choice. */
const carried = ({ content, attributes }: { content?: unknown; attributes?: unknown }) => ({
  ...(content === undefined ? {} : { content }),
  ...(attributes === undefined ? {} : { attributes }),
});

describe.each([
  { modes: ['text_title'], one: { content: { text: 'Light coat' } } },
  {
    modes: ['json', 'attribute'],
    one: {
      content: { json: { type: 'postback', items: [{ id: 'c-3', title: 'Light coat' }] } },
      attributes: attribute('c-3'),
    },
  },
  { modes: ['text_id', 'attribute'], one: { content: { text: 'c-3' }, attributes: attribute('c-3') } },
])('reply_mode $modes', ({ modes, one }) => {
  let bridge: BridgeProcess;
  const name = modes.join('-').replaceAll('_', '');
  beforeAll(async () => {
    bridge = await world.startBridge({ overrides: { egain: { switches: { reply_mode: modes } } } });
    connect(world, bridge);
  }, 60_000);
  afterAll(() => bridge.stop());

  test('carries a tap and a typed number alike, with the list as the parent', async () => {
    for (const [who, message] of [
      ['tap', { type: 'choice', choices: [{ id: 'c-3' }] }],
      ['number', { text: '3' }],
    ] as const) {
      const { answer } = await offered(`${who}-${name}`);
      const heard = await answer(message);
      expect(carried(heard)).toEqual(one);
      expect(heard.parent?.messageId).toEqual(expect.any(String));
    }
  });

  if (modes[0] !== 'text_title') return;

  test.each([
    ['a beginning that no other option has', 'light', 'Light coat'],
    ['a longer beginning of one of two that begin alike', 'DARK R', 'Dark red coat'],
    ['beginnings of several', 'light and dark blue', 'Light coat, Dark blue coat'],
  ])('%s is that option', async (what, text, title) => {
    const { answer } = await offered(`prefix-${what.length}`);
    const heard = await answer({ text });
    expect(heard.content?.text?.split(', ').sort()).toEqual(title.split(', ').sort());
    expect(heard.parent?.messageId).toEqual(expect.any(String));
  });

  test.each([
    ['a beginning that two options have', 'dark'],
    ['one of fewer than three characters', 'li'],
    ['a word in the middle', 'coat'],
  ])('%s is words, and the list stays open', async (what, text) => {
    const { answer } = await offered(`words-${what.length}`);
    const heard = await answer({ text });
    expect(heard).toMatchObject({ content: { text } });
    expect(heard).not.toHaveProperty('parent');
    expect(await answer({ text: '1' })).toMatchObject({ content: { text: 'Dark red coat' } });
  });

  test('a list that is older than delivery.choiceOpenMs is over: a number is a number, a tap its title', async () => {
    const redis = world.redis.client();
    /** Makes every list that anybody was shown older. */
    const age = async (byMs: number): Promise<void> => {
      for (const key of await redis.keys('*:o:*'))
        for (const [field, value] of Object.entries(await redis.hgetall(key)))
          if (field.startsWith('o'))
            await redis.hset(key, field, `${Number(value.slice(0, 13)) - byMs}${value.slice(13)}`);
    };
    const { answer } = await offered('late');
    await age(hour / 2);
    const { answer: other } = await offered('in-time');
    await age(hour / 2);
    expect(await other({ text: '1' })).toMatchObject({ parent: { messageId: expect.any(String) } });
    const typed = await answer({ text: '1' });
    expect(typed).toMatchObject({ content: { text: '1' } });
    expect(typed).not.toHaveProperty('parent');
    const tapped = await answer({ type: 'choice', choices: [{ id: 'c-2' }] });
    expect(tapped).toMatchObject({ content: { text: 'Dark blue coat' } });
    expect(tapped).not.toHaveProperty('parent');
    expect(await answer({ text: 'and on it goes' })).toMatchObject({ content: { text: 'and on it goes' } });
  });

  test('midChatAuth: false: a request to sign in reaches the customer as words, not as what it is', async () => {
    const request = { title: 'Please sign in', url: 'https://login.example.com/start' };
    const { shown, answer } = await offered('unsigned', 'authentication', request);
    expect(shown.type).toBe('text');
    expect(shown).not.toHaveProperty('rich');
    expect(shown.text).toContain('Please sign in');
    expect(await answer({ text: 'I cannot' })).toMatchObject({ content: { text: 'I cannot' } });
  });
});
