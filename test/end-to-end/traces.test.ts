import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { startPassingProxy, type PassingProxy } from '../support/passing-proxy.js';
import { spawnProcess } from '../support/spawn-process.js';
import { startTraceCollector, type CollectedSpan, type TraceCollector } from '../support/trace-collector.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

/** So that a test need not wait for OpenTelemetry's own five seconds. */
const atOnce = { OTEL_BSP_SCHEDULE_DELAY: '50' };

let world: World;
let collector: TraceCollector;
let egain: PassingProxy;
let channel: PassingProxy;
let front: PassingProxy;
let web: BridgeProcess;
let worker: BridgeProcess;
/** Given to the bridge by whoever calls it. */
let given: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  world = await startWorld({ overrides: { delivery: { backoff: { firstMs: 100, maxMs: 200 } } } });
  collector = await startTraceCollector();
  egain = await startPassingProxy(world.simulator.url);
  channel = await startPassingProxy(world.channel.url);
  const overrides = {
    egain: { apiUrl: `${egain.url}${new URL(world.simulator.url).pathname}` },
    channels: { support: { url: `${channel.url}${new URL(world.channel.url).pathname}` } },
  };
  const env = { ...atOnce, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  web = await world.startBridge({ role: 'web', overrides, env: { ...env, OTEL_SERVICE_NAME: 'acme-web' } });
  worker = await world.startBridge({ role: 'worker', overrides, env });
  front = await startPassingProxy(web.url, () => given);
  connect(world, { url: front.url });
}, 60_000);
afterAll(async () => {
  await world.stop();
  await Promise.all([collector, egain, channel, front].map((each) => each.close()));
});

const ofMessage = (id: string): CollectedSpan | undefined =>
  collector.spans().find(({ name, attributes }) => {
    const ids = attributes['egain_bridge.message.id'];
    return name.startsWith('accept') && Array.isArray(ids) && ids.includes(id);
  });

/** Every span of the trace in which the message was accepted, once its delivery is told. */
async function traceOf(id: string, outcome = 'delivered'): Promise<readonly CollectedSpan[]> {
  return eventually(() => {
    const traceId = ofMessage(id)?.traceId;
    const spans = collector.spans().filter((span) => span.traceId === traceId);
    return spans.some(({ attributes }) => attributes['egain_bridge.outcome'] === outcome) ? spans : undefined;
  });
}

const named = (spans: readonly CollectedSpan[], name: string): CollectedSpan => {
  const found = spans.find((span) => span.name === name);
  if (found === undefined)
    throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(', ')}`);
  return found;
};

const linesOf = (bridge: BridgeProcess, message: string, messageId: string) =>
  bridge
    .stdout()
    .split('\n')
    .filter((line) => line.includes(`"msg":"${message}"`) && line.includes(`"${messageId}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('one trace per message, over two processes', () => {
  test('from the channel’s webhook to eGain', async () => {
    given = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    await world.channel.send({ id: 'in-1', customer: { id: 'dana' }, text: 'Hello' });
    given = {};
    const spans = await traceOf('in-1');
    const accept = named(spans, 'accept channel');
    const wait = named(spans, 'wait in lane');
    const attempt = named(spans, 'attempt');
    const call = named(spans, 'POST egain');
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(
      new Set(['4bf92f3577b34da6a3ce929d0e0e4736']),
    );
    expect(accept.parentId).toBe('00f067aa0ba902b7');
    expect([wait.parentId, attempt.parentId, call.parentId]).toEqual([
      accept.spanId,
      accept.spanId,
      attempt.spanId,
    ]);
    expect([accept.service, wait.service, attempt.service]).toEqual([
      'acme-web',
      'egain-channel-bridge',
      'egain-channel-bridge',
    ]);
    expect(attempt.attributes).toMatchObject({
      'egain_bridge.target': 'in:support',
      'egain_bridge.attempt': 1,
      'egain_bridge.outcome': 'delivered',
    });
    expect(call.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.response.status_code': 202,
    });
    expect(wait.endMs).toBeGreaterThanOrEqual(wait.startMs);
    // eGain is told the very call, so that its own traces could go on from there.
    const told = egain.passed.map(({ headers }) => headers['traceparent']);
    expect(told).toContain(`00-${call.traceId}-${call.spanId}-01`);

    // The logs of both processes name the same message by the same ids.
    const [accepted] = linesOf(web, 'message accepted', 'in-1');
    const [delivered] = await eventually(() => {
      const lines = linesOf(worker, 'delivery finished', 'in-1');
      return lines.length > 0 ? lines : undefined;
    });
    const { traceId, lane } = accepted ?? {};
    expect(accepted).toMatchObject({ traceId: accept.traceId, channel: 'support', outcome: 'accepted' });
    expect(delivered).toMatchObject({ traceId, lane, messageId: 'in-1', outcome: 'delivered', attempt: 1 });
    expect(typeof accepted?.['ms']).toBe('number');
  });

  test('from eGain’s callback to the channel, with each attempt and its outcome', async () => {
    const conversation = await eventually(() => world.simulator.control.conversations()[0]);
    world.channel.setFaults([{ kind: 'status', status: 500, share: 1 }]);
    world.simulator.control.act(conversation.id, { do: 'text', text: 'Hi there', messageId: 'out-1' });
    const attemptsOf = (outcome: string) =>
      collector
        .spans()
        .filter(
          ({ name, attributes }) =>
            name === 'attempt' &&
            attributes['egain_bridge.target'] === 'out:support' &&
            attributes['egain_bridge.outcome'] === outcome,
        );
    await eventually(() => attemptsOf('held').length > 0);
    world.channel.setFaults([]);
    const [last] = await eventually(() =>
      attemptsOf('delivered').length > 0 ? attemptsOf('delivered') : undefined,
    );
    const id = String(last?.attributes['egain_bridge.message.id']);
    const spans = await traceOf(id);
    const accept = named(spans, 'accept egain');
    expect(accept.parentId).toBe('');
    expect(spans.filter(({ name }) => name === 'wait in lane')).toHaveLength(1);
    const attempts = spans.filter(({ name }) => name === 'attempt');
    expect(attempts.length).toBeGreaterThan(1);
    expect(attempts.map(({ parentId }) => parentId)).toEqual(attempts.map(() => accept.spanId));
    expect(attempts.map(({ failed }) => failed)).toEqual(attempts.map((one) => one !== attempts.at(-1)));
    expect(attempts[0]?.attributes['egain_bridge.reason']).toBe('HTTP 500');
    const calls = spans.filter(({ name }) => name === 'POST channel:support');
    expect(calls.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([
      ...attempts.slice(1).map(() => 500),
      200,
    ]);
    const told = channel.passed.map(({ headers }) => headers['traceparent']);
    for (const { traceId, spanId } of calls) expect(told).toContain(`00-${traceId}-${spanId}-01`);
    const [accepted] = linesOf(web, 'message accepted', id);
    const [delivered] = await eventually(() => {
      const lines = linesOf(worker, 'delivery finished', id);
      return lines.length > 0 ? lines : undefined;
    });
    expect(accepted).toMatchObject({ conversationId: conversation.id, caller: 'egain' });
    expect(delivered).toMatchObject({
      conversationId: conversation.id,
      lane: accepted?.['lane'],
      traceId: accepted?.['traceId'],
      attempt: attempts.length,
    });
  });

  test('a trace that its caller does not record is not recorded here either, but told on', async () => {
    const traceId = '11111111111111111111111111111111';
    given = { traceparent: `00-${traceId}-00f067aa0ba902b7-00` };
    await world.channel.send({ id: 'in-2', customer: { id: 'kim' }, text: 'Hello' });
    given = {};
    const told = (): boolean =>
      egain.passed.some(({ headers }) =>
        new RegExp(`^00-${traceId}-.*-00$`).test(String(headers['traceparent'])),
      );
    await eventually(told);
    await world.channel.send({ id: 'in-3', customer: { id: 'kim' }, text: 'Again' });
    await traceOf('in-3');
    expect(collector.spans().filter((span) => span.traceId === traceId)).toEqual([]);
  });

  test('I9: a customer’s words, and the secrets, are in no span', () => {
    const text = collector.text();
    expect(text).toContain('egain_bridge.outcome');
    for (const planted of ['Hello', 'Hi there', 'dana', world.secret, 'client-secret-of-the-tests'])
      expect(text).not.toContain(planted);
  });
});

