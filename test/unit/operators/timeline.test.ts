import { expect, test } from '@jest/globals';
import type { FoundMessage } from '../../../src/operators/search.js';
import { stateOf, timelineOf } from '../../../src/operators/timeline.js';

const base = { direction: 'in', channel: 'support', lane: 'lane', acceptedAt: 1000 } as const;
const lane = {
  lane: 'lane',
  shard: 0,
  target: 'in:support',
  state: 'backing-off',
  waiting: 2,
  headId: 'm-1',
  headAcceptedAt: 1000,
  attempts: 0,
} as const;

test.each<[string, FoundMessage, string | undefined, unknown[]]>([
  [
    'delivered at once',
    { ...base, end: { at: 1010, outcome: 'delivered', attempts: 1, farId: 'hub-1' } },
    'delivered',
    [
      { at: 1000, what: 'accepted' },
      { at: 1010, what: 'delivered', answer: 'hub-1' },
    ],
  ],
  [
    'given up after more attempts than are remembered',
    {
      ...base,
      end: {
        at: 9000,
        outcome: 'dead',
        reason: 'hold-expired',
        attempts: 12,
        earlier: [{ at: 8000, answer: '503' }],
      },
    },
    'dead',
    [
      { at: 1000, what: 'accepted' },
      { what: 'unknown', count: 10 },
      { at: 8000, what: 'failed', answer: '503' },
      { at: 9000, what: 'dead', answer: 'hold-expired' },
    ],
  ],
  [
    'tried again later',
    {
      ...base,
      waiting: { ...lane, ahead: 0, attempts: 1, earlier: [{ at: 1500, answer: '503' }], tryAgainAt: 2500 },
    },
    'retrying',
    [
      { at: 1000, what: 'accepted' },
      { at: 1500, what: 'failed', answer: '503' },
      { at: 2500, what: 'next' },
    ],
  ],
  [
    'behind one that is tried again',
    { ...base, waiting: { ...lane, ahead: 1, attempts: 3, lastError: '503', tryAgainAt: 2500 } },
    'waiting',
    [{ at: 1000, what: 'accepted' }],
  ],
  ['just gone', base, undefined, [{ at: 1000, what: 'accepted' }]],
])('a message %s', (_name, message, state, steps) => {
  expect(stateOf(message)).toBe(state);
  expect(timelineOf(message)).toEqual(steps);
});
