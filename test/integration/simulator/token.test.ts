import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiAnswer, type Bench, call, client, codeOf, scopes, startBench, starting } from './support.js';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const form = {
  grant_type: 'client_credentials',
  scope: 'https://api.egain.cloud/auth/.default',
  client_id: client.id,
  client_secret: client.secret,
};

function ask(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<ApiAnswer> {
  return call('POST', bench.simulator.tokenUrl, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    raw: new URLSearchParams(fields).toString(),
  });
}

function without(name: keyof typeof form): Record<string, string> {
  return Object.fromEntries(Object.entries(form).filter(([key]) => key !== name));
}

describe('the token endpoint', () => {
  test('gives a Bearer token for credentials in the form, not to be stored by anybody', async () => {
    const answer = await ask(form);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 });
  });

  test('gives one for credentials in a Basic header', async () => {
    const basic = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
    const answer = await ask(
      { grant_type: 'client_credentials', scope: form.scope },
      { authorization: basic },
    );
    expect(answer.status).toBe(200);
  });

  test('also listens at the path of self-service tenants', async () => {
    const answer = await call('POST', `${bench.simulator.origin}/system/auth/ACME-U/oauth2/token`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      raw: new URLSearchParams(form).toString(),
    });
    expect(answer.status).toBe(200);
  });

  test.each([
    ['a wrong secret', { ...form, client_secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown client', { ...form, client_id: 'nobody' }, 401, 'invalid_client'],
    ['no secret', without('client_secret'), 401, 'invalid_client'],
    ['another grant', { ...form, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no grant', without('grant_type'), 400, 'invalid_request'],
    ['no scope', without('scope'), 400, 'invalid_request'],
    ['a scope never granted', { ...form, scope: 'app.core.casemgr.manage' }, 400, 'invalid_scope'],
  ])('refuses %s as RFC 6749 says', async (_name, fields, status, error) => {
    const answer = await ask(fields);
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({ error, error_description: expect.any(String) });
  });

  test('refuses a JSON body', async () => {
    const answer = await call('POST', bench.simulator.tokenUrl, { body: form });
    expect([answer.status, answer.json]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_request' }),
    ]);
  });

  test('issues JWTs whose roles are the granted scopes, or opaque tokens by switch', async () => {
    const read = (answer: ApiAnswer): string => String(Reflect.get(Object(answer.json), 'access_token'));
    const jwt = read(await ask({ ...form, scope: `https://api.egain.cloud/auth/${scopes.read}` }));
    const claims: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ azp: client.id, roles: [scopes.read] });
    bench.simulator.control.setSwitches({ tokenFormat: 'opaque' });
    expect(read(await ask(form))).not.toContain('.');
  });

  test('counts and records every request, without the secret', async () => {
    await ask(form);
    await ask({ ...form, client_secret: 'a-wrong-secret' });
    const records = bench.simulator
      .records()
      .filter((r) => r.kind === 'request' && r.operation === 'requestToken');
    expect(records.map((r) => r.kind === 'request' && [r.status, r.processed])).toEqual([
      [200, true],
      [200, true],
      [401, false],
    ]);
    expect(bench.simulator.state.tokens.issued).toBe(2);
    expect(JSON.stringify(bench.simulator.records())).not.toContain(client.secret);
  });
});

describe('a token', () => {
  const send = (token: string | undefined): Promise<ApiAnswer> =>
    call('POST', `${bench.simulator.url}/conversations/messages`, {
      ...(token === undefined ? {} : { token }),
      body: { messages: { message: [starting('m-1', 'hello')] } },
    });
  const scoped = async (scope: string): Promise<string> =>
    String(Reflect.get(Object((await ask({ ...form, scope })).json), 'access_token'));

  test('is needed: 401-104 without one, with a wrong one, with an expired one, with a withdrawn one', async () => {
    expect(codeOf(await send(undefined))).toBe('401-104');
    expect(codeOf(await send('made-up'))).toBe('401-104');
    expect((await send(bench.token)).status).toBe(202);
    bench.simulator.control.withdrawTokens();
    expect(codeOf(await send(bench.token))).toBe('401-104');
    const fresh = await scoped(form.scope);
    bench.simulator.control.advanceClock(3600_001);
    expect(codeOf(await send(fresh))).toBe('401-104');
  });

  test('must carry the scope of the operation, else 403-197', async () => {
    expect(codeOf(await send(await scoped(scopes.manage)))).toBe('403-197');
    expect((await send(await scoped(`${scopes.manage} ${scopes.interact}`))).status).toBe(202);
  });
});
