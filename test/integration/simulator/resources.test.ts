import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { operationsOf } from '../../../src/simulator/operations.js';
import { application, basic, channel, type Fields, type GraphBench, startGraphBench } from './graph.js';
import { described, problemsOfRequest } from './openapi.js';
import { attributeOf, call, codeOf, fetchToken, scopes } from './support.js';

let bench: GraphBench;
beforeEach(async () => {
  bench = await startGraphBench();
});
afterEach(() => bench.close());

const kinds: readonly [
  kind: string,
  listName: string,
  valid: (ids: Record<string, string>) => Fields,
  required: string[],
][] = [
  [
    'authentications',
    'authentication',
    () => basic('other'),
    ['name', 'type', 'basicAuth', 'basicAuth.username', 'basicAuth.password'],
  ],
  [
    'clientapplications',
    'clientApplication',
    () => application('other', 'customer'),
    ['name', 'roles', 'roles.0.name', 'roles.0.version', 'roles.0.callback', 'roles.0.notificationEmail'],
  ],
  [
    'participants',
    'participant',
    (ids) => ({
      name: 'other',
      type: 'custom_bot',
      application: { id: ids['bots'] },
      intents: { intent: [{ value: 'a', displayValue: 'A' }] },
    }),
    [
      'name',
      'type',
      'application',
      'application.id',
      'intents.intent',
      'intents.intent.0.value',
      'intents.intent.0.displayValue',
    ],
  ],
  ['channels', 'channel', () => channel('custom.other'), ['type', 'displayName', 'icon']],
  [
    'orchestrations',
    'orchestration',
    (ids) => ({
      name: 'other',
      applications: {
        customerConfiguration: { customer: { id: ids['customer'] } },
        botConfiguration: { bots: [{ id: ids['bots'], participant: { id: ids['participant'] } }] },
      },
    }),
    [
      'name',
      'applications',
      'applications.customerConfiguration.customer',
      'applications.customerConfiguration.customer.id',
      'applications.botConfiguration',
      'applications.botConfiguration.bots',
      'applications.botConfiguration.bots.0.id',
      'applications.botConfiguration.bots.0.participant',
    ],
  ],
  [
    'accounts',
    'account',
    (ids) => ({
      name: 'other',
      address: 'elsewhere',
      channel: { id: ids['channel'] },
      chatConfigurations: { entryPoint: { id: '1' } },
    }),
    ['name', 'address', 'channel', 'channel.id', 'chatConfigurations', 'chatConfigurations.entryPoint.id'],
  ],
];

function without(body: Fields, path: string): Fields {
  const copy = JSON.parse(JSON.stringify(body)) as Fields;
  const parts = path.split('.');
  let at: object = copy;
  for (const part of parts.slice(0, -1)) at = Reflect.get(at, part) as object;
  Reflect.deleteProperty(at, parts.at(-1) ?? '');
  return copy;
}

describe.each(kinds)('%s', (kind, listName, valid, required) => {
  test('live: created, read, listed, replaced, deleted', async () => {
    const ids = await bench.graph();
    const body = valid(ids);
    const id = await bench.create(kind, body);
    const read = z
      .looseObject({ created: z.string(), modified: z.string() })
      .parse((await bench.api('GET', `/${kind}/${id}`)).json);
    expect(read).toMatchObject({
      ...(kind === 'authentications' ? { name: 'other' } : body),
      id,
      active: true,
    });
    expect(read.created).toBe(read.modified);
    const list = z
      .looseObject({ paginationInfo: z.unknown() })
      .parse((await bench.api('GET', `/${kind}`)).json);
    expect(Object.keys(list)).toEqual(['paginationInfo', listName]);
    bench.simulator.control.advanceClock(1000);
    expect(
      (await bench.api('PUT', `/${kind}/${id}`, { ...body, description: 'changed', modified: read.modified }))
        .status,
    ).toBe(204);
    const changed = z
      .looseObject({ modified: z.string() })
      .parse((await bench.api('GET', `/${kind}/${id}`)).json);
    expect(changed).toMatchObject({ description: 'changed', created: read.created });
    expect(changed.modified > read.modified).toBe(true);
    expect((await bench.api('PUT', `/${kind}/${id}`, body)).status).toBe(204);
    expect((await bench.api('GET', `/${kind}/${id}`)).json).not.toHaveProperty('description');
    expect((await bench.api('DELETE', `/${kind}/${id}`)).status).toBe(204);
    expect(codeOf(await bench.api('GET', `/${kind}/${id}`))).toBe('404-101');
    expect(codeOf(await bench.api('DELETE', `/${kind}/${id}`))).toBe('404-101');
    expect(codeOf(await bench.api('PUT', `/${kind}/${id}`, body))).toBe('404-101');
  });

  test('need what is required, and the refusal names it', async () => {
    const ids = await bench.graph();
    const operation =
      described.find(({ method, path }) => method === 'POST' && path === `/${kind}`)?.operationId ?? '';
    expect(problemsOfRequest(operation, valid(ids))).toEqual([]);
    for (const path of required) {
      const broken = without(valid(ids), path);
      expect(problemsOfRequest(operation, broken)).not.toEqual([]);
      const answer = await bench.api('POST', `/${kind}`, broken);
      const attribute = path === 'applications.botConfiguration' ? 'applications.agentConfiguration' : path;
      expect([codeOf(answer), attributeOf(answer)]).toEqual([
        '400-143',
        attribute.replace(/\.(\d+)/g, '[$1]'),
      ]);
    }
  });

  test('refuse values of the wrong kind, as the description does', async () => {
    const ids = await bench.graph();
    const operation =
      described.find(({ method, path }) => method === 'POST' && path === `/${kind}`)?.operationId ?? '';
    for (const change of [
      { name: 7 },
      { type: 7 },
      { description: '' },
      { description: 'x'.repeat(1024) },
      { active: 'yes' },
    ]) {
      const body = { ...valid(ids), ...change };
      const problems = problemsOfRequest(operation, body);
      const answer = await bench.api('POST', `/${kind}`, body);
      expect([JSON.stringify(change), answer.status]).toEqual([
        JSON.stringify(change),
        problems.length > 0 ? 400 : answer.status,
      ]);
      if (problems.length > 0) expect(codeOf(answer)).toMatch(/^400-(152|196)$/);
    }
  });

  test('ask for their scopes', async () => {
    const only = async (scope: string): Promise<[number, number]> => {
      const token = await fetchToken(bench.simulator, scope);
      const list = await call('GET', `${bench.simulator.url}/${kind}`, { token });
      const made = await call('POST', `${bench.simulator.url}/${kind}`, { token, body: {} });
      return [list.status, made.status];
    };
    const readable = kind !== 'authentications';
    expect(await only(scopes.read)).toEqual([readable ? 200 : 403, 403]);
    expect(await only(scopes.manage)).toEqual([200, 400]);
    expect(await only(scopes.interact)).toEqual([403, 403]);
  });
});

test('every operation of the description is there, with its scopes, and no other', () => {
  const sorted = (
    rows: readonly { operationId: string; method: string; path: string; scopes: readonly string[] }[],
  ): string[] =>
    rows
      .map(
        ({ operationId, method, path, scopes: any }) =>
          `${operationId} ${method} ${path} ${[...any].sort().join(' ')}`,
      )
      .sort();
  expect(sorted(operationsOf(bench.simulator.state))).toEqual(sorted(described));
  expect(described).toHaveLength(35);
});
