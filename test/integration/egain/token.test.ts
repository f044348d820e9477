import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { EgainError } from '../../../src/egain/errors.js';
import {
  createTokenSource,
  type TokenEvent,
  type TokenSource,
  type TokenSourceOptions,
} from '../../../src/egain/token/token-source.js';
import { spawnProgram } from '../../support/spawn-process.js';
import { freePort, startRedis, type RunningRedis } from './support/redis-server.js';
import { issued, startTokenEndpoint, type RunningTokenEndpoint } from './support/token-endpoint.js';

const clientSecret = 'a-secret-of-24-characters';
let redis: RunningRedis;
let endpoint: RunningTokenEndpoint;
let sources: TokenSource[];
let events: TokenEvent[];
let run = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  endpoint = await startTokenEndpoint();
  sources = [];
  events = [];
  run += 1;
});
afterEach(async () => {
  for (const source of sources) source.close();
  await endpoint.stop();
});

/** Each call stands for a process of its own: own connection, nothing shared but Redis. */
function source(options: Partial<TokenSourceOptions> = {}): TokenSource {
  const made = createTokenSource({
    redis: redis.connect(),
    keyPrefix: `run-${run}:`,
    url: endpoint.url,
    clientId: 'client-1',
    credentials: { method: 'form', clientSecret },
    scope: 'https://api.egain.cloud/auth/.default',
    timeoutMs: 2000,
    firstWaitMs: 200,
    longestWaitMs: 800,
    observe: (event) => events.push(event),
    ...options,
  });
  sources.push(made);
  return made;
}

async function failure(work: Promise<unknown>): Promise<EgainError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EgainError)) throw new Error('expected an EgainError', { cause: error });
  return error;
}

describe('I8: one token for everybody', () => {
  test('50 cold callers in each of 3 real processes cause one request', async () => {
    endpoint.answer((n) => ({ ...issued(`token-${n}`), delayMs: 300 }));
    const callers = [1, 2, 3].map(() =>
      spawnProgram('token-caller', [String(redis.port), endpoint.url, '50']),
    );
    for (const caller of callers) expect(await caller.exited).toEqual({ code: 0, signal: null });
    expect(callers.map((caller) => caller.stdout())).toEqual(['["token-1"]', '["token-1"]', '["token-1"]']);
    expect(endpoint.calls).toHaveLength(1);
  }, 60_000);

  test('sends the form that eGain documents', async () => {
    await source().get();
    expect(endpoint.calls[0]?.authorization).toBeUndefined();
    expect(Object.fromEntries(endpoint.calls[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'https://api.egain.cloud/auth/.default',
      client_id: 'client-1',
      client_secret: clientSecret,
    });
  });

  test('sends the secret as Basic where the gateway wants that', async () => {
    await source({ credentials: { method: 'basic', clientSecret } }).get();
    expect(endpoint.calls[0]?.authorization).toBe(
      `Basic ${Buffer.from(`client-1:${clientSecret}`).toString('base64')}`,
    );
    expect(endpoint.calls[0]?.form.has('client_secret')).toBe(false);
  });

  test('signs an assertion where the client has a key instead of a secret', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await source({
      credentials: { method: 'private_key_jwt', privateKey: pem, algorithm: 'RS256', keyId: 'k1' },
    }).get();
    const assertion = endpoint.calls[0]?.form.get('client_assertion') ?? '';
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'RS256', kid: 'k1' });
    expect(decodeJwt(assertion)).toMatchObject({ iss: 'client-1', sub: 'client-1', aud: endpoint.url });
  });

  test('a process that starts later takes the shared token', async () => {
    expect(await source().get()).toBe('token-1');
    expect(await source().get()).toBe('token-1');
    expect(endpoint.calls).toHaveLength(1);
  });

  test('another secret never sees the token, and both stay usable side by side', async () => {
    const before = source();
    const after = source({ credentials: { method: 'form', clientSecret: 'the-rotated-secret-of-25!' } });
    expect(await before.get()).toBe('token-1');
    expect(await after.get()).toBe('token-2');
    expect(await before.get()).toBe('token-1');
    expect(endpoint.calls).toHaveLength(2);
  });

  test('nothing in Redis shows the token or the secret, and every key has a life', async () => {
    endpoint.answer(() => issued('visible-token-text'));
    await source().get();
    const client = redis.connect();
    const keys = await client.keys(`run-${run}:*`);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      const value = (await client.get(key)) ?? '';
      expect(`${key} ${value} ${Buffer.from(value, 'base64url').toString('latin1')}`).not.toMatch(
        /visible-token-text|a-secret-of-24/,
      );
      expect(await client.pttl(key)).toBeGreaterThan(0);
    }
  });

  test('content that somebody changed in Redis does not stand in the way', async () => {
    await source().get();
    const client = redis.connect();
    const [key] = (await client.keys(`run-${run}:*`)).filter((name) => name.endsWith(':current'));
    await client.set(key ?? '', 'nonsense', 'PX', 60_000);
    expect(await source().get()).toBe('token-2');
  });
});

