import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { startSimulator } from '../../../src/simulator/index.js';
import { type ApiAnswer, type Bench, call, conversationOf, startBench, starting, until } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

type Verb = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

function control(method: Verb, path: string, body?: unknown): Promise<ApiAnswer> {
  return call(method, `${bench.simulator.controlUrl}${path}`, body === undefined ? {} : { body });
}

describe('over HTTP', () => {
  test('a test can act as an agent and read what happened', async () => {
    const id = conversationOf(await bench.send(starting('m-1', 'hello')));
    const acted = await control('POST', `/conversations/${id}/actions`, [
      { do: 'join', name: 'Sam' },
      { do: 'text', text: 'Hi Dana' },
    ]);
    expect([acted.status, acted.json]).toEqual([201, { messages: [expect.any(Object), expect.any(Object)] }]);
    await until('two callbacks', () => bench.receiver.received.length === 2);
    const shown = await control('GET', `/conversations/${id}`);
    expect(shown.json).toMatchObject({ id, phase: 'agent', agentName: 'Sam', messageCount: 3, deleted: [] });
    const all = await control('GET', '/conversations?open=true&messages=true');
    expect(all.json).toMatchObject({ conversations: [{ id, messages: [{}, {}, {}] }] });
    expect((await control('GET', '/conversations?open=false')).json).toEqual({ conversations: [] });
  });

  test('records are read from where the last reading ended', async () => {
    const first = await control('GET', '/records?limit=1');
    expect(first.json).toMatchObject({
      last: 1,
      records: [{ sequence: 1, kind: 'request', operation: 'requestToken' }],
    });
    await bench.send(starting('m-1', 'hello'));
    const second = await control('GET', '/records?since=1');
    expect(second.json).toMatchObject({
      last: 3,
      records: [
        { sequence: 2, kind: 'message', text: 'hello', started: true, contact: 'phone.mobile:15550100123' },
        {
          sequence: 3,
          kind: 'request',
          operation: 'sendMessage',
          status: 202,
          clientId: 'bridge',
          processed: true,
        },
      ],
    });
    expect((await control('GET', '/records?kind=message')).json).toMatchObject({
      records: [{ sequence: 2 }],
    });
    expect((await control('GET', '/records?since=3')).json).toEqual({ last: 3, records: [] });
    await control('DELETE', '/records');
    expect((await control('GET', '/records')).json).toEqual({ last: 3, records: [] });
  });

  test('records arrive as they are made, as server-sent events', async () => {
    const stream = await request(`${bench.simulator.controlUrl}/events`);
    let seen = '';
    stream.body.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    stream.body.on('error', () => undefined);
    await until('the stream', () => seen.startsWith(': '));
    await bench.send(starting('m-1', 'hello'));
    await until('the message', () => seen.includes('event: message') && seen.includes('event: request'));
    stream.body.destroy();
  });

  test('faults, switches, agents, script, setup, clock, tokens and callbacks can be changed', async () => {
    const added = await control('POST', '/faults', { id: 'f', kind: 'status', status: 500, times: 2 });
    expect(added.json).toEqual({ id: 'f' });
    expect((await bench.send(starting('m-1', 'hello'))).status).toBe(500);
    expect((await control('GET', '/faults')).json).toMatchObject({ faults: [{ id: 'f', struck: 1 }] });
    expect((await control('DELETE', '/faults/f')).status).toBe(204);
    expect((await control('DELETE', '/faults/f')).status).toBe(404);
    expect((await control('DELETE', '/faults')).status).toBe(204);
    expect((await control('PATCH', '/switches', { deduplicate: true })).json).toMatchObject({
      deduplicate: true,
    });
    expect((await control('GET', '/switches')).json).toMatchObject({
      deduplicate: true,
      callbackOrder: 'sequential',
    });
    expect((await control('PUT', '/agents', { online: false })).status).toBe(204);
    expect((await control('PUT', '/responder', { bot: { name: 'Ava' } })).status).toBe(204);
    const accounts = [{ channel: 'custom.other', address: 'elsewhere' }];
    expect((await control('POST', '/setup', { accounts })).status).toBe(204);
    expect(bench.simulator.state.resources.route('custom.other', 'elsewhere')).toBeDefined();
    expect((await control('POST', '/clock', { advanceMs: 1000 })).status).toBe(204);
    expect((await control('DELETE', '/callbacks/tokens')).status).toBe(204);
    expect((await control('GET', '/callbacks')).json).toEqual({ pending: 0 });
    expect((await control('DELETE', '/tokens')).status).toBe(204);
    expect((await bench.send(starting('m-1', 'hello'))).status).toBe(401);
  });

  test('conversations can be expired or killed, and everything forgotten', async () => {
    const ids = [await bench.send(starting('m-1', 'a')), await bench.send(starting('m-2', 'b'))].map(
      conversationOf,
    );
    expect((await control('POST', `/conversations/${ids[0] ?? ''}/expire`, {})).status).toBe(204);
    expect((await control('POST', `/conversations/${ids[1] ?? ''}/kill`, {})).status).toBe(204);
    const ended = bench.simulator.control.conversations().map(({ phase, endedBy }) => [phase, endedBy]);
    expect(ended).toEqual([
      ['ended', 'timeout'],
      ['ended', 'control'],
    ]);
    const acted = await control('POST', `/conversations/${ids[0] ?? ''}/actions`, { do: 'text', text: 'x' });
    expect(acted.status).toBe(409);
    bench.simulator.control.declare({ accounts: [{ channel: 'custom.other', address: 'elsewhere' }] });
    expect((await control('POST', '/reset', { setup: true })).status).toBe(204);
    expect(bench.simulator.control.conversations()).toEqual([]);
    expect(bench.simulator.state.resources.channels.all().map(({ type }) => type)).toEqual([
      'custom.support',
    ]);
    expect((await bench.send(starting('m-1', 'a'))).status).toBe(202);
  });

  test('mistakes are named', async () => {
    const missing = '3c1a1a52-9f0e-4f0b-8b1c-64d3f2c5d901';
    expect((await control('GET', `/conversations/${missing}`)).status).toBe(404);
    expect((await control('POST', `/conversations/${missing}/actions`, { do: 'end' })).status).toBe(404);
    expect((await control('GET', '/nothing')).status).toBe(404);
    expect((await control('PUT', '/records', {})).status).toBe(405);
    const bad = await control('POST', '/faults', { kind: 'explode' });
    expect([bad.status, bad.text]).toEqual([400, expect.stringContaining('kind')]);
    expect((await control('PATCH', '/switches', { nonsense: 1 })).text).toContain('nonsense');
    const plain = await call('POST', `${bench.simulator.controlUrl}/reset`, {
      raw: '{}',
      headers: { 'content-type': 'text/plain' },
    });
    expect(plain.status).toBe(415);
    expect(
      (
        await call('POST', `${bench.simulator.controlUrl}/reset`, {
          raw: '{',
          headers: { 'content-type': 'application/json' },
        })
      ).status,
    ).toBe(400);
  });

  test('it tells what it can do', async () => {
    const help = await control('GET', '');
    expect(help.json).toEqual(expect.arrayContaining([expect.stringContaining('POST /control/faults')]));
  });
});

test('records are bounded, and numbering goes on', async () => {
  const small = await startBench({ recordLimit: 8 });
  for (let n = 0; n < 20; n += 1) await small.send(starting(`m-${n}`, 'x'));
  const sequences = small.simulator.records().map(({ sequence }) => sequence);
  expect(sequences.length).toBeLessThanOrEqual(10);
  expect(sequences.at(-1)).toBe(41);
  expect(small.simulator.records(40).map(({ sequence }) => sequence)).toEqual([41]);
  await small.close();
});

test('a port in use is an error to the caller', async () => {
  const port = Number(new URL(bench.simulator.origin).port);
  await expect(startSimulator({ port, clients: [] })).rejects.toThrow('EADDRINUSE');
});
