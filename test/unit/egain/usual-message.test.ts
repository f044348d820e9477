import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hubMessage } from '../../../src/egain/parse-callback.js';
import { isUsualMessage } from '../../../src/egain/usual-message.js';

const scalar = fc.constantFrom<unknown>('', 'x', '\u0000', 7, 0, true, null, [], ['x'], {});
/** Mostly what belongs there, now and then something else, or nothing. */
const often = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 20, arbitrary: value }, { weight: 1, arbitrary: scalar });
const word = often(fc.constantFrom('', 'x', 'y'));
const object = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  often(fc.record({ ...fields, surprise: fc.jsonValue({ maxDepth: 2 }) }, { requiredKeys: [] }));

const message = object({
  id: word,
  messageId: word,
  type: fc.oneof({ weight: 20, arbitrary: fc.record({ value: word }) }, object({ value: word })),
  content: fc.oneof(word, object({ text: word, html: word, redact: often(fc.boolean()) })),
  sender: object({ type: word, participant: object({ name: word }) }),
  conversation: fc.oneof({ weight: 20, arbitrary: fc.record({ id: word }) }, object({ id: word })),
  attachments: object({ attachment: often(fc.constant([])) }),
  parent: object({ messageId: word }),
  created: word,
});

describe('a usual message', () => {
  test('is one that the schema takes unchanged, and every such one without files is', () => {
    let usual = 0;
    fc.assert(
      fc.property(message, (raw) => {
        const read = hubMessage.safeParse(raw);
        const unchanged = read.success && same(read.data, raw);
        const files = typeof raw === 'object' && raw !== null && 'attachments' in raw;
        usual += isUsualMessage(raw) ? 1 : 0;
        expect(isUsualMessage(raw)).toBe(unchanged && !files);
      }),
      { numRuns: 1000 },
    );
    expect(usual).toBeGreaterThan(10);
  });

  test.each([undefined, null, 'x', 7, [], {}, { type: { value: 'text' } }])('is not %j', (raw) => {
    expect(isUsualMessage(raw)).toBe(false);
  });
});

/** As JSON says it: a field that is absent and one that is undefined are the same. */
function same(read: unknown, raw: unknown): boolean {
  return sorted(read) === sorted(raw);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
