import { beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { FigureLog } from '../../../src/operators/figures.js';
import { createMetrics } from '../../../src/operations/metrics.js';
import { writeDrift } from '../../../src/operators/drift-record.js';
import { WaitingLanes } from '../../../src/lanes/waiting.js';
import { useBench } from '../cli/support/bench.js';
import { useDesk } from './support/desk.js';

// Every answer of `get` and `post` is held against the description at /openapi.json.
const bench = useBench();
const desk = useDesk(bench);

let letters: string[];
const lane = (): string => bench().core.keys.inboundLane('support', 'dana');
const lettersLeft = async () => {
  const { body } = await desk().get('/api/dead-letters');
  return z
    .array(z.object({ messageId: z.string() }))
    .parse(body['deadLetters'])
    .map(({ messageId }) => messageId);
};

beforeEach(async () => {
  const { accept, inbound, outbound, end, core } = bench();
  await core.conversations.bind('c-1', { channel: 'sales', customerId: 'dana' }, 60_000);
  await accept(inbound('m-1'), inbound('m-2'), outbound('h-1', 'c-1'), outbound('h-2', 'c-2'));
  letters = [
    await end(lane(), 'dead', 'refused', '400-143: text of m-1 is not to our liking'),
    await end(core.keys.outboundLane('c-1'), 'dead', 'rejected', '410 gone'),
    await end(core.keys.outboundLane('c-2'), 'dead', 'unknown-conversation'),
  ];
  desk().audited.length = 0;
});

describe('looking', () => {
  test('the overview tells rates, what waits, failures, token, provisioning and processes of the whole installation', async () => {
    const { core } = bench();
    const [one, other] = ['pod-1', 'pod-2'].map((instance) => {
      const metrics = createMetrics();
      const self = { instance, role: 'worker', version: '1.2.3' };
      const onError = (error: unknown) => {
        throw error;
      };
      return {
        metrics,
        log: new FigureLog({ redis: core.redis, prefix: core.keys.prefix, metrics, self, onError }),
      };
    });
    one?.metrics.accepted.at('channel').add(5);
    one?.metrics.deliveries.at('in', 'support', 'delivered').add(3);
    one?.metrics.deliveries.at('in', 'support', 'dead').add(1);
    one?.metrics.deadLetters.at('in', 'support', 'refused').add(1);
    other?.metrics.deliveries.at('in', 'support', 'delivered').add(2);
    other?.metrics.upstreamSeconds.at('egain', '5xx').observe(0.1);
    other?.metrics.upstreamSeconds.at('egain', '2xx').observe(0.1);
    other?.metrics.refused.at('channel', 'unauthenticated').add(2);
    await Promise.all([one?.log.flush(), other?.log.flush()]);
    // What was written is not written again.
    await one?.log.flush();
    await writeDrift(core.redis, core.keys.prefix, {
      at: 1,
      differences: 2,
      objects: ['a channel'],
      problems: [],
    });

    const { status, body } = await desk().get('/api/overview?minutes=5', 'guest');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      minutes: 5,
      deadLetters: 3,
      token: { held: true, ageMs: 60_000, leftMs: 3_540_000, coolingMs: 0 },
      provisioning: { declared: true, drift: { differences: 2, objects: ['a channel'] } },
      processes: [{ instance: 'pod-1' }, { instance: 'pod-2' }],
      failures: [
        { kind: 'refused', where: 'channel', reason: 'unauthenticated', count: 2 },
        { kind: 'dead-letter', where: 'in:support', reason: 'refused', count: 1 },
        { kind: 'upstream', where: 'egain', reason: '5xx', count: 1 },
      ],
    });
    const { rates, directions } = z
      .object({
        rates: z.array(z.object({ accepted: z.number(), delivered: z.number(), dead: z.number() })),
        directions: z.array(
          z.looseObject({
            direction: z.string(),
            channel: z.string(),
            oldestMs: z.number(),
            delivered: z.number(),
            lanes: z.object({ running: z.number() }),
          }),
        ),
      })
      .parse(body);
    const sum = (name: 'accepted' | 'delivered' | 'dead') =>
      rates.reduce((all, point) => all + point[name], 0);
    expect([sum('accepted'), sum('delivered'), sum('dead')]).toEqual([5, 5, 1]);
    const support = directions.find(({ direction, channel }) => direction === 'in' && channel === 'support');
    expect(support).toMatchObject({ delivered: 5, lanes: { running: 1 }, closed: null });
    expect(directions.map(({ channel }) => channel)).toEqual(['support', 'support', 'sales', 'sales']);
    await Promise.all([one?.log.stop(), other?.log.stop()]);
    expect((await desk().get('/api/overview')).body).toMatchObject({ processes: [] });
  });

  test('a search finds the journey of a message with its timeline, and no text', async () => {
    const { text, body } = await desk().post('/api/search', { message: 'm-1' }, 'guest');
    expect(body).toMatchObject({
      complete: true,
      messages: [
        {
          id: 'm-1',
          direction: 'in',
          channel: 'support',
          state: 'dead',
          deadLetter: letters[0],
          steps: [{ what: 'accepted' }, { what: 'dead', answer: 'refused' }],
        },
      ],
    });
    expect(text).not.toContain('text of');
    const waiting = await desk().post('/api/search', { channel: 'support', customer: 'dana' });
    expect(waiting.body).toMatchObject({
      messages: [{ state: 'dead' }, { id: 'm-2', state: 'waiting', ahead: 0 }],
    });
    expect((await desk().post('/api/search', { conversation: 'c-1' })).body).toMatchObject({
      messages: [{ id: 'h-1', direction: 'out', state: 'dead' }],
    });
    expect((await desk().post('/api/search', { message: 'nobody’s' })).body).toMatchObject({ messages: [] });
  });

  test('dead letters are listed by what they are filtered by, page by page, without their texts', async () => {
    const { body, text } = await desk().get('/api/dead-letters?limit=2', 'guest');
    expect(body).toMatchObject({
      deadLetters: [
        {
          id: letters[0],
          direction: 'in',
          channel: 'support',
          reason: 'refused',
          code: '400-143',
          type: 'text',
        },
        { id: letters[1], code: '410', type: 'text' },
      ],
      matching: 3,
      counted: 'exactly',
    });
    expect(text).not.toContain('text of');
    const { next } = z.object({ next: z.string() }).parse(body);
    expect((await desk().get(`/api/dead-letters?limit=2&after=${next}`)).body).toMatchObject({
      deadLetters: [{ id: letters[2] }],
      next: null,
    });
    for (const [query, expected] of [
      ['channel=sales', 1],
      ['direction=out', 2],
      ['reason=refused', 1],
      ['olderThan=1h', 0],
    ] as const)
      expect((await desk().get(`/api/dead-letters?${query}`)).body['matching']).toBe(expected);
  });

  test('one dead letter, one lane, lanes, channels', async () => {
    expect((await desk().get(`/api/dead-letters/${letters[0] ?? ''}`)).body).toMatchObject({
      messageId: 'm-1',
    });
    expect((await desk().get('/api/lanes?channel=support')).body).toMatchObject({
      lanes: [{ lane: lane(), direction: 'in', waiting: 1 }],
      complete: true,
    });
    expect((await desk().get('/api/lanes?direction=out')).body).toMatchObject({ lanes: [] });
    expect((await desk().get(`/api/lanes/${lane()}`)).body).toMatchObject({ messages: [{ id: 'm-2' }] });
    expect((await desk().get('/api/channels')).body).toEqual({
      channels: [
        { channel: 'support', adapter: 'webhook', inbound: 'open', outbound: 'open' },
        { channel: 'sales', adapter: 'webhook', inbound: 'open', outbound: 'open' },
      ],
    });
    expect((await desk().get('/api/me', 'guest')).body).toEqual({
      name: 'guest',
      mayChange: false,
      mayReadTexts: false,
    });
    expect(desk().audited).toEqual([]);
  });

  test('I9: a text is seen only by whom the permission was given, and that is written down', async () => {
    const path = `/api/dead-letters/${letters[0] ?? ''}/text`;
    expect(await desk().get(path, 'dana')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(desk().audited).toEqual([]);
    expect((await desk().get(path)).body).toMatchObject({
      detail: '400-143: text of m-1 is not to our liking',
      content: { message: { text: 'text of m-1' } },
    });
    expect(desk().audited).toEqual([
      {
        operator: 'chief',
        action: 'dead-letters.read-text',
        count: 1,
        deadLetter: letters[0],
        messageId: 'm-1',
      },
    ]);
  });
});

