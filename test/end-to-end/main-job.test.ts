import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

let world: World;
let bridge: BridgeProcess;

describe.each([1, 4])('with %i shards', (shards) => {
  beforeAll(async () => {
    world = await startWorld({ switches: { deduplicate: true }, overrides: { redis: { shards } } });
    bridge = await world.startBridge();
    connect(world, bridge);
  }, 60_000);
  afterAll(() => world.stop());

  function inboundTexts(customer: string): string[] {
    return world.simulator
      .records()
      .flatMap((record) =>
        record.kind === 'message' &&
        record.direction === 'inbound' &&
        record.contact.includes(customer) &&
        !record.duplicate
          ? [record.text ?? record.type]
          : [],
      );
  }

  function received(customer: string) {
    return world.channel.received().filter((message) => message.customer.id === customer);
  }

  function conversationOf(customer: string) {
    return world.simulator.control
      .conversations()
      .findLast(({ contact }) => JSON.stringify(contact).includes(customer));
  }

  describe('text both ways', () => {
    test('a customer writes, an agent answers in HTML, both arrive once and in order', async () => {
      for (const text of ['Hello', 'Olá', 'مرحبا', '你好 👋🏽']) {
        const sent = await world.channel.send({ customer: { id: 'dana', name: 'Dana' }, text });
        expect(sent.status).toBe(202);
        expect(JSON.parse(sent.body)).toEqual({ id: sent.id, status: 'accepted' });
      }
      await eventually(() => inboundTexts('dana').length === 4);
      expect(inboundTexts('dana')).toEqual(['Hello', 'Olá', 'مرحبا', '你好 👋🏽']);
      const conversation = conversationOf('dana');
      if (conversation === undefined) throw new Error('no conversation was opened');
      world.simulator.control.act(conversation.id, { do: 'join', name: 'Sam' });
      world.simulator.control.act(conversation.id, {
        do: 'html',
        html: 'See <a href="https://example.com/x">tracking</a>.',
      });
      await eventually(() => received('dana').some(({ type }) => type === 'text'));
      expect(received('dana').map(({ type }) => type)).toEqual(['agent.join', 'text']);
      expect(received('dana')[1]).toMatchObject({
        customer: { id: 'dana' },
        text: 'See tracking (https://example.com/x).',
        html: 'See <a href="https://example.com/x">tracking</a>.',
      });
    });
  });
});
