import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DeliveredMessage } from '../../src/simulator/channel/deliveries.js';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type World } from '../support/world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld({ switches: { checkParent: true, parentRef: 'messageId' } });
  connect(world, await world.startBridge());
}, 60_000);
afterAll(() => world.stop());

interface Shown extends DeliveredMessage {
  readonly rich?: {
    readonly kind: string;
    readonly options: readonly { readonly id: string; readonly token: string; readonly title: string }[];
    readonly [field: string]: unknown;
  };
}

const conversationOf = (customer: string) =>
  world.simulator.control.conversations().find(({ contact }) => contact.includes(`${customer}@`));
const said = (customer: string) =>
  (conversationOf(customer)?.messages ?? []).filter(({ sender }) => sender.type === 'customer');
const received = (customer: string): Shown[] =>
  world.channel.received().filter((message) => message.customer.id === customer) as Shown[];

/** A customer with an open conversation, who can be offered things and answer. */
async function customer(id: string, about: Record<string, unknown> = {}) {
  const send = async (message: Record<string, unknown>): Promise<void> => {
    expect((await world.channel.send({ customer: { id, ...about }, ...message })).status).toBe(202);
  };
  await send({ text: 'hello' });
  const conversation = (await eventually(() => conversationOf(id))).id;
  return {
    send,
    /** Sends a rich message and returns it as the channel got it, with the ids eGain gave it. */
    offer: async (kind: string, json: unknown) => {
      const before = received(id).length;
      const done = world.simulator.control.act(conversation, { do: 'rich', kind, json });
      const [sent] = done.ok ? done.messages : [];
      const shown = await eventually(() => received(id)[before]);
      return { ...shown, messageId: sent?.messageId ?? '' };
    },
    /** The next thing eGain hears of this customer, caused by `message`. */
    answer: async (message: Record<string, unknown>) => {
      const before = said(id).length;
      await send(message);
      return eventually(() => said(id)[before]);
    },
    conversation,
  };
}

const picker = {
  type: 'list',
  title: 'Which order?',
  list: {
    sections: [
      { title: 'Open', items: [{ id: 'ord-1', title: 'A-100', subtitle: 'Shoes' }] },
      { title: 'Closed', items: [{ id: 'ord-2', title: 'A-101' }] },
    ],
  },
};
const attribute = (id: string) => ({
  attribute: [expect.objectContaining({ name: 'choice_id', value: id })],
});

