import { DelayedError, type Job } from 'bullmq';
import type { Gates } from '../src/lanes/gates.js';
import type { Lanes } from '../src/lanes/lanes.js';
import type { BackOff } from '../src/messages/back-off.js';
import type { Tracing } from '../src/operations/tracing/tracing.js';
import type { Deliverer } from './delivery.js';
import type { Endings } from './endings.js';
import { LaneRun, noPlace, readAhead, type LaneInHand, type Next } from './lane-run.js';
import { mayPass } from './passage.js';
import { persist } from './persist.js';
import type { DrainData, Queues } from './queues.js';
import { Place, type Slots } from './slots.js';

export interface DrainSettings {
  /** How long a message may be tried from its acceptance on (I4), in milliseconds. */
  readonly holdMs: (target: string) => number;
  readonly backOff: BackOff;
  /** Messages of one lane in one go before others get a turn. */
  readonly laneBurst: number;
  /** Starts on one head without an outcome before it is taken for poison. */
  readonly poisonStarts: number;
  /** BullMQ's lock; half of it without a word from Redis and the lane is no longer believed to be ours. */
  readonly lockMs: number;
}

export interface DrainParts {
  readonly lanes: Lanes;
  readonly gates: Gates;
  readonly queues: Queues;
  readonly slots: Slots;
  readonly endings: Endings;
  readonly settings: DrainSettings;
  /** Which gate a target goes through, who delivers to it; undefined = not configured here (any more). */
  readonly route: (target: string) => { readonly gate: string; readonly deliverer: Deliverer } | undefined;
  readonly random: () => number;
  /** Monotonic, milliseconds. */
  readonly now: () => number;
  readonly stopping: () => boolean;
  /** Fires when the process cannot wait any longer for what is in hand. */
  readonly leaving: AbortSignal;
  readonly onError: (error: unknown) => void;
  /** A lane cannot be read: the key of this id is missing. */
  readonly onLocked: (target: string, keyId: string) => void;
  /** Absent where nobody wants to see traces. */
  readonly tracing?: Tracing | undefined;
}

/** For how long a place is kept, over any number of short lanes, while others wait for it; milliseconds. */
const turnMs = 100;
/**
 * For how long a job goes on with lanes that wait for room when its own is empty, in milliseconds. Adding and ending a job
 * costs more than several messages, so it is made to last; but now and then lanes are dealt out among the processes anew.
 */
const carryMs = 5000;

/**
 * BullMQ's processor: one job drains one lane, and when that is empty others of the same target that have no job yet, one
 * after the other. The lane that a job is named after is called its own.
 */
export class Drain {
  readonly #parts: DrainParts;
  readonly #lane: LaneRun;

  constructor(parts: DrainParts) {
    this.#parts = parts;
    this.#lane = new LaneRun(parts);
  }

  async process(job: Job<DrainData>, token: string): Promise<void> {
    const next = await this.#run(job, token);
    if (next.kind === 'done') return;
    // Leave to pass a closed gate was given once.
    if (job.data.pass !== undefined) await job.updateData({ t: job.data.t });
    await job.moveToDelayed(Date.now() + Math.max(1, Math.ceil(next.ms)), token);
    throw new DelayedError();
  }

  async #run(job: Job<DrainData>, token: string): Promise<Exclude<Next, { kind: 'next' }>> {
    const { lanes, gates, slots, random, now, stopping, leaving: signal } = this.#parts;
    const id = job.id ?? '';
    const dot = id.lastIndexOf('.');
    const lane = id.slice(0, dot);
    const generation = id.slice(dot + 1);
    const { pass } = job.data;
    let target = job.data.t;
    for (;;) {
      const route = this.#parts.route(target);
      if (route === undefined || !mayPass(gates, target, route.gate, pass)) {
        await lanes.park(lane, generation, token);
        return { kind: 'done' };
      }
      const place = await Place.take(slots, route.gate);
      if (place === undefined) return noPlace(random);
      try {
        if (stopping() || signal.aborted) return { kind: 'later', ms: 1 };
        // Waiting for a place may have taken long; the gate may have closed meanwhile.
        if (!mayPass(gates, target, route.gate, pass)) {
          await lanes.park(lane, generation, token);
          return { kind: 'done' };
        }
        let askedAt = now();
        const taken = await persist(
          () => {
            askedAt = now();
            return lanes.take(lane, generation, token, readAhead);
          },
          { signal, now },
        );
        if (taken.kind === 'stale') return { kind: 'done' };
        if (taken.kind === 'early') return { kind: 'later', ms: taken.waitMs };
        if (taken.target === target)
          return await this.#drain({
            jobId: id,
            lane,
            generation,
            token,
            taken,
            takenAt: askedAt,
            verifiedAt: askedAt,
            pass,
            place,
            ...route,
          });
        target = taken.target;
      } finally {
        place.leave();
      }
    }
  }

  /** One lane after the other, all in the place of the first. */
  async #drain(first: LaneInHand): Promise<Exclude<Next, { kind: 'next' }>> {
    const { lanes, gates, now, random, stopping } = this.#parts;
    const { place } = first;
    const until = now() + carryMs;
    const mayGoOn = (): boolean => first.pass === undefined && !stopping() && now() < until;
    let turnEndsAt = now() + turnMs;
    for (let inHand = first; ;) {
      const next = await this.#lane.drain(inHand, mayGoOn);
      if (next.kind !== 'next') {
        if (next.kind === 'done' || inHand === first) return next;
        return this.#handOver(inHand, next.ms);
      }
      inHand = next.inHand;
      if (now() < turnEndsAt || !place.isAwaited()) continue;
      if (!(await place.giveWay())) return this.#handOver(inHand, noPlace(random).ms);
      if (stopping()) return this.#handOver(inHand, 1);
      if (!mayPass(gates, inHand.taken.target, inHand.gate, undefined)) {
        await lanes.park(inHand.lane, inHand.generation, inHand.token, inHand.jobId);
        return { kind: 'done' };
      }
      turnEndsAt = now() + turnMs;
    }
  }

  /** What cannot go on at once needs a job that waits: this one is not named after the lane. */
  async #handOver(inHand: LaneInHand, ms: number): Promise<{ readonly kind: 'done' }> {
    const { lanes, queues, now, leaving: signal } = this.#parts;
    const { lane, generation, token } = inHand;
    const orders = await persist(() => lanes.handOver(lane, generation, token), { signal, now });
    await queues.add(orders, { delayMs: () => ms });
    return { kind: 'done' };
  }
}