describe('acting', () => {
  test('retry puts named dead letters back, tells which are gone, and is written down', async () => {
    const ids = [letters[0], '0-999'];
    expect((await desk().post('/api/dead-letters/retry', { ids }, 'dana')).body).toEqual({
      done: 1,
      missing: ['0-999'],
      more: false,
    });
    const { core } = bench();
    const waiting = await new WaitingLanes(core.redis, core.keys).messages(lane());
    expect(waiting.map(({ id }) => id)).toEqual(['m-2', 'm-1']);
    expect(desk().audited).toEqual([{ operator: 'dana', action: 'dead-letters.retry', count: 1, ids }]);
    expect(await lettersLeft()).toEqual(['h-1', 'h-2']);
  });

  test('discard removes those that fit, and nobody else’s', async () => {
    const filter = { direction: 'out', reason: 'rejected' };
    expect((await desk().post('/api/dead-letters/discard', { all: true, filter })).body).toMatchObject({
      done: 1,
    });
    expect(await lettersLeft()).toEqual(['m-1', 'h-2']);
    expect((await desk().post('/api/dead-letters/discard', { all: true })).body).toMatchObject({
      done: 2,
      more: false,
    });
    expect(await lettersLeft()).toEqual([]);
    expect(desk().audited).toMatchObject([
      { action: 'dead-letters.discard', count: 1, filter },
      { action: 'dead-letters.discard', count: 2, filter: {} },
    ]);
  });

  test('a bulk act takes a hundred in one call and says that there are more; what died after a time is left alone', async () => {
    const { accept, inbound, end, core } = bench();
    const many = core.keys.inboundLane('support', 'many');
    await accept(...Array.from({ length: 101 }, (_, n) => inbound(`x-${n}`, { customer: { id: 'many' } })));
    for (let n = 0; n < 101; n += 1) await end(many, 'dead', 'hold-expired');
    const { asOf } = z.object({ asOf: z.string() }).parse((await desk().get('/api/dead-letters')).body);
    await sleep(2);
    await accept(inbound('later'));
    await end(lane(), 'dead', 'refused');
    const bulk = { all: true, filter: { until: asOf } };
    expect((await desk().post('/api/dead-letters/discard', bulk)).body).toMatchObject({
      done: 100,
      more: true,
    });
    expect((await desk().post('/api/dead-letters/discard', bulk)).body).toMatchObject({
      done: 4,
      more: false,
    });
    expect(await lettersLeft()).toEqual(['m-2']);
  });

  test('a head is skipped, a channel paused and resumed, eGain compared; each is written down', async () => {
    const skipped = await desk().post(`/api/lanes/${lane()}/skip`, '', 'dana');
    expect(skipped).toMatchObject({ status: 200, body: { deadLetter: '0-4' } });
    expect(await desk().post(`/api/lanes/${lane()}/skip`, '', 'dana')).toMatchObject({ status: 404 });
    const paused = await desk().post('/api/channels/support/pause', { direction: 'out' });
    expect(paused.body).toMatchObject({ channels: [{ inbound: 'open', outbound: 'paused' }, {}] });
    expect((await desk().post('/api/channels/support/resume', {})).body).toMatchObject({
      channels: [{ inbound: 'open', outbound: 'open' }, {}],
    });
    desk().drift = () => Promise.resolve({ at: 1, differences: 0, objects: [], problems: [] });
    expect((await desk().post('/api/provisioning/check', {})).body).toMatchObject({
      drift: { differences: 0 },
    });
    desk().drift = () => Promise.reject(new Error('eGain is away'));
    expect(await desk().post('/api/provisioning/check', {})).toMatchObject({ status: 503 });
    expect(desk().audited.map(({ action }) => action)).toEqual([
      'lanes.skip',
      'channels.pause',
      'channels.resume',
      'provisioning.check',
      'provisioning.check',
    ]);
  });

  test('I9: who may only look changes nothing, and may ask all the same', async () => {
    for (const path of [
      '/api/dead-letters/retry',
      '/api/dead-letters/discard',
      '/api/channels/support/pause',
      `/api/lanes/${lane()}/skip`,
      '/api/provisioning/check',
    ])
      expect(await desk().post(path, { all: true }, 'guest')).toMatchObject({ status: 403 });
    expect(await lettersLeft()).toEqual(['m-1', 'h-1', 'h-2']);
    expect((await desk().post('/api/search', { message: 'm-1' }, 'guest')).status).toBe(200);
    expect(desk().audited).toEqual([]);
  });
});

