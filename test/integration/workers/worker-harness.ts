import { randomUUID } from 'node:crypto';
import { Gates } from '../../../src/lanes/gates.js';
import { Keyspace } from '../../../src/lanes/keyspace.js';
import { Lanes } from '../../../src/lanes/lanes.js';
import { writeEnvelope } from '../../../src/lanes/envelope.js';
import { journeyHead } from '../../../src/lanes/journeys.js';
import type { Deliverer, Delivery, Outcome } from '../../../workers/delivery.js';
import { Drain } from '../../../workers/drain.js';
import { Endings, type DeliveryRecord } from '../../../workers/endings.js';
import { NoticeWindow } from '../../../src/lanes/notice-window.js';
import { Notices } from '../../../workers/notices.js';
import { Pool } from '../../../workers/pool.js';
import { jobLock, Queues } from '../../../workers/queues.js';
import { recoverOwnJobs } from '../../../workers/recovery.js';
import { Slots } from '../../../workers/slots.js';
import { Upkeep } from '../../../workers/upkeep.js';
import type { TestRedis } from '../../support/redis.js';

export interface HarnessOptions {
  readonly deliver: (delivery: Delivery, target: string) => Promise<Outcome> | Outcome;
  readonly targets?: readonly string[];
  readonly concurrency?: number;
  readonly holdMs?: number;
  readonly firstMs?: number;
  readonly laneBurst?: number;
  readonly breaker?: { failures: number; openMs: number; maxOpenMs: number; probeMs: number };
  readonly prefix?: string;
  readonly instance?: string;
  readonly lockMs?: number;
}

/** The real queues, lanes, gates and workers on a real Redis; only what delivers is the test's. */
export async function startWorkers(redis: TestRedis, options: HarnessOptions) {
  const { concurrency = 10, holdMs = 60_000, firstMs = 50, laneBurst = 50, lockMs = 15_000 } = options;
  const prefix = options.prefix ?? `workers-${randomUUID().slice(0, 8)}`;
  const keys = new Keyspace({ prefix, shards: 1, secret: 'test' });
  const client = redis.client();
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const lanes = new Lanes(client, keys, {
    duplicateWindowMs: 60_000,
    journeysMs: 60_000,
    journeysMax: 10_000,
    deadLettersMs: 60_000,
    deadLettersMax: 1000,
    window: concurrency * 2,
    jobLock: { keyOf: jobLock, lifeMs: lockMs },
  });
  const queues = new Queues({ redis: client, keys, lanes, onError });
  const now = (): number => performance.now();
  const gates = new Gates(
    client,
    keys,
    options.breaker ?? { failures: 1000, openMs: 100, maxOpenMs: 200, probeMs: 1000 },
    now,
  );
  const settings = { customer: false, agent: false };
  const window = new NoticeWindow(client, keys, 1000);
  const notices = new Notices({ window, keys, lanes, queues, settings });
  const records: DeliveryRecord[] = [];
  const endings = new Endings({
    lanes,
    notices,
    observer: { delivery: (record) => records.push(record) },
    now,
  });
  const targets = options.targets ?? ['in:a'];
  const routes = new Map(
    targets.map((target) => {
      const deliverer: Deliverer = { deliver: async (delivery) => options.deliver(delivery, target) };
      return [target, { gate: target, deliverer, holdMs }];
    }),
  );
  let stopping = false;
  const drain = new Drain({
    lanes,
    gates,
    queues,
    slots: new Slots(concurrency),
    endings,
    settings: {
      holdMs: () => holdMs,
      backOff: { firstMs, factor: 2, maxMs: 1000 },
      laneBurst,
      poisonStarts: 3,
      lockMs,
    },
    route: (target) => routes.get(target),
    random: Math.random,
    now,
    stopping: () => stopping,
    leaving: new AbortController().signal,
    onError,
    onLocked: () => undefined,
  });
  const instance = options.instance ?? randomUUID();
  const pool = new Pool({
    redis: redis.client(),
    keys,
    drain,
    settings: {
      concurrency: concurrency * 2 * (targets.length + 1),
      workerName: instance,
      lockMs,
      stalledIntervalMs: 1000,
    },
    onError,
  });
  const upkeep = new Upkeep({
    redis: client,
    keys,
    lanes,
    gates,
    queues,
    instance,
    targets: routes,
    window: concurrency * 2,
    random: Math.random,
    onError,
    onStray: () => undefined,
  });
  await upkeep.start();
  const recovered = await recoverOwnJobs(client, keys, queues, instance);
  pool.start(onError);

  const inbound = (lane: string, id: string, target = targets[0] ?? '') => ({
    lane,
    target,
    mark: id,
    journey: { id, head: journeyHead('in', 'a') },
    payload: writeEnvelope({
      kind: 'inbound',
      channel: 'a',
      message: { id, type: 'text', customer: { id: lane }, text: id },
    }),
  });
  return {
    keys,
    client,
    lanes,
    queues,
    gates,
    records,
    errors,
    recovered,
    /** Accepts `count` numbered messages for a lane and adds the jobs. */
    async accept(lane: string, ids: readonly string[], target?: string): Promise<void> {
      const { orders } = await lanes.accept(ids.map((id) => inbound(lane, id, target)));
      await queues.add(orders);
    },
    inbound,
    async stop(): Promise<void> {
      stopping = true;
      await upkeep.stop();
      await pool.close();
      await queues.close();
    },
  };
}

/** The id of the message that a delivery is about. */
export function idOf(delivery: Delivery): string {
  return delivery.envelope.kind === 'inbound' ? delivery.envelope.message.id : '';
}

export const delivered: Outcome = { kind: 'delivered' };
