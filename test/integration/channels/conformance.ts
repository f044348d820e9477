/** What every channel kind promises, checked with its own fixtures and against somebody else's implementation. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Agent } from 'undici';
import { inboundTypes, type OutboundMessage } from '../../../src/messages/model.js';
import type { ChannelAdapter, Operation, RawRequest, SendResult } from '../../../src/channels/adapter.js';
import { describeManifestConformance } from './manifest-conformance.js';
import { describeOutboxConformance } from './outbox-conformance.js';
import { startLoopbackServer, type LoopbackServer, type SeenRequest } from './loopback-server.js';
import { anyText } from '../../support/any-text.js';

/** The provider's own code (SDK, emulator, published vectors): never the adapter's. */
export interface Stranger<Config> {
  /** Settings whose far end is at `url` (loopback). */
  config(url: string): Config;
  /** A webhook as the provider sends it: `body` signed now or at another time (milliseconds since 1970). */
  signs(body: Buffer, config: Config, at: number, secretIndex?: number): RawRequest;
  /** Throws unless the request is one the provider would take. */
  accepts(request: SeenRequest, config: Config): void;
  /** Each secret of the settings, in any form that must not show up anywhere. */
  secrets(config: Config): readonly string[];
}

export interface ConformanceFixtures<Config> {
  readonly adapter: ChannelAdapter<Config>;
  readonly stranger: Stranger<Config>;
  /** Bodies as the provider posts them, each one event or more. */
  readonly inbound: readonly Buffer[];
  /** Body with an event nobody knows. */
  readonly unknown: Buffer;
  /** How many secrets are valid at once. */
  readonly secretsInRotation: number;
  readonly toleranceMs: number;
  /** Where the future counts otherwise than the past. */
  readonly futureToleranceMs?: number;
  /** False where the caller proves who it is by a token, which says nothing about the body. */
  readonly signsBody?: false;
  /** True where there is no far end to send to: what is sent goes into the outbox, which has promises of its own. */
  readonly outbox?: true;
}

const message: OutboundMessage = {
  id: '8f3f6b0a-5a0e-4b42-a0f5-6f5b1f1e7b01',
  conversationId: '3c1a1a52-9f0e-4f0b-8b1c-64d3f2c5d901',
  type: 'text',
  customer: { id: 'u-42' },
  sender: { type: 'egain_agent', name: 'Sam' },
  text: 'The word is sesame 👋🏽.',
  html: '<p>The word is <b>sesame</b> 👋🏽.</p>',
};

const outbound: readonly OutboundMessage[] = [
  message,
  { ...message, text: 'x '.repeat(200_000) },
  { ...message, text: '' },
  {
    ...message,
    attachments: [
      { name: 'a.pdf', url: 'https://bridge.example/assets/t' },
      { name: 'b', assetId: 'b' },
    ],
  },
  {
    ...message,
    type: 'rich',
    rich: { kind: 'listpicker', title: 'Which?', options: [{ id: '1', title: 'One' }], raw: {} },
  },
  { ...message, type: 'rich', rich: { kind: 'never-heard-of', options: [], raw: [{ text: 'deep' }] } },
  ...[
    'typing.start',
    'typing.end',
    'page.push',
    'agent.join',
    'agent.unavailable',
    'conversation.state',
    'conversation.end',
    'system',
  ].map((type) => ({ ...message, type })),
  { ...message, type: 'nobody.knows', raw: { type: { value: 'nobody.knows' } } },
];

