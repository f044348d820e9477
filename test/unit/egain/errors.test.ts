import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorFromAnswer } from '../../../src/egain/error-answer.js';
import { EgainError } from '../../../src/egain/errors.js';

const now = Date.parse('2026-01-01T10:00:00.000Z');
const answer = (status: number, body: unknown, headers: Record<string, string> = {}): EgainError =>
  errorFromAnswer({
    operation: 'sendMessage',
    status,
    headers,
    text: typeof body === 'string' ? body : JSON.stringify(body),
    now,
  });

describe('an error answer', () => {
  test('gives code, message and details of the documented object', () => {
    const error = answer(400, {
      code: '400-143',
      developerMessage: 'Required attribute is missing in the request body: displayName',
      details: [{ key: 'attribute', value: 'displayName' }, { key: 'x' }, { value: 'no key' }, 7],
    });
    expect(error).toMatchObject({
      kind: 'answer',
      status: 400,
      code: '400-143',
      retryable: false,
      isEgainAnswer: true,
      details: [{ key: 'attribute', value: 'displayName' }, { key: 'x' }],
    });
    expect(error.message).toBe(
      'sendMessage: eGain answered 400 400-143 Required attribute is missing in the request body: displayName',
    );
  });

  test('takes an error field for the code, but not for an answer of eGain', () => {
    const error = answer(401, { error: 'invalid_token', error_description: 'too old' });
    expect(error).toMatchObject({
      kind: 'answer',
      code: 'invalid_token',
      developerMessage: 'too old',
      isEgainAnswer: false,
    });
    expect(answer(502, { error: { code: '502-1', message: 'x' } })).toMatchObject({
      code: '502-1',
      developerMessage: 'x',
    });
  });

  test.each([
    ['a bare 404', 404, ''],
    ["a proxy's page", 404, '<html><body>not found</body></html>'],
    ["a gateway's own JSON", 404, { statusCode: 404, message: 'Resource not found' }],
    ['a list', 404, []],
  ])('%s is not an answer of eGain', (_what, status, body) => {
    expect(answer(status, body)).toMatchObject({ kind: 'not-egain', isEgainAnswer: false, code: undefined });
  });

  test('keeps the code of a body that was cut', () => {
    expect(answer(400, '{"code":"400-630","developerMessage":"Conversation is no lo')).toMatchObject({
      code: '400-630',
      isEgainAnswer: true,
    });
    expect(answer(400, '<pre>{"code":"400-630"')).toMatchObject({ code: undefined });
  });

  test.each([
    [400, false],
    [401, true],
    [403, false],
    [404, false],
    [408, true],
    [429, true],
    [500, true],
    [503, true],
  ])('status %i is worth a repeat: %s', (status, retryable) => {
    expect(answer(status, '').retryable).toBe(retryable);
  });

  test('cannot forge log lines', () => {
    expect(answer(400, { code: '400-1', developerMessage: 'a\r\nb\u0000c' }).developerMessage).toBe('a b c');
  });

  test('never throws, whatever the body', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.integer({ min: 300, max: 599 }), (text, status) => {
        expect(answer(status, text)).toBeInstanceOf(EgainError);
      }),
    );
  });
});

describe('how long to wait', () => {
  test.each([
    [{ 'x-ratelimit-reset': '2026-01-01T10:00:07.000Z', 'retry-after': '60' }, 7000],
    [{ 'x-ratelimit-reset': 'soon', 'retry-after': '60' }, 60_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 10:00:03 GMT' }, 3000],
    [{ 'x-ratelimit-reset': '2026-01-01T09:00:00Z' }, 0],
    [{ 'retry-after': '999999' }, 3_600_000],
    [{ 'retry-after': 'whenever' }, undefined],
    [{}, undefined],
  ])('%j means %p ms', (headers, expected) => {
    expect(answer(429, '', headers as Record<string, string>).retryAfterMs).toBe(expected);
  });

  test("a wrong local clock does no harm when the answer tells the sender's time", () => {
    const headers = { date: 'Thu, 01 Jan 2026 12:00:00 GMT', 'x-ratelimit-reset': '2026-01-01T12:00:05Z' };
    expect(answer(429, '', headers).retryAfterMs).toBe(5000);
  });
});
