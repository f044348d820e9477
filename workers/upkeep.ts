import type { RedisClient } from '../src/lanes/connection.js';
import type { Gates } from '../src/lanes/gates.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import type { JobOrder, Lanes } from '../src/lanes/lanes.js';
import { queueName, type Queues } from './queues.js';

export interface UpkeepParts {
  readonly redis: RedisClient;
  readonly keys: Keyspace;
  readonly lanes: Lanes;
  readonly gates: Gates;
  readonly queues: Queues;
  /** This process's name among all workers. */
  readonly instance: string;
  /** All targets of the configuration, with their gate and how long their messages may be tried (ms). */
  readonly targets: ReadonlyMap<string, { readonly gate: string; readonly holdMs: number }>;
  readonly window: number;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
  /** Lanes of a channel that is not configured (any more) are waiting. */
  readonly onStray: (target: string) => void;
}

/** How often gates are looked at and rooms emptied: bounds what a lane waits after its gate opened. */
const tickMs = 250;
/** A promised job not confirmed for this long is added again; with the tick below it is there within 5 s (I1). */
const unjobbedMs = 2000;
const everyTicks = { repair: 4, heartbeat: 8, audit: 20 } as const;
/** After a gate opened again its lanes are spread over this time. */
const rampMs = 1000;

/** What every worker process does beside its jobs, in small bounded steps; any number may do it at once. */
export class Upkeep {
  readonly #parts: UpkeepParts;
  readonly #shut = new Set<string>();
  readonly #cursors = new Map<string, string>();
  #ticks = 0;
  #rounds = 0;
  #well = true;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** Rounds finished so far, failed ones included. */
  get rounds(): number {
    return this.#rounds;
  }

  /** Whether the last round could do all it had to: then Redis is there. */
  get well(): boolean {
    return this.#well;
  }

  /** One round at once, then one every 250 ms. */
  async start(): Promise<void> {
    await this.#tick();
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    const { redis, keys, instance, onError } = this.#parts;
    await Promise.all(keys.tags().map((tag) => redis.zrem(`${tag}:instances`, instance))).catch(onError);
  }

  #plan(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#tick().finally(() => this.#plan());
    }, tickMs);
  }

  async #tick(): Promise<void> {
    const { gates, keys, onError } = this.#parts;
    const tick = this.#ticks;
    this.#ticks += 1;
    try {
      await gates.refresh();
      for (let shard = 0; shard < keys.shards; shard += 1) {
        if (tick % everyTicks.heartbeat === 0) await this.#heartbeat(keys.tag(shard));
        await this.#release(shard);
        if (tick % everyTicks.repair === 0) await this.#repair(shard);
        if (tick % everyTicks.audit === everyTicks.audit - 1) await this.#audit(shard);
      }
      this.#remember();
      this.#well = true;
    } catch (error) {
      this.#well = false;
      onError(error);
    }
    this.#rounds += 1;
  }

  // The number of live workers sets how many lanes of a target may have a job at once.
  async #heartbeat(tag: string): Promise<void> {
    const { redis, instance } = this.#parts;
    // By Redis's clock: the processes' own may differ.
    const [seconds] = await redis.time();
    const now = Number(seconds) * 1000;
    await redis.zadd(`${tag}:instances`, now, instance);
    await redis.zremrangebyscore(`${tag}:instances`, '-inf', now - 15_000);
    const alive = await redis.zcard(`${tag}:instances`);
    await redis.set(`${tag}:workers`, Math.max(1, alive), 'PX', 15_000);
  }

  async #release(shard: number): Promise<void> {
    const { lanes, gates, queues, targets, window, random, onStray } = this.#parts;
    for (const target of await lanes.waitingTargets(shard)) {
      const route = targets.get(target);
      if (route === undefined) {
        onStray(target);
        continue;
      }
      if (gates.state(target).kind === 'paused') continue;
      const state = gates.state(route.gate);
      if (state.kind === 'open') {
        const justOpened = this.#shut.has(route.gate);
        const orders = await lanes.release(shard, target, window);
        await queues.add(orders, justOpened ? { delayMs: () => random() * rampMs } : {});
      } else if (state.kind === 'probing') {
        await this.#probe(shard, target, route.gate);
      } else if (state.kind !== 'paused') {
        await queues.add(await lanes.release(shard, target, window, route.holdMs), { pass: 'overdue' });
      }
    }
  }

  async #probe(shard: number, target: string, gate: string): Promise<void> {
    const { lanes, gates, queues } = this.#parts;
    if (!(await gates.probe(gate))) return;
    await queues.add(await lanes.release(shard, target, 1), { pass: 'probe' });
  }

  async #repair(shard: number): Promise<void> {
    const { lanes, queues } = this.#parts;
    await queues.add(await lanes.unjobbed(shard, unjobbedMs, 500));
  }

  // Belt and braces: a job that was removed from BullMQ by somebody else's hand is given back to its lane. A page of
  // each room per round, so that it costs the same with any number of lanes.
  async #audit(shard: number): Promise<void> {
    const { redis, keys, lanes, queues, targets } = this.#parts;
    const tag = keys.tag(shard);
    const missing: JobOrder[] = [];
    for (const target of targets.keys()) {
      for (const room of [`${tag}:r:${target}`, `${tag}:b:${target}`]) {
        const [cursor, page] = await redis.zscan(room, this.#cursors.get(room) ?? '0', 'COUNT', 50);
        this.#cursors.set(room, cursor);
        for (let i = 0; i < page.length; i += 2) {
          const lane = page[i];
          if (lane === undefined) continue;
          const generation = await redis.hget(`${tag}:s:${lane}`, 'g');
          if (generation === null) continue;
          const jobId = `${lane}.${generation}`;
          if ((await redis.exists(`${tag}:${queueName}:${jobId}`)) === 1) continue;
          // Looked at last: a lane that another lane's job has in hand has no job of its own, and needs none.
          const carried = await lanes.carried(shard);
          if (!carried.some((one) => one.lane === lane)) missing.push({ shard, jobId, target });
        }
      }
    }
    await queues.add(missing);
  }

  #remember(): void {
    const { gates, targets } = this.#parts;
    this.#shut.clear();
    for (const { gate } of targets.values()) if (gates.state(gate).kind !== 'open') this.#shut.add(gate);
  }
}