export function describeConformance<Config>(fixtures: ConformanceFixtures<Config>): void {
  const { adapter, stranger } = fixtures;
  const now = Date.parse('2026-01-01T10:00:00.000Z');
  const believes = (request: RawRequest, config: Config, at = now): string => {
    const verdict = adapter.verify(request, config, { now: () => at });
    return verdict.ok ? 'believed' : `${verdict.status}`;
  };

  describe(`${adapter.kind}: verify`, () => {
    const config = stranger.config('http://127.0.0.1:9');
    const [body = Buffer.from('')] = fixtures.inbound;
    const genuine = stranger.signs(body, config, now);

    test("I9: believes the provider's own signature, with each secret in rotation", () => {
      for (let index = 0; index < fixtures.secretsInRotation; index += 1) {
        expect(believes(stranger.signs(body, config, now, index), config)).toBe('believed');
      }
    });
    if (fixtures.signsBody !== false) {
      test('I9: refuses a body that was changed by one bit, one byte more or one less', () => {
        const flipped = Buffer.from(body);
        flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1;
        for (const changed of [flipped, Buffer.concat([body, Buffer.from(' ')]), body.subarray(1)]) {
          expect(believes({ ...genuine, body: changed }, config)).toBe('401');
        }
      });
    }
    test('I9: refuses a request with any of its headers missing, emptied or changed', () => {
      for (const [name, value] of genuine.headers) {
        for (const changed of [undefined, '', `${value}0`, value.slice(0, -1)]) {
          const headers = new Map(genuine.headers);
          if (changed === undefined) headers.delete(name);
          else headers.set(name, changed);
          expect([name, changed, believes({ ...genuine, headers }, config)]).toEqual([name, changed, '401']);
        }
      }
    });
    test('I9: refuses a replay from outside the tolerance, past and future', () => {
      const { toleranceMs, futureToleranceMs: future = toleranceMs } = fixtures;
      const outcomes = [-toleranceMs - 1000, -toleranceMs, future, future + 1000].map((offset) =>
        believes(stranger.signs(body, config, now + offset), config),
      );
      expect(outcomes).toEqual(['401', 'believed', 'believed', '401']);
    });
    test('I9: answers any headers with a verdict, never with an exception', () => {
      const names = [...genuine.headers.keys()];
      const header = fc.tuple(fc.constantFrom(...names), anyText({ maxLength: 300 }));
      fc.assert(
        fc.property(
          fc.array(header, { maxLength: 4 }),
          fc.uint8Array({ maxLength: 50 }),
          (headers, bytes) => {
            const forged = { ...genuine, headers: new Map(headers), body: Buffer.from(bytes) };
            expect(believes(forged, config)).toMatch(/^40[013]$/);
          },
        ),
      );
    });
    test('I9: takes the settings, and never says a secret when it refuses some', () => {
      expect(adapter.configSchema.safeParse(config).success).toBe(true);
      const refused = adapter.configSchema.safeParse({
        ...config,
        url: 'no address',
        secrets: stranger.secrets(config).map((s) => `!${s}`),
      });
      expect(refused.success).toBe(false);
      for (const secret of stranger.secrets(config))
        expect(JSON.stringify(refused.error)).not.toContain(secret);
    });
  });

  describe(`${adapter.kind}: parse`, () => {
    const config = stranger.config('http://127.0.0.1:9');
    const request = (body: Buffer): RawRequest => ({ ...stranger.signs(body, config, now), body });

    test('understands every kind of event the provider sends', () => {
      for (const body of fixtures.inbound) {
        const parsed = adapter.parse(request(body), config);
        const kinds = parsed.ok
          ? parsed.events.map((event) => (event.kind === 'message' ? event.message.type : 'unknown'))
          : parsed.problems;
        expect(kinds).toEqual([expect.stringMatching(new RegExp(`^(${inboundTypes.join('|')})$`))]);
      }
    });
    test('makes an unknown event of what it does not know, and has an answer for it', () => {
      const parsed = adapter.parse(request(fixtures.unknown), config);
      expect(parsed).toMatchObject({ ok: true, events: [{ kind: 'unknown' }] });
      expect(adapter.reply(parsed.ok ? parsed.events : [], []).status).toBeLessThan(300);
    });
    test('is total: any bytes, any JSON and any damage to a real event give an answer', () => {
      const damaged = fc.constantFrom(...fixtures.inbound).chain((body) => {
        const value: unknown = JSON.parse(body.toString());
        const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [''];
        return fc
          .tuple(fc.constantFrom(...keys), fc.jsonValue())
          .map(([key, other]) => JSON.stringify({ ...(value as object), [key]: other }));
      });
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
        fc.json().map((json) => Buffer.from(json)),
        damaged.map((json) => Buffer.from(json)),
      );
      fc.assert(
        fc.property(bytes, (body) => {
          const parsed = adapter.parse(request(body), config);
          expect(parsed.ok ? parsed.events.length : parsed.problems.length).toBeGreaterThan(0);
          expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed);
        }),
        { numRuns: 400 },
      );
    });
    test('I3: reads the same event the same way every time', () => {
      for (const body of fixtures.inbound) {
        expect(adapter.parse(request(body), config)).toEqual(adapter.parse(request(body), config));
      }
    });
  });

  describe(`${adapter.kind}: render`, () => {
    const config = stranger.config('http://127.0.0.1:9');

    test('I5: is the same every time, and survives being stored', () => {
      for (const sample of outbound) {
        const plan = adapter.render(sample, config, {});
        expect(adapter.render(structuredClone(sample), config, {})).toEqual(plan);
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      }
    });
    test('I5: every operation of a plan has a key of its own', () => {
      for (const sample of outbound) {
        const keys = adapter.render(sample, config, { maxTextLength: 100 }).operations.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
      }
    });
    test('every option of a list reaches the customer, drawn or in words', () => {
      const options = ['Lisbon', 'Oporto', 'שלום'].map((title, index) => ({
        id: `city-${index}`,
        token: `c.city0${index}`,
        title,
      }));
      for (const kind of Object.keys(adapter.capabilities(config).rich)) {
        const text = options.map(({ title }, index) => `${index + 1}. ${title}`).join('\n');
        const list = { ...message, type: 'rich', text, rich: { kind, options, raw: {} } };
        const sent = JSON.stringify(adapter.render(list, config, {}).operations);
        for (const { title } of options) expect(sent).toContain(title);
      }
    });
    test('I6: what cannot be shown is a loss, and something always goes out', () => {
      for (const sample of outbound) {
        const { operations, losses } = adapter.render(sample, config, {});
        expect(operations.length + losses.length).toBeGreaterThan(0);
      }
    });
  });

  describeManifestConformance(adapter, stranger.config('http://127.0.0.1:9'), message);
  if (fixtures.outbox === true) {
    describeOutboxConformance(adapter, stranger.config('http://127.0.0.1:9'), message);
    return;
  }
  describe(`${adapter.kind}: send`, () => {
    let server: LoopbackServer;
    let dispatcher: Agent;
    beforeAll(async () => {
      server = await startLoopbackServer();
      dispatcher = new Agent();
    });
    afterEach(() => {
      server.answer((response) => void response.writeHead(200).end());
    });
    afterAll(async () => {
      await dispatcher.destroy();
      await server.close();
    });

    const operationFor = (config: Config): Operation => {
      const [operation] = adapter.render(message, config, {}).operations;
      if (operation === undefined) throw new Error('a text must make an operation');
      return operation;
    };
    const sendTo = (
      url: string,
      extra: { timeoutMs?: number; signal?: AbortSignal } = {},
    ): Promise<SendResult> => {
      const config = stranger.config(url);
      return adapter.send(operationFor(config), config, {
        dispatcher,
        now: Date.now,
        timeoutMs: 5000,
        ...extra,
      });
    };
    const answered = (status: number, headers: Record<string, string> = {}): Promise<SendResult> => {
      server.answer((response) => void response.writeHead(status, headers).end('sesame'));
      return sendTo(server.url);
    };

    test('what it sends is taken by the provider', async () => {
      const before = server.seen.length;
      expect(await sendTo(server.url)).toMatchObject({ kind: 'sent' });
      const [request] = server.seen.slice(before);
      expect(server.seen.length).toBe(before + 1);
      if (request !== undefined) stranger.accepts(request, stranger.config(server.url));
    });
    test('I5: every part of a long message is taken by the provider', async () => {
      const config = stranger.config(server.url);
      const before = server.seen.length;
      const { operations } = adapter.render({ ...message, text: 'word '.repeat(50) }, config, {
        maxTextLength: 100,
      });
      for (const operation of operations) {
        expect(
          await adapter.send(operation, config, { dispatcher, now: Date.now, timeoutMs: 5000 }),
        ).toMatchObject({ kind: 'sent' });
      }
      const requests = server.seen.slice(before);
      expect(requests).toHaveLength(operations.length);
      for (const request of requests) stranger.accepts(request, config);
    });
    test.each([200, 201, 202, 204])('HTTP %i is sent', async (status) => {
      expect(await answered(status)).toMatchObject({ kind: 'sent' });
    });
    test.each([500, 502, 503, 504])('HTTP %i is tried again', async (status) => {
      expect(await answered(status)).toMatchObject({ kind: 'retry' });
    });
    test.each([400, 404, 410, 413, 422])('HTTP %i is final', async (status) => {
      expect((await answered(status)).kind).toMatch(/^(rejected|gone)$/);
    });
    test('HTTP 429 slows down, for as long as told', async () => {
      expect(await answered(429, { 'retry-after': '7' })).toMatchObject({ kind: 'throttled', afterMs: 7000 });
      expect(await answered(429)).not.toHaveProperty('afterMs');
    });
    test('a redirect is not followed', async () => {
      const before = server.seen.length;
      expect(await answered(307, { location: `${server.url}/elsewhere` })).toMatchObject({
        kind: 'rejected',
      });
      expect(server.seen.slice(before)).toHaveLength(1);
    });
    test('a refused connection is tried again: nothing was sent', async () => {
      const closed = await startLoopbackServer();
      await closed.close();
      expect(await sendTo(closed.url)).toMatchObject({ kind: 'retry' });
    });
    test('a name that does not exist is tried again', async () => {
      expect(await sendTo('https://no-such-host.invalid/')).toMatchObject({ kind: 'retry' });
    });
    test('silence after the request is uncertain', async () => {
      server.answer(() => undefined);
      expect(await sendTo(server.url, { timeoutMs: 150 })).toMatchObject({ kind: 'uncertain' });
    });
    test('a connection reset after the request is uncertain', async () => {
      server.answer((response) => response.destroy());
      expect(await sendTo(server.url)).toMatchObject({ kind: 'uncertain' });
    });
    test('I11: giving up after the request is uncertain, before it nothing was sent', async () => {
      const stop = new AbortController();
      server.answer(() => stop.abort());
      expect(await sendTo(server.url, { signal: stop.signal })).toMatchObject({ kind: 'uncertain' });
      const before = server.seen.length;
      expect(await sendTo(server.url, { signal: stop.signal })).toMatchObject({ kind: 'retry' });
      expect(server.seen).toHaveLength(before);
    });
    test('what waits for a connection until the time is up was not sent, and is not sent later', async () => {
      const narrow = new Agent({ connections: 1, pipelining: 1 });
      const config = stranger.config(server.url);
      const environment = { dispatcher: narrow, now: Date.now, timeoutMs: 5000 };
      server.answer((response) => void setTimeout(() => response.end(), 400));
      const before = server.seen.length;
      const outcomes = await Promise.all([
        adapter.send(operationFor(config), config, environment),
        adapter.send(operationFor(config), config, { ...environment, timeoutMs: 100 }),
        adapter.send(operationFor(config), config, environment),
      ]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'retry', 'sent']);
      expect(server.seen.slice(before)).toHaveLength(2);
      await narrow.destroy();
    });
    test('a success whose body breaks off or never ends is sent', async () => {
      server.answer((response) => {
        response.writeHead(200, { 'content-length': '100' }).write('x');
        setTimeout(() => response.destroy(), 20);
      });
      expect(await sendTo(server.url)).toMatchObject({ kind: 'sent' });
      server.answer((response) => {
        const pour = (): void => {
          if (!response.destroyed) response.write(Buffer.alloc(64 * 1024), () => setImmediate(pour));
        };
        pour();
      });
      expect(await sendTo(server.url)).toMatchObject({ kind: 'sent' });
    });
    test('an answer that is no HTTP is uncertain', async () => {
      server.answer((response) => void response.socket?.end('nonsense\r\n\r\n'));
      expect(await sendTo(server.url)).toMatchObject({ kind: 'uncertain' });
    });
    test('I9: results hold neither secrets nor what the other side said', async () => {
      const results = [];
      for (const status of [200, 307, 400, 404, 429, 500]) results.push(await answered(status));
      server.answer((response) => response.destroy());
      results.push(await sendTo(server.url));
      const said = JSON.stringify(results);
      for (const secret of [...stranger.secrets(stranger.config(server.url)), 'sesame'])
        expect(said).not.toContain(secret);
    });
  });
}
