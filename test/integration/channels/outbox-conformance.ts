/** What a channel kind promises whose customers fetch by themselves: checked instead of HTTP to a far end. */
import { describe, expect, test } from '@jest/globals';
import { Agent } from 'undici';
import type { ChannelAdapter, OutboxEntry, SendEnvironment } from '../../../src/channels/adapter.js';
import type { OutboundMessage } from '../../../src/messages/model.js';

export function describeOutboxConformance<Config>(
  adapter: ChannelAdapter<Config>,
  config: Config,
  message: OutboundMessage,
): void {
  const environment = (
    append: (customerId: string, entry: OutboxEntry) => Promise<void>,
    more: Partial<SendEnvironment> = {},
  ): SendEnvironment => ({
    dispatcher: new Agent(),
    now: Date.now,
    timeoutMs: 5000,
    outbox: { append },
    ...more,
  });

  describe(`${adapter.kind}: send`, () => {
    test('I13: what it sends is kept for the very customer, bounded in number and age', async () => {
      const kept: [string, OutboxEntry][] = [];
      const { operations } = adapter.render({ ...message, text: 'word '.repeat(50) }, config, {
        maxTextLength: 100,
      });
      for (const operation of operations) {
        const result = await adapter.send(
          operation,
          config,
          environment((customerId, entry) => {
            kept.push([customerId, entry]);
            return Promise.resolve();
          }),
        );
        expect(result).toMatchObject({ kind: 'sent' });
      }
      expect(kept.length).toBeGreaterThan(1);
      expect(new Set(kept.map(([customerId]) => customerId))).toEqual(new Set([message.customer.id]));
      expect(kept.map(([, { key }]) => key)).toEqual(operations.map(({ key }) => key));
      for (const [, entry] of kept) {
        expect(entry.most).toBeGreaterThan(0);
        expect(entry.lifeMs).toBeGreaterThan(0);
        expect(entry.fleeting).toBe(false);
        expect(() => JSON.parse(entry.event) as unknown).not.toThrow();
      }
    });
    test('I4: typing is told and kept for nobody', async () => {
      const kept: OutboxEntry[] = [];
      for (const type of ['typing.start', 'typing.end']) {
        const [operation] = adapter.render({ ...message, type }, config, {}).operations;
        if (operation === undefined) throw new Error('typing must make an operation');
        await adapter.send(
          operation,
          config,
          environment((_, entry) => {
            kept.push(entry);
            return Promise.resolve();
          }),
        );
      }
      expect(kept.map(({ fleeting }) => fleeting)).toEqual([true, true]);
    });
    test('an outbox that fails is uncertain, and says nothing of the message', async () => {
      const [operation] = adapter.render(message, config, {}).operations;
      if (operation === undefined) throw new Error('a text must make an operation');
      const failing = environment(() => Promise.reject(new Error(`cannot keep ${message.text ?? ''}`)));
      const result = await adapter.send(operation, config, failing);
      expect(result).toMatchObject({ kind: 'uncertain' });
      expect(JSON.stringify(result)).not.toContain('sesame');
    });
    test('I11: nothing is kept once it was given up, nor where there is no outbox', async () => {
      const [operation] = adapter.render(message, config, {}).operations;
      if (operation === undefined) throw new Error('a text must make an operation');
      let appended = 0;
      const counting = environment(
        () => {
          appended += 1;
          return Promise.resolve();
        },
        { signal: AbortSignal.abort() },
      );
      expect(await adapter.send(operation, config, counting)).toMatchObject({ kind: 'retry' });
      const without = { dispatcher: new Agent(), now: Date.now, timeoutMs: 5000 };
      expect(await adapter.send(operation, config, without)).toMatchObject({ kind: 'rejected' });
      expect(appended).toBe(0);
    });
  });
}
