import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { application, basic, channel, type GraphBench, startGraphBench } from './graph.js';
import { type ApiAnswer, attributeOf, call, codeOf } from './support.js';

let bench: GraphBench;
beforeEach(async () => {
  bench = await startGraphBench();
});
afterEach(() => bench.close());

describe('what must be unique', () => {
  test('is refused the second time, and may be kept on update', async () => {
    const ids = await bench.graph();
    const again = await bench.api('POST', '/authentications', basic());
    expect([codeOf(again), attributeOf(again)]).toEqual(['400-908', 'name']);
    expect(codeOf(await bench.api('POST', '/clientapplications', application('bridge', 'customer')))).toBe(
      '400-908',
    );
    expect(attributeOf(await bench.api('POST', '/channels', channel()))).toBe('type');
    expect((await bench.api('PUT', `/channels/${ids['channel'] ?? ''}`, channel())).status).toBe(204);
    await bench.create('channels', channel('custom.two'));
    expect(codeOf(await bench.api('PUT', `/channels/${ids['channel'] ?? ''}`, channel('custom.two')))).toBe(
      '400-908',
    );
  });

  test('an address per channel only where the switch says so', async () => {
    const ids = await bench.graph();
    const same = { name: 'again', address: 'acme', channel: { id: ids['channel'] }, chatConfigurations: {} };
    expect(attributeOf(await bench.api('POST', '/accounts', same))).toBe('address');
    bench.simulator.control.setSwitches({ uniqueAddress: false });
    await bench.create('accounts', same);
  });

  test('role names within a client application', async () => {
    const role = (application('x', 'customer')['roles'] as unknown[])[0];
    const answer = await bench.api('POST', '/clientapplications', { name: 'x', roles: [role, role] });
    expect([codeOf(answer), attributeOf(answer)]).toEqual(['400-152', 'roles']);
  });
});

describe('references', () => {
  const nowhere = '3c1a1a52-9f0e-4f0b-8b1c-64d3f2c5d901';

  test('must lead to an object, and to one with the right role', async () => {
    const ids = await bench.graph();
    const wrong = async (kind: string, body: unknown): Promise<string | undefined> => {
      const answer = await bench.api('POST', `/${kind}`, body);
      expect(codeOf(answer)).toBe('400-907');
      return attributeOf(answer);
    };
    expect(
      await wrong('clientapplications', application('x', 'customer', { authentication: { id: nowhere } })),
    ).toBe('roles[0].authentication.id');
    expect(
      await wrong('participants', { name: 'x', type: 'custom_bot', application: { id: ids['agent'] } }),
    ).toBe('application.id');
    const customer = { customerConfiguration: { customer: { id: ids['agent'] } }, agentConfiguration: {} };
    expect(await wrong('orchestrations', { name: 'x', applications: customer })).toBe(
      'applications.customerConfiguration.customer.id',
    );
    expect(
      await wrong('accounts', { name: 'x', address: 'x', channel: { id: nowhere }, chatConfigurations: {} }),
    ).toBe('channel.id');
  });

  test('keep an object from being deleted, in reverse order of creation all of them go', async () => {
    const ids = await bench.graph();
    const path = {
      authentication: 'authentications',
      customer: 'clientapplications',
      participant: 'participants',
      channel: 'channels',
      orchestration: 'orchestrations',
    };
    for (const [name, kind] of Object.entries(path)) {
      const answer = await bench.api('DELETE', `/${kind}/${ids[name] ?? ''}`);
      expect([name, codeOf(answer)]).toEqual([name, '400-909']);
    }
    for (const [kind, name] of [
      ['accounts', 'account'],
      ['orchestrations', 'orchestration'],
      ['channels', 'channel'],
      ['participants', 'participant'],
      ['clientapplications', 'bots'],
      ['clientapplications', 'agent'],
      ['clientapplications', 'customer'],
      ['authentications', 'authentication'],
    ])
      expect((await bench.api('DELETE', `/${kind ?? ''}/${ids[name ?? ''] ?? ''}`)).status).toBe(204);
  });

  test('or not, by switch', async () => {
    const ids = await bench.graph();
    bench.simulator.control.setSwitches({ deleteInUse: 'allow' });
    expect((await bench.api('DELETE', `/channels/${ids['channel'] ?? ''}`)).status).toBe(204);
    expect(bench.simulator.state.resources.route('custom.chat', 'acme')).toBeUndefined();
  });
});

