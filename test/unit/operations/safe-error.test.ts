import { describe, expect, test } from '@jest/globals';
import { safeError } from '../../../src/operations/safe-error.js';

const planted = 'Quetzalcoatl';

describe('an error in the log', () => {
  test('I9: tells its name, words, code and causes, and nothing that a library hangs on it', () => {
    const inner = Object.assign(new TypeError('inner'), { command: { args: [planted] }, headers: planted });
    const error = Object.assign(new Error('outer', { cause: inner }), {
      code: 'EPIPE',
      request: { body: planted },
    });
    const told = safeError(error);
    expect(told).toMatchObject({
      type: 'Error',
      message: 'outer',
      code: 'EPIPE',
      stack: expect.stringContaining('safe-error.test'),
      cause: { type: 'TypeError', message: 'inner' },
    });
    expect(JSON.stringify(told)).not.toContain(planted);
  });

  test('I9: never what a parser could not read', () => {
    let error: unknown;
    try {
      JSON.parse(`${planted} {`);
    } catch (caught) {
      error = caught;
    }
    expect(JSON.stringify(safeError(new Error('a plan', { cause: error })))).not.toContain(planted);
  });

  test('the first of several, and causes that go in circles to an end', () => {
    const circle = new Error('circle');
    circle.cause = circle;
    expect(JSON.stringify(safeError(circle)).length).toBeLessThan(20_000);
    expect(safeError(new AggregateError([new Error('first')], 'all'))).toMatchObject({
      cause: { message: 'first' },
    });
    expect(safeError(planted)).toEqual({ type: 'string' });
  });
});
