import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { readShape } from '../../../src/messages/read-shape.js';
import { parseCallback } from '../../../src/egain/parse-callback.js';

const schema = z.object({ name: z.string().min(1), list: z.array(z.string()).max(3).optional() });
/** JSON can say it, and nothing can compare it with a number. */
const incomparable = { length: [{ toString: 1 }] };

describe('what strangers send', () => {
  test('is read as the schema says', () => {
    expect(readShape(schema, { name: 'x' })).toEqual({ success: true, data: { name: 'x' } });
    expect(readShape(schema, { name: 1 }).success).toBe(false);
  });

  test.each([
    ['a text', { name: incomparable }],
    ['a list', { name: 'x', list: incomparable }],
  ])('that stands in the place of %s and cannot be compared is a misfit, not a failure', (_place, value) => {
    expect(() => schema.safeParse(value)).toThrow(TypeError);
    expect(readShape(schema, value).success).toBe(false);
  });

  test('spoils one item of a callback, not the others', () => {
    const good = { id: '1', type: { value: 'text' }, content: { text: 'x' }, conversation: { id: 'c' } };
    const read = parseCallback({ messages: { message: [{ ...good, type: incomparable }, good] } });
    expect(read.ok && read.items.map(({ ok }) => ok)).toEqual([false, true]);
  });
});
