import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { onlyMessage } from '../../../src/egain/only-message.js';

const message = '{"id":"h-1","content":{"html":"a ] } \\" b"}}';

describe('the only message of a callback', () => {
  test.each([
    `{"messages":{"message":[${message}]}}`,
    ` {\t"messages" :\r\n{ "message": [ ${message} ] } }\n`,
  ])('is found with its JSON: %j', (text) => {
    const only = onlyMessage(text);
    expect(only).toMatchObject({ message: { id: 'h-1' } });
    expect(only?.json.trim()).toBe(message);
  });

  test.each([
    '',
    '{}',
    '[]',
    '}}]',
    '{"messages":{"message":[]}}',
    `{"messages":{"message":[${message},${message}]}}`,
    `{"messages":{"message":${message}}}`,
    `{"messages":{"message":[${message}]},"more":1}`,
    `{"messages":{"message":[${message}],"more":[]}}`,
    `{"messages":{"message":[1]},"messages":{"message":[2]}}`,
    `{"messages":{"message":[${message}]}}}`,
    `{"messages":{"message":[${message}]}} x`,
    `\u00a0{"messages":{"message":[${message}]}}`,
    `{"messages":{"message":[{\n"id":"h-1"}]}}`,
  ])('is not looked for in %j', (text) => {
    expect(onlyMessage(text)).toBeUndefined();
  });

  test('I1: reads the same as the whole body, whatever stands where', () => {
    const piece = fc.oneof(
      fc.constantFrom('{', '}', '[', ']', ',', ':', '"messages"', '"message"', '"a"', '1', '\n', ' '),
      fc.constantFrom('{"messages":{"message":[', ']}}', message, '"messages":{"message":['),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const text = `{"messages":{"message":[${pieces.join('')}]}}`;
        const only = onlyMessage(text);
        if (only !== undefined) {
          expect(JSON.parse(text)).toEqual({ messages: { message: [only.message] } });
          expect(JSON.parse(only.json)).toEqual(only.message);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