describe('where nobody asked for traces', () => {
  const script = `
    import module from 'node:module';
    await import('./dist/src/bridge/start.js');
    const { openTracing } = await import('./dist/src/operations/tracing/open.js');
    const tracing = await openTracing(process.env, console);
    console.log(tracing === undefined, Object.keys(module._cache).filter((name) => name.includes('@opentelemetry/sdk')).length);
    await tracing?.close();`;
  const loaded = (env: Readonly<Record<string, string>>) =>
    spawnProcess(['--input-type=module', '-e', script], { env }).line(/^(true|false) \d+$/);

  test('nothing of its SDK is loaded', async () => {
    expect(await loaded({})).toBe('true 0');
    expect(await loaded({ OTEL_TRACES_EXPORTER: 'otlp' })).toMatch(/^false [1-9]/);
  });
});

describe('a collector that is not there', () => {
  test('is told of once; messages go on, and the traces when it comes', async () => {
    const port = await freePort();
    const bridge = await world.startBridge({
      env: {
        ...atOnce,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      },
    });
    connect(world, bridge);
    const absent = /the collector does not take the traces/;
    await world.channel.send({ id: 'late-1', customer: { id: 'lee' }, text: 'one' });
    expect(JSON.parse(await bridge.line(absent))).toMatchObject({ reason: 'ECONNREFUSED' });
    await world.channel.send({ id: 'late-2', customer: { id: 'lee' }, text: 'two' });
    await eventually(() => linesOf(bridge, 'message accepted', 'late-2').length > 0);
    const late = await startTraceCollector(port);
    await eventually(async () => {
      await world.channel.send({ customer: { id: 'lee' }, text: 'more' });
      return late.spans().length > 0;
    });
    await bridge.line(/the collector takes the traces again/);
    expect(
      bridge
        .stdout()
        .split('\n')
        .filter((line) => absent.test(line)),
    ).toHaveLength(1);
    await late.close();
    bridge.signal('SIGTERM');
    expect(await bridge.exited).toEqual({ code: 0, signal: null });
  });

  test('an exporter that is not spoken here is told of, and the service works on', async () => {
    const bridge = await world.startBridge({ env: { OTEL_TRACES_EXPORTER: 'zipkin' } });
    expect(JSON.parse(await bridge.line(/traces are not sent/))).toMatchObject({
      reason: 'OTEL_TRACES_EXPORTER: expected otlp or none',
    });
    await bridge.stop();
  });
});
