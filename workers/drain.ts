import { DelayedError, type Job } from 'bullmq';
import type { LaneElement } from '../src/lanes/element.js';
import { readEnvelope, type Envelope } from '../src/lanes/envelope.js';
import type { Gates } from '../src/lanes/gates.js';
import type { Holding, Lanes, Taken } from '../src/lanes/lanes.js';
import type { BackOff } from '../src/messages/back-off.js';
import { afterFailure } from './after-failure.js';
import type { Deliverer, Delivery, GateWord, Outcome } from './delivery.js';
import type { Endings } from './endings.js';
import { persist } from './persist.js';
import type { DrainData, Queues } from './queues.js';
import type { Slots } from './slots.js';

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
}

/** Messages read ahead in one round trip. */
const readAhead = 10;

type Run = Extract<Taken, { kind: 'taken' }>;

/** What becomes of the job when its processor returns. */
type Next =
  | { readonly kind: 'done' }
  /** The same job again after this time. */
  | { readonly kind: 'later'; readonly ms: number };

const done: Next = { kind: 'done' };

/** BullMQ's processor: one job drains one lane. */
export class Drain {
  readonly #parts: DrainParts;

  constructor(parts: DrainParts) {
    this.#parts = parts;
  }

  async process(job: Job<DrainData>, token: string): Promise<void> {
    const next = await this.#run(job, token, this.#parts.leaving);
    if (next.kind === 'done') return;
    // Leave to pass a closed gate was given once.
    if (job.data.pass !== undefined) await job.updateData({ t: job.data.t });
    await job.moveToDelayed(Date.now() + Math.max(1, Math.ceil(next.ms)), token);
    throw new DelayedError();
  }

