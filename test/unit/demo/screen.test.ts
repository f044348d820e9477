import { describe, expect, test } from '@jest/globals';
import { painter } from '../../../src/demo/screen.js';

describe('colour', () => {
  test('is for terminals', () => {
    expect(painter(true, {})('bold', 'word')).toBe('\u001b[1mword\u001b[22m');
  });

  test.each([
    ['a file or a pipe', false, {}],
    ['NO_COLOR', true, { NO_COLOR: '1' }],
    ['a terminal that knows none', true, { TERM: 'dumb' }],
  ])('stays away from %s', (_what, terminal, env) => {
    expect(painter(terminal, env)('bold', 'word')).toBe('word');
  });
});
