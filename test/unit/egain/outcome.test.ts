import { expect, test } from '@jest/globals';
import { errorFromAnswer } from '../../../src/egain/error-answer.js';
import { EgainError, type EgainErrorKind } from '../../../src/egain/errors.js';
import { outcomeOf } from '../../../src/egain/outcome.js';
import { outcomeDefaults } from '../../../src/egain/switches.js';

const answered = (status: number, code?: string, headers: Record<string, string> = {}): EgainError =>
  errorFromAnswer({
    operation: 'sendMessage',
    status,
    headers,
    text: code === undefined ? '<html>' : JSON.stringify({ code, developerMessage: 'because' }),
    now: 0,
  });
const local = (kind: EgainErrorKind, status?: number): EgainError =>
  new EgainError('x', { kind, status, retryable: true, retryAfterMs: 500 });

test.each([
  [500, '500-100', 'retry'],
  [502, undefined, 'retry'],
  [503, undefined, 'retry'],
  [408, undefined, 'retry'],
  [401, '401-104', 'retry'],
  [302, undefined, 'retry'],
  [429, '429-001', 'throttled'],
  [400, '400-630', 'start-anew'],
  [404, '404-101', 'start-anew'],
  [404, undefined, 'retry'],
  [400, '400-143', 'permanent'],
  [400, undefined, 'permanent'],
  [403, '403-197', 'permanent'],
  [409, '409-100', 'permanent'],
  [413, undefined, 'permanent'],
])('an answer %i with code %s ends in %s', (status, code, kind) => {
  expect(outcomeOf(answered(status, code)).kind).toBe(kind);
});

test.each([
  ['network-unsent', 'retry'],
  ['network-uncertain', 'uncertain'],
  ['token', 'token'],
  ['invalid-request', 'permanent'],
] as const)('%s ends in %s', (kind, expected) => {
  expect(outcomeOf(local(kind)).kind).toBe(expected);
});

test('the time to wait comes along where somebody named one', () => {
  expect(outcomeOf(answered(429, '429-001', { 'retry-after': '7' }))).toEqual({
    kind: 'throttled',
    afterMs: 7000,
  });
  expect(outcomeOf(answered(503, undefined, { 'retry-after': '7' }))).toMatchObject({ afterMs: 7000 });
  expect(outcomeOf(answered(429))).toEqual({ kind: 'throttled' });
  expect(outcomeOf(local('token'))).toMatchObject({ afterMs: 500 });
});

test("a permanent failure carries eGain's code and words", () => {
  expect(outcomeOf(answered(400, '400-143'))).toEqual({
    kind: 'permanent',
    code: '400-143',
    detail: 'because',
  });
  expect(outcomeOf(answered(413))).toMatchObject({ code: 'http-413' });
});

test('the list of codes that mean "start anew" is a setting', () => {
  const switches = { ...outcomeDefaults, startAnewCodes: ['400-777'] };
  expect(outcomeOf(answered(400, '400-777'), switches).kind).toBe('start-anew');
  expect(outcomeOf(answered(400, '400-630'), switches).kind).toBe('permanent');
});

test('an unreadable 202 may have been taken', () => {
  expect(outcomeOf(local('not-egain', 202)).kind).toBe('uncertain');
  expect(outcomeOf(local('not-egain', 200)).kind).toBe('retry');
});

test('where repeats are not safe, an answer that leaves it open is uncertain', () => {
  const switches = { ...outcomeDefaults, safeRetry: false };
  expect(outcomeOf(answered(500), switches).kind).toBe('uncertain');
  expect(outcomeOf(answered(503), switches).kind).toBe('retry');
});
