import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { createMetrics } from '../../../src/operations/metrics.js';
import { Observer } from '../../../src/operations/observer.js';
import { captureLog } from '../../support/log-capture.js';

const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const conversationId = '904ac1f3-e9f3-450d-8f90-5588fef4fc8e';
const message = { lane: 'lane-1', journey: { id: 'm-1', head: 'out||' }, conversationId, payload: 'Hello' };

function observed({ level = 'info', requests = true } = {}) {
  const log = captureLog();
  const observer = new Observer(createMetrics(), pino({ level, base: null }, log.stream), { requests });
  const accept = (more: object = {}, traceparent?: string): void =>
    observer.accepted({
      caller: 'egain',
      messages: [{ ...message, ...more }],
      statuses: ['accepted'],
      startedAt: performance.now(),
      traceparent,
    });
  const deliver = (more: object = {}): void =>
    observer.delivery({
      direction: 'out',
      channel: 'support',
      messageId: 'm-1',
      outcome: 'delivered',
      attempt: 2,
      ageMs: 40,
      conversationId,
      ...more,
    });
  return { log, observer, accept, deliver };
}

describe('the lines about a message', () => {
  test('name it by the same ids, when it comes and when it is delivered', () => {
    const { log, accept, deliver } = observed();
    accept({}, trace);
    deliver({ lane: 'lane-1', traceparent: trace });
    const ids = {
      messageId: 'm-1',
      lane: 'lane-1',
      conversationId,
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    };
    expect(log.named('message accepted')).toMatchObject([{ ...ids, caller: 'egain', outcome: 'accepted' }]);
    expect(log.named('delivery finished')).toMatchObject([
      { ...ids, outcome: 'delivered', attempt: 2, ageMs: 40 },
    ]);
    expect(log.text()).not.toContain('Hello');
    expect(log.text()).not.toContain(trace);
  });

  test('say what came again, and each message of a batch has its own', () => {
    const { log, observer } = observed();
    observer.accepted({
      caller: 'channel',
      channel: 'support',
      messages: [message, { ...message, journey: { id: 'm-2' } }],
      statuses: ['accepted', 'duplicate'],
      startedAt: performance.now(),
    });
    const told = log.named('message accepted').map(({ messageId, outcome }) => [messageId, outcome]);
    expect(told).toEqual([
      ['m-1', 'accepted'],
      ['m-2', 'duplicate'],
    ]);
  });

  test('I9: are silent about what stands where an id of eGain’s should be', () => {
    const { log, accept, deliver } = observed();
    accept({ conversationId: 'somebody’s words' });
    deliver({ conversationId: 'somebody’s words' });
    expect(log.entries()).toHaveLength(2);
    expect(log.text()).not.toContain('somebody');
  });

  test('are not written about typing, nor where the setting or the level says no', () => {
    const typing = observed();
    typing.accept({ journey: undefined });
    expect(typing.log.entries()).toEqual([]);
    const unasked = observed({ requests: false });
    unasked.accept();
    unasked.deliver();
    expect(unasked.log.entries().map(({ msg }) => msg)).toEqual(['delivery finished']);
    const quiet = observed({ level: 'warn' });
    quiet.accept();
    quiet.deliver();
    expect(quiet.log.entries()).toEqual([]);
  });
});

describe('the lines about requests that cannot be taken in', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['performance'] }));
  afterEach(() => void jest.useRealTimers());

  test('are one a second for each kind of caller, and their numbers add up while it lasts and when it is over', () => {
    const { log, observer } = observed();
    const counted = (who: string): unknown[] =>
      log.named('request refused').flatMap(({ caller, requests }) => (caller === who ? [requests] : []));
    const refuse = (caller: string, times: number): void => {
      for (let n = 0; n < times; n += 1) observer.refused(caller, 'unavailable', undefined);
    };
    refuse('egain', 5000);
    refuse('channel', 1);
    jest.advanceTimersByTime(500);
    refuse('egain', 1000);
    expect([counted('egain'), counted('channel')]).toEqual([[1], [1]]);
    jest.advanceTimersByTime(500);
    refuse('egain', 10);
    // Nobody else comes, and it is told all the same.
    jest.advanceTimersByTime(60_000);
    expect([counted('egain'), counted('channel')]).toEqual([[1, 5999, 10], [1]]);
    refuse('egain', 1);
    expect(counted('egain')).toEqual([1, 5999, 10, 1]);
    expect(jest.getTimerCount()).toBe(1);
  });
});
