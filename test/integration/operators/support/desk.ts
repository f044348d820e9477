import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { MemoryWatch } from '../../../../src/lanes/memory.js';
import type { DriftRecord } from '../../../../src/operators/drift-record.js';
import { Arrivals } from '../../../../webhooks/arrivals.js';
import { FailureThrottle } from '../../../../webhooks/caller.js';
import { createManagementApp } from '../../../../webhooks/management-app.js';
import { createOperatorsApp, questions } from '../../../../webhooks/management/operators-app.js';
import type { Bench } from '../../cli/support/bench.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Checked against the description of the API. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Desk {
  readonly url: string;
  /** What was written down of operators' acts. */
  readonly audited: Readonly<Record<string, unknown>>[];
  drift: () => Promise<DriftRecord>;
  /** Any path, as this operator; no check. */
  fetch(path: string, init?: RequestInit, operator?: string): Promise<Response>;
  get(path: string, operator?: string): Promise<Answer>;
  post(path: string, body: unknown, operator?: string): Promise<Answer>;
}

/** May do everything, may only look, may look and change. */
export const passwords = {
  chief: 'password-of-the-chief',
  guest: 'password-of-a-guest-1',
  dana: 'password-of-dana-1234',
} as const;

const documentSchema = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ responses: z.record(z.string(), z.unknown()) })),
  ),
});

/** A management port in front of a bench. */
export function useDesk(bench: () => Bench): () => Desk {
  let desk: Desk | undefined;
  let server: Server | undefined;
  beforeAll(async () => {
    const { core } = bench();
    const audited: Record<string, unknown>[] = [];
    const memory = new MemoryWatch(core.redis, undefined, () => undefined);
    const operators = createOperatorsApp({
      access: core,
      channels: { support: { adapter: 'webhook' }, sales: { adapter: 'webhook' } },
      declared: true,
      sources: {
        redis: core.redis,
        keys: core.keys,
        channels: ['support', 'sales'],
        token: () => Promise.resolve({ token: { ageMs: 60_000, leftMs: 3_540_000 } }),
        memory: async () => {
          await memory.look();
          return memory.usage;
        },
      },
      checkDrift: () => made.drift(),
      audit: (line) => audited.push(line),
      now: Date.now,
      version: '1.2.3',
      queues: [core.queues.shard(0)],
      arrivals: new Arrivals(1024 * 1024),
      redisIsThere: () => core.redis.status === 'ready',
      onError: () => undefined,
    });
    const app = createManagementApp({
      health: { live: () => true, ready: () => Promise.resolve({}) },
      registry: new Registry(),
      settings: {
        auth: {
          users: [
            { username: 'chief', passwords: [passwords.chief], permissions: ['change', 'texts'] },
            { username: 'guest', passwords: [passwords.guest], permissions: [] },
            { username: 'dana', passwords: [passwords.dana], permissions: ['change'] },
          ],
          tokens: [],
        },
        allowedHosts: [],
        trustProxy: 0,
      },
      throttle: new FailureThrottle({ failures: 100, windowSeconds: 60 }, () => performance.now()),
      observer: { refused: () => undefined },
      operators,
      questions,
    });
    server = createServer(app);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask: Desk['fetch'] = (path, init = {}, operator = 'chief') => {
      const password = new Map<string, string>(Object.entries(passwords)).get(operator) ?? 'wrong-password-1';
      const authorization = `Basic ${Buffer.from(`${operator}:${password}`).toString('base64')}`;
      return fetch(`${url}${path}`, {
        ...init,
        headers: { authorization, ...Object.fromEntries(new Headers(init.headers)) },
      });
    };
    const check = contract(await (await ask('/openapi.json')).json());
    const checked = async (path: string, init: RequestInit, operator?: string): Promise<Answer> => {
      const response = await ask(path, init, operator);
      const text = await response.text();
      const body = JSON.parse(text) as Record<string, unknown>;
      expect(check(init.method ?? 'GET', path, response.status, body)).toEqual([]);
      return { status: response.status, headers: response.headers, text, body };
    };
    const made: Desk = {
      url,
      audited,
      drift: () => Promise.reject(new Error('eGain is away')),
      fetch: ask,
      get: (path, operator) => checked(path, {}, operator),
      post: (path, body, operator) =>
        checked(
          path,
          {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: typeof body === 'string' ? body : JSON.stringify(body),
          },
          operator,
        ),
    };
    desk = made;
  });
  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });
  return () => {
    if (desk === undefined) throw new Error('The desk is there only while the tests of the file run.');
    return desk;
  };
}

/** What is wrong with an answer, by the description that the server gives of itself. */
function contract(description: unknown) {
  const document = documentSchema.parse(description);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'api' });
  const paths = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  }));
  return (method: string, url: string, status: number, body: unknown): string[] => {
    const called = url.replace(/\?.*/s, '');
    // `/dead-letters/retry` fits `/dead-letters/{id}` too.
    const path = paths
      .filter(({ pattern }) => pattern.test(called))
      .sort((one, other) => one.path.split('{').length - other.path.split('{').length)[0]?.path;
    if (path === undefined) return [`${called} is not described`];
    const verb = method.toLowerCase();
    if (document.paths[path]?.[verb]?.responses[String(status)] === undefined)
      return [`${verb} ${path} is not described to answer ${status}: ${JSON.stringify(body)}`];
    const pointer = [
      'paths',
      path.replaceAll('/', '~1'),
      verb,
      `responses/${status}/content/application~1json/schema`,
    ].join('/');
    const validate = ajv.getSchema(`api#/${pointer}`);
    if (validate === undefined) return [`no schema at ${pointer}`];
    if (validate(body) === true) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${path} ${instancePath} ${message ?? ''}`,
    );
  };
}
