import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCustomer, writeCustomer } from '../../../src/lanes/conversations.js';
import { readElement } from '../../../src/lanes/element.js';
import { messageIdOf, readEnvelope, writeEnvelope, type Envelope } from '../../../src/lanes/envelope.js';
import { journeyEnd, readJourney } from '../../../src/lanes/journeys.js';
import { Keyspace } from '../../../src/lanes/keyspace.js';

const text = fc.string({ unit: 'grapheme' });
const customer = fc.record({ id: text.filter((id) => id !== '') });
const envelope: fc.Arbitrary<Envelope> = fc.oneof(
  fc.record({
    kind: fc.constant('inbound' as const),
    channel: fc.constant('support'),
    message: fc.record({ id: text, type: fc.constant('text' as const), customer, text }),
  }),
  fc.record({
    kind: fc.constant('outbound' as const),
    id: text,
    conversationId: text,
    message: fc.jsonValue(),
  }),
  fc.record({
    kind: fc.constant('notice' as const),
    channel: fc.constant('support'),
    customer,
    notice: fc.record({ id: text, name: text, parameters: fc.array(text), count: fc.nat() }),
  }),
  fc.record(
    {
      kind: fc.constant('agent-notice' as const),
      channel: fc.constant('support'),
      customer,
      messageId: text,
      senderId: text,
      conversationId: text,
      reason: text,
    },
    { requiredKeys: ['kind', 'channel', 'customer', 'messageId', 'conversationId', 'reason'] },
  ),
  fc.record({ kind: fc.constant('misfit' as const), reason: text, raw: fc.jsonValue() }),
);

describe('what lies in a lane', () => {
  test('comes out of its text as it went in', () => {
    fc.assert(
      fc.property(envelope, (given) => {
        expect(readEnvelope(writeEnvelope(given))).toEqual(JSON.parse(JSON.stringify(given)));
      }),
    );
  });

  test('keeps the trace it belongs to, where there is one', () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    fc.assert(
      fc.property(envelope, (given) => {
        expect(readEnvelope(writeEnvelope({ ...given, trace }))?.trace).toBe(trace);
        expect(writeEnvelope(given)).not.toContain('"t":"00-');
      }),
    );
  });

  test.each(['', 'null', '[]', '{', '{"k":"i"}', '{"k":"zz","c":"a","u":{}}', '5'])(
    'is not believed to be ours when it is %j',
    (stored) => {
      expect(readEnvelope(stored)).toBeUndefined();
    },
  );

  test('is known by the id people know', () => {
    expect(messageIdOf({ kind: 'outbound', id: 'hub-1', conversationId: 'c', message: {} })).toBe('hub-1');
  });

  test('tells when it was accepted, and whether it may be dropped', () => {
    expect(readElement('1700000000000 {"k":"i"}')).toEqual({
      acceptedAt: 1_700_000_000_000,
      ephemeral: false,
      payload: '{"k":"i"}',
    });
    expect(readElement('1700000000000~typing').ephemeral).toBe(true);
    const revived = JSON.stringify({ original: 5, late: true, plan: 'p', payload: 'x' });
    expect(readElement(`1700000000000!${revived}`)).toEqual({
      acceptedAt: 1_700_000_000_000,
      ephemeral: false,
      payload: 'x',
      revived: { originalAcceptedAt: 5, late: true, plan: 'p' },
    });
  });
});

describe('whose conversation it is', () => {
  test('comes out as it went in, whatever the id', () => {
    fc.assert(
      fc.property(text, (customerId) => {
        const whose = { channel: 'support', customerId, language: 'pt-BR' };
        expect(readCustomer(writeCustomer(whose))).toEqual(whose);
      }),
    );
  });

  test('is not known from an empty mapping', () => expect(readCustomer('')).toBeUndefined());
});

describe('journeys', () => {
  test('come out as they went in, whatever the ids', () => {
    fc.assert(
      fc.property(text, text, fc.nat(), (farId, conversationId, attempts) => {
        const end = { at: 1_700_000_001_234, outcome: 'dead' as const, reason: 'hold-expired', attempts };
        const stored = journeyEnd({
          direction: 'in',
          channel: 'support',
          acceptedAt: 1_700_000_000_000,
          ...end,
          farId,
          conversationId,
        });
        expect(readJourney('m', 'lane', stored)).toMatchObject({
          direction: 'in',
          channel: 'support',
          acceptedAt: 1_700_000_000_000,
          end,
        });
      }),
    );
  });

  test('come out as they went in with the ids eGain makes', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.nat(), (farId, conversationId, took) => {
        const [acceptedAt, at] = [1_700_000_000_000, 1_700_000_000_000 + took];
        const end = { at, outcome: 'delivered' as const, attempts: 1, conversationId, farId };
        const stored = journeyEnd({ direction: 'out', channel: 'support', acceptedAt, ...end });
        expect(stored.length).toBeLessThan(85);
        const read = { direction: 'out', channel: 'support', messageId: 'm', lane: 'lane', acceptedAt, end };
        expect(readJourney('m', 'lane', stored)).toEqual(read);
      }),
    );
  });

  test('an id that only begins like a packed one is no packed one', () => {
    const end = { at: 1, outcome: 'delivered' as const, attempts: 1, farId: '@AAAAAAAAAAAAAAAAAAAAAA' };
    const stored = journeyEnd({ direction: 'in', channel: 'support', acceptedAt: 1, ...end });
    expect(readJourney('m', 'lane', stored)?.end).toEqual(end);
  });

  test('are read as they were written before numbers and UUIDs were packed', () => {
    const stored =
      'in|support|1700000000000|12|v|1||3c1a1a52-9f0e-4f0b-8b1c-64d3f2c5d901|far-1|1700000000001:503';
    expect(readJourney('m', 'lane', stored)?.end).toEqual({
      at: 1_700_000_000_012,
      outcome: 'delivered',
      attempts: 1,
      conversationId: '3c1a1a52-9f0e-4f0b-8b1c-64d3f2c5d901',
      farId: 'far-1',
      earlier: [{ at: 1_700_000_000_001, answer: '503' }],
    });
  });

  test('without an end are of messages that wait', () => {
    expect(readJourney('m', 'lane', 'out|support|1700000000000')).toEqual({
      direction: 'out',
      channel: 'support',
      messageId: 'm',
      lane: 'lane',
      acceptedAt: 1_700_000_000_000,
    });
  });

  test('that somebody else wrote are none', () =>
    expect(readJourney('m', 'lane', 'rubbish')).toBeUndefined());
});

describe('I13: names in Redis', () => {
  const keys = (secret: string, shards = 8) => new Keyspace({ prefix: 'p', shards, secret });

  test('do not show whom they stand for, and depend on the secret', () => {
    const lane = keys('one').inboundLane('support', '15550100123');
    expect(lane).toMatch(/^[\w-]{22}$/);
    expect(lane).not.toContain('15550100123');
    expect(keys('two').inboundLane('support', '15550100123')).not.toBe(lane);
    expect(keys('one').inboundLane('support', '15550100123')).toBe(lane);
  });

  test('never mix up what they stand for', () => {
    expect(keys('one').inboundLane('a', 'x')).not.toBe(keys('one').noticeLane('a', 'x'));
  });

  test('spread lanes over all shards, each always to the same one', () => {
    const spread = new Set(
      Array.from({ length: 200 }, (_, index) =>
        keys('one').shardOf(keys('one').inboundLane('a', `${index}`)),
      ),
    );
    expect(spread.size).toBe(8);
  });
});