describe('I8: ahead of expiry', () => {
  test('is renewed in the background while the old one serves, once for all processes', async () => {
    endpoint.answer((n) => issued(`token-${n}`, { expires_in: 2 }));
    const first = source({ random: () => 0.9 });
    const second = source({ random: () => 0.9 });
    expect([await first.get(), await second.get()]).toEqual(['token-1', 'token-1']);
    endpoint.answer((n) => ({ ...issued(`token-${n}`), delayMs: 100 }));
    await sleep(1500);
    expect([await first.get(), await second.get()]).toEqual(['token-1', 'token-1']);
    await sleep(700);
    expect([await first.get(), await second.get()]).toEqual(['token-2', 'token-2']);
    expect(endpoint.calls).toHaveLength(2);
  });

  test('an expired token is never handed out', async () => {
    endpoint.answer((n) => issued(`token-${n}`, { expires_in: 1 }));
    const only = source();
    expect(await only.get()).toBe('token-1');
    await sleep(1050);
    expect(await only.get()).toBe('token-2');
  });

  test('a failing renewal does not disturb callers while the old token is valid', async () => {
    endpoint.answer((n) => issued(`token-${n}`, { expires_in: 4 }));
    const only = source({ random: () => 0.9 });
    await only.get();
    endpoint.answer(() => ({ status: 503, body: '' }));
    await sleep(2950);
    for (let i = 0; i < 5; i += 1) {
      expect(await only.get()).toBe('token-1');
      await sleep(40);
    }
    expect(endpoint.calls).toHaveLength(2);
    expect(events.filter((event) => event.kind === 'failed')).toHaveLength(1);
  });

  test.each([
    ['missing', {}],
    ['no number', { expires_in: 'soon' }],
    ['zero', { expires_in: 0 }],
  ])('expires_in %s means the configured life', async (_what, extra) => {
    endpoint.answer((n) => issued(`token-${n}`, extra));
    await source({ fallbackLifeMs: 600_000 }).get();
    const client = redis.connect();
    const [key] = (await client.keys(`run-${run}:*`)).filter((name) => name.endsWith(':current'));
    const left = await client.pttl(key ?? '');
    expect(left).toBeGreaterThan(500_000);
    expect(left).toBeLessThanOrEqual(600_000);
  });
});