describe('bad input is refused by the field’s name, without repeating it', () => {
  test.each<[string, unknown, string]>([
    ['/api/search', {}, 'message: expected a text'],
    ['/api/search', { message: 'm', secret: 1 }, 'secret: expected no field of this name'],
    ['/api/search', { customer: 'dana' }, 'channel: expected a text'],
    ['/api/dead-letters/retry', { ids: [] }, 'ids: expected at least 1 entry'],
    ['/api/dead-letters/retry', {}, 'ids: expected a list'],
    [
      '/api/dead-letters/retry',
      { all: true, filter: { olderThan: 'long' } },
      'filter.olderThan: expected a number with a unit, such as 90s, 5m, 2h or 3d',
    ],
    ['/api/channels/support/pause', { direction: 'up' }, 'direction: expected one of in, out, both'],
    ['/api/channels/support/pause', { way: 'in' }, 'way: expected no field of this name'],
    ['/api/channels/<script>/pause', {}, 'channel: expected a text of the documented form'],
  ])('POST %s %j', async (path, body, message) => {
    expect(await desk().post(path.replace('<', '%3C').replace('>', '%3E'), body)).toMatchObject({
      status: 422,
      body: { code: 'unprocessable', message },
    });
  });

  test.each<[string, string]>([
    ['/api/overview?minutes=0', 'minutes: expected at least 1'],
    ['/api/overview?minutes=many', 'minutes: expected a text of the documented form'],
    ['/api/overview?hours=1', 'hours: expected no field of this name'],
    ['/api/dead-letters?limit=201', 'limit: expected at most 200'],
    ['/api/dead-letters?olderThan=2', 'olderThan: expected a number with a unit, such as 90s, 5m, 2h or 3d'],
    ['/api/dead-letters?after=x', 'after: expected a text of the documented form'],
    ['/api/dead-letters?channel=a&channel=b', 'channel: expected a text'],
    ['/api/dead-letters/one', 'id: expected a text of the documented form'],
    ['/api/lanes?limit=5000', 'limit: expected at most 1000'],
  ])('GET %s', async (path, message) => {
    expect(await desk().get(path)).toMatchObject({ status: 422, body: { message } });
  });

  test('what is not there, not JSON, too large, or asked by another method', async () => {
    expect(await desk().get('/api/dead-letters/0-999')).toMatchObject({ status: 404 });
    expect(await desk().get('/api/lanes/nobody')).toMatchObject({ status: 404 });
    expect(await desk().post('/api/channels/other/pause', {})).toMatchObject({ status: 404 });
    expect(await desk().post('/api/search', '{"message":')).toMatchObject({ status: 400 });
    expect(await desk().post('/api/search', { message: 'x'.repeat(70_000) })).toMatchObject({ status: 413 });
    expect((await desk().fetch('/api/search')).status).toBe(405);
    expect((await desk().fetch('/api/nothing')).status).toBe(404);
    expect((await desk().fetch('/api/overview', {}, 'stranger')).status).toBe(401);
  });
});

test('every operation of the description answers, and each has a name and a summary of its own', async () => {
  const described = z
    .object({
      openapi: z.literal('3.1.0'),
      info: z.object({ version: z.literal('1.2.3') }),
      paths: z.record(
        z.string(),
        z.record(z.string(), z.looseObject({ operationId: z.string(), summary: z.string().min(10) })),
      ),
    })
    .parse(await (await desk().fetch('/openapi.json')).json());
  const operations = Object.values(described.paths).flatMap((methods) => Object.values(methods));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(operations.length).toBeGreaterThan(14);
});
