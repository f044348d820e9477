import { describe, expect, test } from '@jest/globals';
import { Connection, type ConnectionState } from '../../../src/channels/webchat/browser/connection.js';
import type { StreamEvent } from '../../../src/channels/webchat/browser/protocol.js';

interface Call {
  readonly path: string;
  readonly search: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}
type Answer = (call: Call) => Response | Promise<Response>;

const session = (token: string, id = 'anon-1'): Response =>
  Response.json({ token, customer: { id }, expiresAt: '', chat: {} });
const events = (...ids: string[]): string =>
  ids.map((id) => `id: ${id}\nevent: message\ndata: {"key":"k${id}","type":"text"}\n\n`).join('');
const stream = (text: string): Response => new Response(text);

/** A connection to a bridge that answers as told; each pause is counted and takes no time. */
function connection(answers: Answer, token = '') {
  const calls: Call[] = [];
  const heard: StreamEvent[] = [];
  const states: ConnectionState[] = [];
  const waits: number[] = [];
  const tokens: string[] = [];
  const made: Connection = new Connection({
    base: 'https://bridge.example/chat/support/',
    fetch: async (input, init) => {
      const url = new URL(typeof input === 'string' ? input : 'https://none.example');
      const call = {
        path: url.pathname.replace('/chat/support/', ''),
        search: url.search,
        method: init?.method ?? 'GET',
        headers: new Headers(init?.headers),
        body: JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as Record<string, unknown>,
      };
      calls.push(call);
      return answers(call);
    },
    wait: (ms) => {
      waits.push(ms);
      return new Promise((resolve) => setImmediate(resolve));
    },
    random: () => 0,
    tab: 'tab-12345678',
    token: () => token,
    identity: () => Promise.resolve(''),
    about: { language: 'en', timeZone: 'UTC' },
    onSession: (opened) => tokens.push(opened.token),
    onEvent: (event) => heard.push(event),
    onState: (state) => states.push(state),
  });
  return { made, calls, heard, states, waits, tokens };
}

describe('the chat’s connection', () => {
  test('I13: goes on behind the last event it has seen, and says how far it came', async () => {
    let streams = 0;
    const { made, calls, heard } = connection(({ path, method }) => {
      if (path === 'session') return session('t1');
      if (method === 'POST') return Response.json({});
      streams += 1;
      if (streams === 1) return stream(events('1-0', '2-0'));
      if (streams === 2) return stream(events('3-0'));
      made.close();
      return stream('');
    });
    await made.run();
    expect(heard.map(({ id }) => id)).toEqual(['1-0', '2-0', '3-0']);
    const opened = calls.filter(({ path, method }) => path === 'events' && method === 'GET');
    expect(opened.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '2-0', '3-0']);
    expect(opened[0]?.headers.get('authorization')).toBe('Bearer t1');
    // Addresses are written to logs; nothing that opens anything stands in them.
    expect(calls.map(({ search }) => search).join('')).toBe('');
    const acknowledged = calls.filter(({ path, method }) => path === 'events' && method === 'POST');
    expect(acknowledged[0]?.body).toEqual({ cursor: '2-0' });
  });

  test('waits longer and longer while nobody answers, and begins anew once somebody does', async () => {
    let attempts = 0;
    const { made, waits, states } = connection(({ path }) => {
      if (path === 'session') return session('t1');
      attempts += 1;
      if (attempts <= 3) throw new TypeError('network');
      if (attempts === 4) return stream('');
      made.close();
      return stream('');
    });
    await made.run();
    expect(waits.slice(0, 4)).toEqual([500, 1000, 2000, 500]);
    expect(states).toEqual(['connecting', 'offline', 'offline', 'offline', 'online', 'offline', 'online']);
  });

  test('a session that is over is opened anew, also in the middle of a message', async () => {
    let sessions = 0;
    const { made, calls, tokens } = connection(({ path, headers }) => {
      if (path === 'session') {
        sessions += 1;
        return session(`t${sessions}`);
      }
      return headers.get('authorization') === 'Bearer t1'
        ? new Response('{}', { status: 401 })
        : Response.json({}, { status: 202 });
    });
    expect(await made.post({ id: 'm-1', type: 'text', text: 'Hello' })).toEqual({ kind: 'accepted' });
    expect(tokens).toEqual(['t1', 't2']);
    expect(calls.filter(({ path }) => path === 'messages').map(({ body }) => body['id'])).toEqual([
      'm-1',
      'm-1',
    ]);
  });

  test('one session is opened, however many ask for it', async () => {
    const { made, calls } = connection(({ path }) =>
      path === 'session' ? session('t1') : Response.json({}, { status: 202 }),
    );
    await Promise.all([1, 2, 3].map((n) => made.post({ id: `m-${n}`, type: 'text', text: 'x' })));
    expect(calls.filter(({ path }) => path === 'session')).toHaveLength(1);
  });

  test.each([
    [202, { kind: 'accepted' }],
    [400, { kind: 'refused' }],
    [422, { kind: 'refused' }],
    [413, { kind: 'refused' }],
    [503, { kind: 'again' }],
    [429, { kind: 'again', afterMs: 7000 }],
  ] as const)('HTTP %i to a message means %j', async (status, meaning) => {
    const { made } = connection(({ path }) =>
      path === 'session'
        ? session('t1')
        : new Response('{}', { status, headers: status === 429 ? { 'retry-after': '7' } : {} }),
    );
    expect(await made.post({ id: 'm-1', type: 'text', text: 'x' })).toEqual(meaning);
  });

  test('a visitor who may not chat is told so and does not ask again', async () => {
    const { made, calls, states } = connection(() => new Response('{}', { status: 401 }));
    await made.run();
    expect(states).toEqual(['connecting', 'refused']);
    expect(calls).toHaveLength(1);
  });

  test('another customer’s events are asked for from their beginning', async () => {
    let streams = 0;
    let sessions = 0;
    const { made, calls } = connection(({ path, method }) => {
      if (path === 'session') {
        sessions += 1;
        return session(`t${sessions}`, `anon-${sessions}`);
      }
      if (method === 'POST') return Response.json({});
      streams += 1;
      if (streams === 1) return stream(`${events('9-0')}event: end\ndata: {"reason":"expired"}\n\n`);
      made.close();
      return stream('');
    });
    await made.run();
    const opened = calls.filter(({ path, method }) => path === 'events' && method === 'GET');
    expect(opened.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, null]);
  });
});