describe('a list picker', () => {
  test('comes with tokens and as a numbered list; a tap goes back with title, id and parent, once', async () => {
    const kim = await customer('kim');
    const offer = await kim.offer('listpicker', picker);
    expect(offer).toMatchObject({
      type: 'rich',
      text: 'Which order?\nOpen:\n1. A-100 – Shoes\nClosed:\n2. A-101\nReply with a number.',
      rich: {
        kind: 'listpicker',
        title: 'Which order?',
        options: [
          { id: 'ord-1', token: expect.stringMatching(/^c\.\w{6}$/), title: 'A-100', section: 'Open' },
          { id: 'ord-2', token: expect.stringMatching(/^c\.\w{6}$/), title: 'A-101', section: 'Closed' },
        ],
        raw: picker,
      },
    });
    const token = offer.rich?.options[1]?.token;
    const answer = await kim.answer({ type: 'choice', choices: [{ id: token }] });
    expect(answer).toMatchObject({
      type: { value: 'text' },
      content: { text: 'A-101' },
      parent: { messageId: offer.messageId },
      attributes: attribute('ord-2'),
    });
    await kim.send({ type: 'choice', choices: [{ id: token }] });
    const after = await kim.answer({ text: 'thanks' });
    expect(after).toMatchObject({ content: { text: 'thanks' } });
    expect(said('kim').map(({ content }) => content?.text)).toEqual(['hello', 'A-101', 'thanks']);
  });

  test.each([
    ['a number', '2'],
    ['a number in another script', '٢'],
    ['the title', 'a-101.'],
    ['eGain’s id', 'ord-2'],
  ])('is answered by %s', async (_, text) => {
    const lee = await customer(`lee-${Buffer.from(text).toString('hex')}`);
    const { messageId } = await lee.offer('listpicker', picker);
    expect(await lee.answer({ text })).toMatchObject({
      content: { text: 'A-101' },
      parent: { messageId },
      attributes: attribute('ord-2'),
    });
  });

  test('several at once', async () => {
    const max = await customer('max');
    await max.offer('listpicker', { ...picker, list: { ...picker.list, multipleSelection: 'true' } });
    expect(received('max').at(-1)?.text).toMatch(/Reply with one or more numbers, such as 1, 3\.$/);
    expect(await max.answer({ text: '1 and 2' })).toMatchObject({
      content: { text: 'A-100, A-101' },
      attributes: attribute('ord-1,ord-2'),
    });
  });

  test('what is no answer stays text, and the list stays open', async () => {
    const ann = await customer('ann');
    await ann.offer('listpicker', picker);
    const words = await ann.answer({ text: 'what is A-100?' });
    expect(words).toMatchObject({ content: { text: 'what is A-100?' } });
    expect(words).not.toHaveProperty('parent');
    expect(await ann.answer({ text: '1' })).toMatchObject({ content: { text: 'A-100' } });
    expect(await ann.answer({ text: '2' })).toMatchObject({ content: { text: '2' } });
  });

  test('a choice that was never offered is text, and names nothing in eGain', async () => {
    const eve = await customer('eve');
    await eve.offer('listpicker', picker);
    const forged = await eve.answer({
      type: 'choice',
      replyTo: 'no-such-message',
      choices: [{ id: 'admin-refund', title: 'Refund 1000' }],
    });
    expect(forged).toMatchObject({ type: { value: 'text' }, content: { text: 'Refund 1000' } });
    expect(forged).not.toHaveProperty('attributes');
    expect(forged).not.toHaveProperty('parent');
  });

  test('a tap after the conversation’s end opens a new one with the title as text', async () => {
    const old = await customer('old');
    const offer = await old.offer('listpicker', picker);
    world.simulator.control.act(old.conversation, { do: 'end' });
    await eventually(() => received('old').some(({ type }) => type === 'conversation.end'));
    await old.send({ type: 'choice', choices: [{ id: offer.rich?.options[0]?.token }] });
    const next = await eventually(() =>
      world.simulator.control
        .conversations()
        .find(({ id, contact }) => contact.includes('old@') && id !== old.conversation),
    );
    expect(next.messages[0]).toMatchObject({ content: { text: 'A-100' } });
    expect(next.messages[0]).not.toHaveProperty('parent');
    expect(next.messages[0]).not.toHaveProperty('attributes');
  });

  test('of 500 items comes in pages, and the last one can be chosen', async () => {
    const big = await customer('big');
    const items = Array.from({ length: 500 }, (_, index) => ({
      id: `i${index + 1}`,
      title: `Item ${index + 1}`,
    }));
    const offer = await big.offer('listpicker', { title: 'Pick', list: { sections: [{ items }] } });
    expect(offer.rich?.options).toHaveLength(500);
    const lines = offer.text?.split('\n') ?? [];
    expect(lines.slice(0, 2)).toEqual(['Pick', '1. Item 1']);
    expect(lines.slice(-3)).toEqual([
      '10. Item 10',
      'Reply with a number.',
      'Reply "more" to see more (10 of 500).',
    ]);
    await big.send({ text: 'More' });
    const page = await eventually(() => received('big').find(({ text }) => text?.startsWith('11. Item 11')));
    expect(page.text).toMatch(/Reply "more" to see more \(20 of 500\)\.$/);
    expect(await big.answer({ text: '500' })).toMatchObject({
      content: { text: 'Item 500' },
      attributes: attribute('i500'),
    });
    expect(said('big').map(({ content }) => content?.text)).toEqual(['hello', 'Item 500']);
  });
});