  async #run(job: Job<DrainData>, token: string, signal: AbortSignal): Promise<Next> {
    const { lanes, slots, random, now, stopping } = this.#parts;
    const id = job.id ?? '';
    const dot = id.lastIndexOf('.');
    const lane = id.slice(0, dot);
    const generation = id.slice(dot + 1);
    let target = job.data.t;
    for (;;) {
      const route = this.#parts.route(target);
      if (route === undefined || !this.#mayPass(target, route.gate, job.data.pass)) {
        await lanes.park(lane, generation, token);
        return done;
      }
      const release = await slots.acquire(route.gate);
      if (release === undefined) return { kind: 'later', ms: 20 + 60 * random() };
      try {
        if (stopping() || signal.aborted) return { kind: 'later', ms: 1 };
        // Waiting for a place may have taken long; the gate may have closed meanwhile.
        if (!this.#mayPass(target, route.gate, job.data.pass)) {
          await lanes.park(lane, generation, token);
          return done;
        }
        let askedAt = now();
        const taken = await persist(
          () => {
            askedAt = now();
            return lanes.take(lane, generation, token, readAhead);
          },
          { signal, now },
        );
        if (taken.kind === 'stale') return done;
        if (taken.kind === 'early') return { kind: 'later', ms: taken.waitMs };
        if (taken.target === target)
          return await this.#drain({
            lane,
            generation,
            token,
            signal,
            job,
            taken,
            takenAt: askedAt,
            ...route,
          });
        target = taken.target;
      } finally {
        release();
      }
    }
  }

  #mayPass(target: string, gate: string, pass: DrainData['pass']): boolean {
    const { gates } = this.#parts;
    if (gates.state(target).kind === 'paused' || gates.state(gate).kind === 'paused') return false;
    return pass !== undefined || gates.state(gate).kind === 'open';
  }

  async #drain(run: {
    readonly lane: string;
    readonly generation: string;
    readonly token: string;
    readonly signal: AbortSignal;
    readonly job: Job<DrainData>;
    readonly taken: Run;
    /** When Redis was asked for it: a process may be frozen before it reads the answer. */
    readonly takenAt: number;
    readonly gate: string;
    readonly deliverer: Deliverer;
  }): Promise<Next> {
    const { lanes, queues, endings, settings, now, random, stopping, onError } = this.#parts;
    const { lane, token, signal, taken, gate } = run;
    let elements = [...taken.elements];
    let { finished, mapping, attempts, plan, starts } = taken;
    let verifiedAt = run.takenAt;
    const redisAhead = taken.now - verifiedAt;
    const redisNow = (): number => now() + redisAhead;
    const brokenOff = (): boolean => signal.aborted;

    for (let sent = 0; ; sent += 1) {
      const element = elements.shift();
      if (element === undefined) return { kind: 'later', ms: 1 };
      // A process that was frozen finds out here, before it writes to anybody (fence).
      if (signal.aborted || now() - verifiedAt > settings.lockMs / 2) return { kind: 'later', ms: 1 };
      const holding: Holding = { lane, owner: token, finished };
      const ending = {
        holding,
        element,
        attempts: attempts + 1,
        target: taken.target,
        now: redisNow,
        signal,
      };
      const envelope = readEnvelope(element.payload);
      // An overdue head may pass a closed gate, the ones behind it may not.
      if (run.job.data.pass === 'overdue' && !this.#overdue(element, taken.target, redisNow())) {
        if (!this.#mayPass(taken.target, gate, undefined)) {
          await lanes.park(lane, run.generation, token);
          return done;
        }
      }
      const outcome: Outcome =
        envelope === undefined
          ? { kind: 'dead', reason: 'unreadable', detail: 'what lies in the lane is not an envelope' }
          : starts > settings.poisonStarts
            ? { kind: 'dead', reason: 'poison', detail: `${starts - 1} starts ended without an outcome` }
            : await run.deliverer.deliver(
                this.#delivery({ element, envelope, holding, attempts, mapping, plan, signal, redisNow }),
              );

      if (outcome.kind === 'fenced') return { kind: 'later', ms: 100 };
      if (outcome.kind === 'again' && brokenOff()) {
        // Broken off because this process leaves: nobody's failure, and whoever comes next need not wait.
        const back = { delayMs: 0, countsAsAttempt: false, error: 'broken off', release: false };
        await persist(() => lanes.hold(holding, back), { signal, now });
        return { kind: 'later', ms: 1 };
      }
      // What the far end did is done: that the gate could not be told must not keep it from being written down.
      await this.#tellGate(gate, outcome).catch(onError);
      if (outcome.kind === 'again' || outcome.kind === 'wait') {
        const holdMs = settings.holdMs(taken.target);
        const head = { element, attempts, holdMs, now: redisNow() };
        const verdict = afterFailure(outcome, head, settings.backOff, random);
        if (verdict.kind === 'hold') {
          const release = this.#mayRelease(gate);
          const held = await persist(() => lanes.hold(holding, { ...verdict, release }), { signal, now });
          if (held.kind === 'held') {
            await queues.add(held.orders);
            endings.held(envelope, ending, mapping, verdict.error);
          }
          return { kind: 'later', ms: verdict.delayMs };
        }
        const ended = await endings.end(envelope, ending, verdict.outcome, {
          mapping,
          release: this.#mayRelease(gate),
          most: 0,
        });
        if (ended.kind !== 'more') return this.#lastWord(ended);
        return { kind: 'later', ms: 1 };
      }

      const most = elements.length === 0 ? readAhead : 0;
      const writtenAt = now();
      const ended = await endings.end(envelope, ending, outcome, {
        mapping,
        release: this.#mayRelease(gate),
        most,
      });
      if (ended.kind !== 'more') return this.#lastWord(ended);
      verifiedAt = writtenAt;
      finished += 1;
      attempts = 0;
      starts = 1;
      plan = '';
      if ('mapping' in outcome) mapping = outcome.mapping;
      if (most > 0) elements = [...ended.elements];
      if (stopping() || sent + 1 >= settings.laneBurst) return { kind: 'later', ms: 1 };
      if (!this.#mayPass(taken.target, gate, undefined)) {
        await lanes.park(lane, run.generation, token);
        return done;
      }
    }
  }

  #delivery(input: {
    readonly element: LaneElement;
    readonly envelope: Envelope;
    readonly holding: Holding;
    readonly attempts: number;
    readonly mapping: string;
    readonly plan: string;
    readonly signal: AbortSignal;
    readonly redisNow: () => number;
  }): Delivery {
    const { element, envelope, holding, attempts, mapping, plan, signal, redisNow } = input;
    return {
      envelope,
      holding,
      attempts,
      mapping,
      plan: plan === '' ? (element.revived?.plan ?? '') : plan,
      acceptedAt: element.acceptedAt,
      originalTime: element.revived?.late === true ? element.revived.originalAcceptedAt : undefined,
      signal,
      now: redisNow,
    };
  }

  #overdue(element: LaneElement, target: string, now: number): boolean {
    return now - element.acceptedAt >= this.#parts.settings.holdMs(target);
  }

  async #tellGate(gate: string, outcome: Outcome): Promise<void> {
    const { gates } = this.#parts;
    const word: GateWord | undefined =
      outcome.kind === 'delivered' ? { kind: 'well' } : 'gate' in outcome ? outcome.gate : undefined;
    if (word === undefined) return;
    if (word.kind === 'well') await gates.succeeded(gate);
    else if (word.kind === 'failed') await gates.failed(gate, word.atOnce);
    else await gates.throttled(gate, word.forMs);
  }

  #mayRelease(gate: string): boolean {
    return this.#parts.gates.state(gate).kind === 'open' && !this.#parts.stopping();
  }

  async #lastWord(ended: Exclude<Awaited<ReturnType<Endings['end']>>, { kind: 'more' }>): Promise<Next> {
    if (ended.kind !== 'empty') return { kind: 'later', ms: 100 };
    await this.#parts.queues.add(ended.orders);
    return done;
  }
}
