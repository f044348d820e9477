import { describe, expect, test } from '@jest/globals';
import { compare } from '../../../src/demo/check.js';

const ask = { id: '1', what: 'Hello?' };
const thank = { id: '2', what: 'Thanks' };

describe('the demo believes the far ends, not the bridge', () => {
  test('is content when every message is there once, in order', () => {
    expect(compare([ask, thank], [ask, thank], 'eGain')).toEqual([]);
  });

  test.each([
    ['a lost message', [ask], ['"Thanks" did not arrive at eGain']],
    ['a repeated message', [ask, ask, thank], ['"Hello?" arrived 2 times at eGain']],
    ['a changed message', [ask, { id: '2', what: 'Thank' }], ['"Thanks" arrived at eGain as "Thank"']],
    ['another order', [thank, ask], ['messages arrived at eGain in another order than they were sent']],
    [
      'a message of nobody',
      [ask, thank, { id: '3', what: 'Boo' }],
      ['"Boo" arrived at eGain though nobody sent it'],
    ],
  ])('names %s', (_what, got, told) => {
    expect(compare([ask, thank], got, 'eGain')).toEqual(told);
  });

  test('names everything that is wrong at once', () => {
    expect(compare([ask, thank], [thank, thank], 'eGain')).toHaveLength(2);
  });
});