describe('I8: a failing token endpoint is not hammered', () => {
  test('everybody is told at once when to come back, and the waits grow', async () => {
    endpoint.answer(() => ({ status: 500, body: 'boom' }));
    const first = source();
    const second = source();
    const failed = await failure(first.get());
    expect(failed).toMatchObject({ kind: 'token', status: 500, retryable: true });
    expect(failed.retryAfterMs).toBeGreaterThan(0);
    const told = await Promise.all(
      Array.from({ length: 40 }, (_, n) => failure((n % 2 ? first : second).get())),
    );
    for (const error of told) {
      expect(error.kind).toBe('token');
      expect(error.retryAfterMs).toBeGreaterThan(0);
    }
    expect(endpoint.calls).toHaveLength(1);
    await sleep((failed.retryAfterMs ?? 0) + 30);
    const again = await failure(first.get());
    expect(endpoint.calls).toHaveLength(2);
    expect(again.retryAfterMs).toBeGreaterThan(failed.retryAfterMs ?? Infinity);
  });

  test('goes on by itself once the endpoint is back', async () => {
    const port = await freePort();
    const only = source({ url: `http://127.0.0.1:${port}/token` });
    expect(await failure(only.get())).toMatchObject({ kind: 'token', retryable: true });
    const back = source({ url: endpoint.url });
    expect(await back.get()).toBe('token-1');
    endpoint.answer(() => ({ status: 503, body: '' }));
    const waiting = source({ keyPrefix: 'outage:' });
    const down = await failure(waiting.get());
    endpoint.answer(() => issued('after-the-outage'));
    await sleep((down.retryAfterMs ?? 0) + 30);
    expect(await waiting.get()).toBe('after-the-outage');
  });

  test('waits as long as the endpoint asks for', async () => {
    endpoint.answer(() => ({ status: 429, headers: { 'retry-after': '7' }, body: '{"error":"slow_down"}' }));
    expect((await failure(source().get())).retryAfterMs).toBeGreaterThan(6000);
  });

  test('a slow endpoint is given up after the timeout', async () => {
    endpoint.answer(() => ({ ...issued('late'), delayMs: 900 }));
    const error = await failure(source({ timeoutMs: 300 }).get());
    expect(error).toMatchObject({ kind: 'token', retryable: true });
    expect(error.message).toContain('no answer in time');
  });

  test('a wrong secret is named, with the word of the endpoint', async () => {
    endpoint.answer(() => ({
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="x"' },
      body: '{"error":"invalid_client","error_description":"bad"}',
    }));
    expect(await failure(source().get())).toMatchObject({ kind: 'token', status: 401, retryable: false });
    endpoint.answer(() => ({
      status: 400,
      body: '{"error":"invalid_client","error_description":"bad secret"}',
    }));
    expect(await failure(source({ keyPrefix: 'wrong:' }).get())).toMatchObject({
      status: 400,
      code: 'invalid_client',
      developerMessage: 'bad secret',
    });
  });

  test.each([
    ['no JSON', '<html>login</html>', 'not JSON'],
    ['a cut answer', '{"access_token":"abc', 'not JSON'],
    ['a list', '[]', 'access_token'],
    ['null', 'null', 'not a JSON object'],
    ['no token', '{"token_type":"Bearer"}', 'access_token'],
    ['a token with a line break', '{"access_token":"leaky\\r\\nX: y","token_type":"Bearer"}', 'access_token'],
    ['another token type', '{"access_token":"leaky","token_type":"mac"}', 'token_type'],
    ['an endless answer', `{"access_token":"${'leaky'.repeat(70_000)}"}`, '256 KiB'],
  ])('%s is refused with its reason and without the token', async (_what, body, reason) => {
    endpoint.answer(() => ({ body }));
    const error = await failure(source().get());
    expect(error.kind).toBe('token');
    expect(error.message).toContain(reason);
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain('leaky');
  });

  test('an endpoint that echoes the secret does not get it into our errors', async () => {
    endpoint.answer(() => ({
      status: 400,
      body: JSON.stringify({ error: 'invalid_client', error_description: `no such secret ${clientSecret}` }),
    }));
    const error = await failure(source().get());
    expect(error.developerMessage).toBe('no such secret ***');
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain(clientSecret);
  });

  test('refuses a URL that would show the secret on the network', () => {
    expect(() => source({ url: 'http://login.example.com/token' })).toThrow('https');
    expect(() => source({ url: 'nonsense' })).toThrow('https');
  });
});

describe('I8: 401', () => {
  test('a storm of 401 over several processes renews once', async () => {
    const processes = [source(), source(), source()];
    await Promise.all(processes.map((one) => one.get()));
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const one = processes[n % 3];
        await one?.rejected('token-1');
        expect(await one?.get()).toBe('token-2');
      }),
    );
    expect(endpoint.calls).toHaveLength(2);
  });

  test('a second renewal has to wait for the window', async () => {
    const only = source({ rejectGateMs: 400 });
    await only.get();
    await only.rejected('token-1');
    expect(await only.get()).toBe('token-2');
    await only.rejected('token-2');
    expect(await only.get()).toBe('token-2');
    await sleep(450);
    await only.rejected('token-2');
    expect(await only.get()).toBe('token-3');
  });

  test('a late 401 for a token that was replaced changes nothing', async () => {
    const early = source();
    const late = source();
    await Promise.all([early.get(), late.get()]);
    await early.rejected('token-1');
    await early.get();
    await late.rejected('token-1');
    expect(await late.get()).toBe('token-2');
    await late.rejected('token-1');
    expect(await late.get()).toBe('token-2');
    expect(endpoint.calls).toHaveLength(2);
  });
});

describe('without Redis', () => {
  test('a valid local token goes on; a cold process is told to come back, and nobody asks the endpoint alone', async () => {
    const own = await startRedis();
    const warm = source({ redis: own.connect(), redisTimeoutMs: 300 });
    await warm.get();
    const cold = source({ redis: own.connect(), redisTimeoutMs: 300 });
    await own.stop();
    expect(await warm.get()).toBe('token-1');
    await warm.rejected('token-1');
    expect(await warm.get()).toBe('token-1');
    expect(await failure(cold.get())).toMatchObject({ kind: 'token', retryable: true });
    expect(endpoint.calls).toHaveLength(1);
  });

  test('a closed source says so', async () => {
    const only = source();
    await only.get();
    only.close();
    expect(await failure(only.get())).toMatchObject({ kind: 'token', retryable: false });
  });
});
