import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { request } from 'undici';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

const lanes = 20;
const perLane = 5;
const ids = Array.from(
  { length: lanes * perLane },
  (_, index) => `${index % lanes}-${Math.floor(index / lanes)}`,
);

/** A bridge with messages in its lanes that eGain does not take yet. */
async function waiting() {
  const own = await startWorld({
    redis: { appendonly: 'everysec' },
    switches: { deduplicate: true },
    overrides: { delivery: { backoff: { firstMs: 100, factor: 2, maxMs: 500 } } },
  });
  world = own;
  const bridge = await own.startBridge();
  connect(own, bridge);
  own.simulator.control.addFault({ id: 'away', operation: 'sendMessage', kind: 'status', status: 503 });
  for (const id of ids) {
    const [customer = ''] = id.split('-');
    expect((await own.channel.send({ id, customer: { id: `c${customer}` }, text: id })).status).toBe(202);
  }
  return { own, bridge, redis: own.redis.client() };
}

interface Tenant {
  /** Takes what room there is, to the last byte. */
  readonly top: () => Promise<void>;
  readonly free: () => Promise<void>;
}

/** Another tenant fills the Redis up to this share of what it may hold. */
async function fill(redis: Redis, share: number): Promise<Tenant> {
  const used = async (): Promise<number> =>
    Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1] ?? 0);
  const limit = (await used()) + 24 * 2 ** 20;
  await redis.config('SET', 'maxmemory', limit);
  let number = 0;
  const add = async (bytes: number): Promise<boolean> => {
    number += 1;
    return redis.set(`another-tenant:${number}`, Buffer.alloc(bytes)).then(
      () => true,
      () => false,
    );
  };
  const top = async (): Promise<void> => {
    for (let bytes = 2 ** 18; bytes >= 16;) if (!(await add(bytes))) bytes /= 4;
  };
  if (share >= 1) await top();
  else while ((await used()) < limit * share) await add(2 ** 18);
  return {
    top,
    free: async () => {
      await redis.unlink(...(await redis.keys('another-tenant:*')));
    },
  };
}

interface Refused {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

async function callBack(own: World, bridge: BridgeProcess): Promise<Refused> {
  const message = {
    id: 'hub-1',
    type: { value: 'text' },
    content: { text: 'answer' },
    sender: { type: 'egain_agent' },
    conversation: { id: 'unknown' },
  };
  const answer = await request(`${bridge.url}/egain/callback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: own.callbackAuthorization },
    body: JSON.stringify({ messages: { message: [message] } }),
  });
  await answer.body.dump();
  return { status: answer.statusCode, retryAfter: answer.headers['retry-after']?.toString() };
}

const write = (own: World, id: string) => own.channel.send({ id, customer: { id: 'late' }, text: id });

function arrived(own: World): string[] {
  return own.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && record.direction === 'inbound' && !record.duplicate
        ? [record.messageId ?? '']
        : [],
    );
}

function haveArrived(own: World, expected: readonly string[]): boolean {
  const there = new Set(arrived(own));
  return expected.every((id) => there.has(id));
}

function expectAllInOrder(own: World): void {
  for (let lane = 0; lane < lanes; lane += 1) {
    const expected = Array.from({ length: perLane }, (_, number) => `${lane}-${number}`);
    expect(arrived(own).filter((id) => id.startsWith(`${lane}-`))).toEqual(expected);
  }
}

describe('I7: other tenants fill the Redis', () => {
  test('past 80 %: callers are told 503 and when to come again; what waits goes out; intake resumes by itself', async () => {
    const { own, bridge, redis } = await waiting();
    const { free } = await fill(redis, 0.85);
    await eventually(async () => (await write(own, 'one-more')).status === 503);
    const refused = await callBack(own, bridge);
    expect(refused.status).toBe(503);
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);

    own.simulator.control.removeFault('away');
    await eventually(() => haveArrived(own, ids), { timeoutMs: 30_000 });
    expectAllInOrder(own);
    expect((await write(own, 'refused')).status).toBe(503);

    await free();
    await eventually(async () => (await write(own, 'late')).status === 202);
    await eventually(() => arrived(own).includes('late'));
    expect(arrived(own)).not.toContain('refused');
  });

  test('I1: to the last byte: callers are told 503, what was acknowledged goes out in order, each message once', async () => {
    const { own, bridge, redis } = await waiting();
    const acknowledged: string[] = [];
    const statuses = new Set<number>();
    const end = new AbortController();
    const writing = (async () => {
      for (let number = 0; !end.signal.aborted; number += 1) {
        const { status } = await write(own, `late-${number}`);
        statuses.add(status);
        if (status === 202) acknowledged.push(`late-${number}`);
        await sleep(2);
      }
    })();
    const { free, top } = await fill(redis, 1);
    await eventually(() => statuses.has(503));
    await eventually(async () => (await top(), await callBack(own, bridge)).status === 503);

    own.simulator.control.removeFault('away');
    // Whatever room draining makes is taken at once.
    for (let round = 0; round < 30; round += 1) {
      await top();
      await sleep(50);
    }
    await free();
    await eventually(async () => (await write(own, 'after')).status === 202);
    end.abort();
    await writing;
    const everything = [...ids, ...acknowledged, 'after'];
    await eventually(() => haveArrived(own, everything), { timeoutMs: 45_000 });
    expectAllInOrder(own);
    expect([...statuses].sort()).toEqual([202, 503]);
    expect(arrived(own).filter((id) => id.startsWith('late-'))).toEqual(acknowledged);
  });
});