describe('lists', () => {
  const types = (answer: ApiAnswer): string[] =>
    z
      .looseObject({ channel: z.array(z.looseObject({ type: z.string() })) })
      .parse(answer.json)
      .channel.map(({ type }) => type);

  test('come in pages, with the whole count', async () => {
    for (let n = 1; n <= 5; n += 1) await bench.create('channels', channel(`c${n}`));
    const second = await bench.api('GET', '/channels?$pagenum=2&$pagesize=2');
    expect(second.json).toMatchObject({ paginationInfo: { count: 5, pagenum: 2, pagesize: 2 } });
    expect(types(second)).toEqual(['c3', 'c4']);
    expect(types(await bench.api('GET', '/channels?$pagenum=3&$pagesize=2'))).toEqual(['c5']);
    expect(types(await bench.api('GET', '/channels?$pagenum=9&$pagesize=2'))).toEqual([]);
    for (const query of ['$pagenum=0', '$pagenum=x', '$pagesize=76', '$pagesize=-1'])
      expect(codeOf(await bench.api('GET', `/channels?${query}`))).toBe('400-916');
    expect(codeOf(await bench.api('GET', '/channels?sort=type'))).toBe('400-101');
  });

  test('or whole and without paginationInfo, by switch', async () => {
    for (let n = 1; n <= 3; n += 1) await bench.create('channels', channel(`c${n}`));
    bench.simulator.control.setSwitches({ paging: false, defaultPageSize: 1 });
    const all = await bench.api('GET', '/channels');
    expect(types(all)).toHaveLength(3);
    expect(all.json).not.toHaveProperty('paginationInfo');
  });
});

test('secrets are masked in reads, unless switched off', async () => {
  const id = await bench.create('authentications', basic());
  const recipe = {
    tokenRequestUrl: 'https://b.example.com/t',
    method: 'POST',
    payload: 'client_secret=s',
    accessTokenPath: '$.t',
  };
  await bench.create('authentications', { name: 'two', type: 'oauth2', oauth2: recipe });
  const list = await bench.api('GET', '/authentications');
  expect(list.text).not.toMatch(/"secret"|client_secret/);
  bench.simulator.control.setSwitches({ maskSecrets: false });
  expect((await bench.api('GET', `/authentications/${id}`)).json).toMatchObject({
    basicAuth: { username: 'hub', password: 'secret' },
  });
});

test('an authentication must have the part its type names', async () => {
  const answer = await bench.api('POST', '/authentications', { ...basic(), type: 'oauth2' });
  expect([codeOf(answer), attributeOf(answer)]).toEqual(['400-143', 'oauth2']);
  expect(codeOf(await bench.api('POST', '/authentications', { ...basic(), type: 'digest' }))).toBe('400-196');
});

test('an old modified is refused only by switch', async () => {
  const id = await bench.create('channels', channel());
  const old = { ...channel(), modified: '2020-01-01T00:00:00.000Z' };
  expect((await bench.api('PUT', `/channels/${id}`, old)).status).toBe(204);
  bench.simulator.control.setSwitches({ staleModified: 'refuse' });
  const stale = await call('PUT', `${bench.simulator.url}/channels/${id}`, { token: bench.token, body: old });
  expect([stale.status, codeOf(stale)]).toEqual([409, '409-100']);
  const { modified } = z
    .looseObject({ modified: z.string() })
    .parse((await bench.api('GET', `/channels/${id}`)).json);
  expect((await bench.api('PUT', `/channels/${id}`, { ...channel(), modified })).status).toBe(204);
});

test('an icon must be base64 only by switch', async () => {
  const odd = { ...channel(), icon: 'not base64!' };
  await bench.create('channels', odd);
  bench.simulator.control.setSwitches({ iconMustBeBase64: true });
  expect(attributeOf(await bench.api('POST', '/channels', { ...odd, type: 'x' }))).toBe('icon');
});

test('members nobody has described are kept', async () => {
  const id = await bench.create('channels', { ...channel(), somethingNew: { a: 1 } });
  expect((await bench.api('GET', `/channels/${id}`)).json).toMatchObject({ somethingNew: { a: 1 } });
});

test('a fresh tenant has eGain’s own agent and bot applications', async () => {
  expect((await bench.api('GET', '/clientapplications')).json).toMatchObject({
    clientApplication: [{ roles: [{ name: 'egain_agent' }] }, { roles: [{ name: 'egain_bot' }] }],
  });
});
