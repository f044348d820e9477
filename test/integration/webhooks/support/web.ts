import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { pino } from 'pino';
import { bridgeSchema } from '../../../../config/schema.js';
import { startBridge, type Bridge } from '../../../../src/bridge/start.js';
import { adapters } from '../../../../src/channels/index.js';
import { captureLog, type LogCapture } from '../../../support/log-capture.js';
import { startTestRedis, type TestRedis } from '../../../support/redis.js';
import { bytesOf, openWire, type Answer, type Shape } from './wire.js';

export const channelSecret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
export const oldChannelSecret = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;
export const passwords = ['callback-password-1', 'callback-password-2'] as const;
export const tokenClient = { id: 'egain', secret: 'token-client-secret' } as const;
export const tokenKey = { kid: 'k1', secret: 'signing-secret-of-the-tests-0123456789' } as const;

/** Never to be seen again: neither in an answer, nor in the log, nor in Redis. */
export const marker = 'ZzNeverRepeatThis';

/** A bridge that takes in and does not deliver, so that nothing but requests changes what Redis holds. */
export interface Web {
  readonly port: number;
  readonly managementPort: number;
  readonly redis: TestRedis;
  readonly log: LogCapture;
  /** Sends one request on a connection of its own; from many addresses, as tests that fail often would be throttled. */
  send(shape: Shape, localAddress?: string): Promise<Answer>;
  /** Everything in Redis but the jobs of lanes, which are added after the answer, and how often an address came lately. */
  keys(): Promise<string[]>;
  /** How many requests were refused so far, as `caller code` → number. */
  refused(): Promise<ReadonlyMap<string, number>>;
}

type Tree = Readonly<Record<string, unknown>>;

export interface WebOptions {
  readonly direct: boolean;
  readonly server?: Tree;
  readonly egain?: Tree;
  readonly management?: Tree;
  readonly role?: 'all' | 'web';
  readonly channels?: Tree;
  readonly manifest?: Tree;
}

const basicMethods = passwords.map((password) => ({ type: 'basic', username: 'egain', password }));
const ownTokens = { type: 'bearer', issuer: 'bridge', clients: [tokenClient], keys: [tokenKey] };

function configOf(redis: TestRedis, options: WebOptions) {
  return bridgeSchema(adapters).parse({
    server: {
      host: '0.0.0.0',
      port: 0,
      managementHost: '127.0.0.1',
      managementPort: 0,
      direct: options.direct,
      ...options.server,
    },
    redis: { url: redis.url },
    ...(options.management === undefined ? {} : { management: options.management }),
    egain: {
      apiUrl: 'http://127.0.0.1:9/egain',
      token: {
        url: 'http://127.0.0.1:9/token',
        clientId: 'bridge',
        clientSecret: 'client-secret-of-the-tests',
      },
      callback: { authentication: [...basicMethods, ownTokens] },
      ...options.egain,
    },
    // What is told of a refusal lies in a lane of its own; here it must be seen that the refused message leaves nothing.
    notices: { customer: false },
    channels: options.channels ?? {
      support: {
        adapter: 'webhook',
        url: 'http://127.0.0.1:9/channel',
        secrets: [channelSecret, oldChannelSecret],
        manifest: { type: 'custom.support', displayName: 'Support', ...options.manifest },
        account: { address: 'acme-support' },
      },
    },
  });
}

/** Starts one before the tests of the block and stops it after them. */
export function useWeb(options: WebOptions): () => Web {
  let web: Web | undefined;
  let bridge: Bridge | undefined;
  let redis: TestRedis | undefined;
  beforeAll(async () => {
    redis = await startTestRedis();
    const log = captureLog();
    bridge = await startBridge({
      config: configOf(redis, options),
      role: options.role ?? 'web',
      log: pino({ level: 'trace' }, log.stream),
    });
    web = webOf(bridge, redis, log);
  });
  afterAll(async () => {
    await bridge?.close();
    await redis?.stop();
  });
  return () => {
    if (web === undefined) throw new Error('The bridge runs only while the tests of its block do.');
    return web;
  };
}

function webOf(bridge: Bridge, redis: TestRedis, log: LogCapture): Web {
  const client = redis.client();
  const { port = 0, managementPort } = bridge;
  let sent = 0;
  const send = async (to: number, shape: Shape, localAddress?: string): Promise<Answer> => {
    const wire = await openWire(to, localAddress);
    wire.write(bytesOf(shape));
    const answer = await wire.answer({ head: shape.method === 'HEAD' });
    wire.destroy();
    return answer;
  };
  return {
    port,
    managementPort,
    redis,
    log,
    send: (shape, localAddress) => {
      sent += 1;
      return send(port, shape, localAddress ?? `127.1.0.${1 + (sent % 200)}`);
    },
    keys: async () =>
      (await client.keys('*')).filter((key) => !/:(unjobbed|drain(:.*)?|h:.*)$|:figures\}:/.test(key)).sort(),
    refused: async () => {
      const answer = await fetch(`http://127.0.0.1:${managementPort}/metrics`);
      const lines = (await answer.text()).matchAll(
        /^egain_bridge_refused_total\{caller="(.*)",code="(.*)"\} (\d+)$/gm,
      );
      return new Map([...lines].map(([, caller, code, count]) => [`${caller} ${code}`, Number(count)]));
    },
  };
}

/** Both ways in must behave alike: the tests of a block run on each. */
export const waysIn = [
  { way: 'ahead of Express', direct: true },
  { way: 'through Express', direct: false },
] as const;

export interface SignOptions {
  readonly id?: string;
  /** Seconds from now. */
  readonly shift?: number;
  readonly secret?: string;
}

export type Headers = readonly (readonly [string, string])[];

export const jsonType = ['content-type', 'application/json'] as const;

/** The Standard Webhooks headers for a body, by the book and not by our own code. */
export function signed(body: string | Buffer, options: SignOptions = {}): Headers {
  const { id = 'delivery-1', shift = 0, secret = channelSecret } = options;
  const at = String(Math.floor(Date.now() / 1000) + shift);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const digest = createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest('base64');
  return [jsonType, ['webhook-id', id], ['webhook-timestamp', at], ['webhook-signature', `v1,${digest}`]];
}

export const basic = (password: string, username = 'egain'): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** The callback's own headers. */
export const fromEgain: Headers = [jsonType, ['authorization', basic(passwords[0])]];

export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly caller: 'egain' | 'channel' | 'chat' | 'token' | 'other';
  /** What the message must name. */
  readonly names: RegExp;
}

/** Runs `attempt` and checks everything that every refusal promises. */
export async function expectRefused(
  web: Web,
  attempt: () => Promise<Answer>,
  { status, code, caller, names }: Refused,
): Promise<Answer> {
  const [keys, counts] = await Promise.all([web.keys(), web.refused()]);
  const answer = await attempt();
  expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(`"code":"${code}"`)]);
  const body = JSON.parse(answer.body) as Record<string, unknown>;
  expect(body).toMatchObject({ code, message: expect.stringMatching(names) });
  expectProtected(answer);
  expect(answer.body).not.toContain(marker);
  expect(web.log.text()).not.toContain(marker);
  const label = `${caller} ${code}`;
  expect((await web.refused()).get(label) ?? 0).toBe((counts.get(label) ?? 0) + 1);
  expect(await web.keys()).toEqual(keys);
  return answer;
}

export function expectProtected({ headers }: Answer): void {
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json(; charset=utf-8)?$/),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'strict-transport-security': expect.stringContaining('max-age='),
  });
  expect(headers.has('x-powered-by')).toBe(false);
}
