import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readTraceparent, traceIdOf, writeTraceparent } from '../../../src/operations/tracing/traceparent.js';
import { tracingWish } from '../../../src/operations/tracing/wish.js';

describe('a traceparent', () => {
  const given = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

  test('is read as W3C Trace Context says, and written again', () => {
    const place = readTraceparent(given);
    expect(place).toEqual({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      sampled: true,
    });
    expect(place === undefined ? '' : writeTraceparent(place)).toBe(given);
    expect(traceIdOf(given)).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(readTraceparent(given.replace(/01$/, '02'))?.sampled).toBe(false);
  });

  test('of a later version counts as far as it is known', () => {
    expect(readTraceparent(given.replace(/^00/, 'cc'))?.spanId).toBe('00f067aa0ba902b7');
    expect(readTraceparent(`${given.replace(/^00/, 'cc')}-what-comes-then`)?.spanId).toBe('00f067aa0ba902b7');
  });

  test.each([
    ['of the forbidden version', given.replace(/^00/, 'ff')],
    ['with a trace id of zeros', given.replace(/4bf\w+/, '0'.repeat(32))],
    ['with a span id of zeros', given.replace(/00f0\w+/, '0'.repeat(16))],
    ['in capitals', given.toUpperCase()],
    ['with more behind it', `${given}-00`],
    ['with a line break', `${given}\n`],
    ['cut short', given.slice(0, -1)],
    ['empty', ''],
  ])('%s is none', (_, text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });

  test('is never made of anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const place = readTraceparent(text);
        expect(place === undefined || /^[\da-f]{32}$/.test(place.traceId)).toBe(true);
      }),
    );
  });
});

describe('whether there are traces', () => {
  const off = { kind: 'off' };
  const on = { kind: 'otlp' };
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

  test('nobody asked: there are none', () => {
    expect(tracingWish({})).toEqual(off);
    expect(tracingWish({ OTEL_SERVICE_NAME: 'bridge', OTEL_TRACES_SAMPLER: 'always_on' })).toEqual(off);
    expect(tracingWish({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toEqual(off);
  });

  test('an exporter or an endpoint is named', () => {
    expect(tracingWish(endpoint)).toEqual(on);
    expect(tracingWish({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces' })).toEqual(on);
    expect(tracingWish({ OTEL_TRACES_EXPORTER: 'otlp' })).toEqual(on);
    expect(tracingWish({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' })).toEqual(on);
  });

  test('somebody says no', () => {
    expect(tracingWish({ ...endpoint, OTEL_SDK_DISABLED: 'true' })).toEqual(off);
    expect(tracingWish({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' })).toEqual(off);
  });

  test.each([
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317'],
  ])('%s=%s cannot be had, and the sentence names it', (name, value) => {
    const wish = tracingWish({ ...endpoint, [name]: value });
    expect(wish.kind === 'refused' ? wish.why : '').toMatch(new RegExp(`^${name}: expected `));
  });
});
