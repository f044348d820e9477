import type { LaneElement } from '../src/lanes/element.js';
import { messageIdOf, readEnvelope, type Envelope } from '../src/lanes/envelope.js';
import { attemptCode } from '../src/lanes/journeys.js';
import type { Finished, Holding, TakenLane } from '../src/lanes/lanes.js';
import type { AttemptTrace } from '../src/operations/tracing/tracing.js';
import { afterFailure } from './after-failure.js';
import type { Deliverer, GateWord, Outcome } from './delivery.js';
import type { DrainParts } from './drain.js';
import { conversationIdOf, type Ending } from './endings.js';
import { mayPass } from './passage.js';
import { persist } from './persist.js';
import type { DrainData } from './queues.js';
import type { Place } from './slots.js';

/** Messages read ahead in one round trip. */
export const readAhead = 10;

/** A lane and the job that has it in hand. */
export interface LaneInHand {
  readonly jobId: string;
  readonly token: string;
  readonly lane: string;
  readonly generation: string;
  readonly taken: TakenLane;
  /** When Redis was asked for it: a process may be frozen before it reads the answer. */
  readonly takenAt: number;
  /** When Redis was last asked whether the job is still in hand; its lock was renewed then. */
  readonly verifiedAt: number;
  readonly pass: DrainData['pass'];
  readonly gate: string;
  readonly place: Place;
  readonly deliverer: Deliverer;
}

/** What becomes of the job after one lane. */
export type Next =
  | { readonly kind: 'done' }
  /** The same lane again after this time. */
  | { readonly kind: 'later'; readonly ms: number }
  /** The lane is empty, another one is in hand. */
  | { readonly kind: 'next'; readonly inHand: LaneInHand };

const done: Next = { kind: 'done' };
const again: Next = { kind: 'later', ms: 1 };

/** Idle times are minutes and have a margin: prolonging one again within seconds would only cost. */
const prolongEveryMs = 5000;

/** Between two looks for the key that a lane's texts were sealed with, in milliseconds. */
const [shortestLockedMs, longestLockedMs] = [1000, 60_000];

/** Delivers what lies in one lane, head by head, until it is empty or cannot go on. */
export class LaneRun {
  readonly #parts: DrainParts;

  constructor(parts: DrainParts) {
    this.#parts = parts;
  }

  /** `mayGoOn`: whether the job may take another lane when this one is empty. */
  async drain(inHand: LaneInHand, mayGoOn: () => boolean): Promise<Next> {
    const { gates, settings, random, now, stopping, leaving: signal, onError } = this.#parts;
    const { lane, token, taken, gate, place, deliverer, pass } = inHand;
    let elements: readonly LaneElement[] = taken.elements;
    let at = 0;
    let { finished, mapping, attempts, plan, starts, offers } = taken;
    let info: string | undefined = taken.info;
    let { verifiedAt } = inHand;
    let prolongedAt = -Infinity;
    const redisAhead = taken.now - inHand.takenAt;
    const redisNow = (): number => now() + redisAhead;
    const brokenOff = (): boolean => signal.aborted;

    for (let sent = 0; ; sent += 1) {
      const element = elements[at];
      if (element === undefined) return again;
      at += 1;
      // A process that was frozen, or a lane that waited long for a place, finds out here, before it writes to anybody (fence).
      if (signal.aborted || now() - verifiedAt > settings.lockMs / 2) return again;
      const holding: Holding = { lane, owner: token, finished };
      const ending: Ending = {
        holding,
        element,
        attempts: attempts + 1,
        target: taken.target,
        now: redisNow,
        signal,
      };
      const envelope = readEnvelope(element.payload);
      // An overdue head may pass a closed gate, the ones behind it may not.
      if (pass === 'overdue' && redisNow() - element.acceptedAt < settings.holdMs(taken.target)) {
        if (!mayPass(gates, taken.target, gate, undefined)) return this.#park(inHand);
      }
      const trace = this.#trace(envelope, ending, mapping, sent === 0 && taken.lastError !== '');
      const attempt = (whole: Envelope): Promise<Outcome> =>
        deliverer.deliver({
          envelope: whole,
          holding,
          attempts,
          mapping,
          pendingInfo: info,
          offers,
          plan: plan === '' ? (element.revived?.plan ?? '') : plan,
          acceptedAt: element.acceptedAt,
          originalTime: element.revived?.late === true ? element.revived.originalAcceptedAt : undefined,
          signal,
          now: redisNow,
        });
      const lockedBy = element.lockedBy ?? (sent === 0 ? taken.lockedBy : undefined);
      const outcome: Outcome =
        lockedBy !== undefined
          ? this.#locked(taken.target, lockedBy, redisNow() - element.acceptedAt)
          : envelope === undefined
            ? { kind: 'dead', reason: 'unreadable', detail: 'what lies in the lane is not an envelope' }
            : starts > settings.poisonStarts
              ? { kind: 'dead', reason: 'poison', detail: `${starts - 1} starts ended without an outcome` }
              : await (trace === undefined ? attempt(envelope) : trace.run(() => attempt(envelope)));

      if (outcome.kind === 'fenced') {
        trace?.end('fenced');
        return { kind: 'later', ms: 100 };
      }
      if (outcome.kind === 'again' && brokenOff()) {
        trace?.end('broken-off');
        return this.#brokenOff(holding);
      }
      // What the far end did is done: that the gate could not be told must not keep it from being written down.
      const word = wordOf(outcome);
      if (word !== undefined && !this.#isNoNews(gate, word)) await this.#tellGate(gate, word).catch(onError);
      if (outcome.kind === 'again' || outcome.kind === 'wait') {
        return this.#afterFailure(outcome, { inHand, envelope, ending, mapping, attempts, trace });
      }
      trace?.end(outcome.kind, 'reason' in outcome ? outcome.reason : undefined);

      const most = at === elements.length ? readAhead : 0;
      const writtenAt = now();
      const prolong = writtenAt - prolongedAt >= prolongEveryMs;
      if (prolong) prolongedAt = writtenAt;
      const renew = writtenAt - verifiedAt >= settings.lockMs / 4;
      const ended = await this.#parts.endings.end(envelope, ending, outcome, {
        mapping,
        release: this.#mayRelease(gate),
        carrier: mayGoOn() && mayPass(gates, taken.target, gate, undefined) ? inHand.jobId : undefined,
        renew: renew ? inHand.jobId : undefined,
        prolong,
        most,
      });
      if (renew) verifiedAt = writtenAt;
      if (ended.kind === 'next') return this.#next({ ...inHand, verifiedAt }, ended, writtenAt);
      if (ended.kind !== 'more') return this.#lastWord(ended);
      if (ended.orders.length > 0) await this.#parts.queues.add(ended.orders);
      finished += 1;
      attempts = 0;
      starts = 1;
      plan = '';
      info = undefined;
      if ('mapping' in outcome) {
        mapping = outcome.mapping;
        prolongedAt = -Infinity;
      }
      if (most > 0) {
        ({ elements, offers } = ended);
        at = 0;
      }
      if ((sent + 1) % settings.laneBurst === 0 && place.isAwaited() && !(await place.giveWay()))
        return noPlace(random);
      if (stopping()) return again;
      if (!mayPass(gates, taken.target, gate, undefined)) return this.#park(inHand);
    }
  }

  async #afterFailure(
    outcome: Extract<Outcome, { kind: 'again' | 'wait' }>,
    head: {
      readonly inHand: LaneInHand;
      readonly envelope: Envelope | undefined;
      readonly ending: Ending;
      readonly mapping: string;
      readonly attempts: number;
      readonly trace: AttemptTrace | undefined;
    },
  ): Promise<Next> {
    const { lanes, queues, endings, settings, random, now, leaving: signal } = this.#parts;
    const { inHand, envelope, ending, mapping, attempts, trace } = head;
    const { element, holding } = ending;
    const holdMs = settings.holdMs(inHand.taken.target);
    const verdict = afterFailure(
      outcome,
      { element, attempts, holdMs, now: ending.now() },
      settings.backOff,
      random,
    );
    const release = this.#mayRelease(inHand.gate);
    if (verdict.kind === 'hold') trace?.end('held', verdict.error);
    else trace?.end(verdict.outcome.kind, verdict.outcome.reason);
    if (verdict.kind === 'hold') {
      const held = await persist(
        () => lanes.hold(holding, { ...verdict, code: attemptCode(verdict.error), release }),
        { signal, now },
      );
      if (held.kind === 'held') {
        await queues.add(held.orders);
        endings.held(envelope, ending, mapping, verdict.error);
      }
      return { kind: 'later', ms: verdict.delayMs };
    }
    const ended = await endings.end(envelope, ending, verdict.outcome, {
      mapping,
      release,
      prolong: false,
      most: 0,
    });
    return ended.kind === 'empty' ? this.#lastWord(ended) : ended.kind === 'more' ? again : fencedOut;
  }

  /** Nothing where there is no tracing, and nothing for a message that was taken in without it. */
  #trace(
    envelope: Envelope | undefined,
    { holding, element, attempts, target, now }: Ending,
    mapping: string,
    again: boolean,
  ): AttemptTrace | undefined {
    if (envelope?.trace === undefined) return undefined;
    return this.#parts.tracing?.attempt({
      traceparent: envelope.trace,
      target,
      lane: holding.lane,
      messageId: messageIdOf(envelope),
      conversationId: conversationIdOf(envelope, mapping),
      attempt: attempts,
      waited: again ? undefined : { from: element.acceptedAt, to: now() },
    });
  }

  /** Without its key nothing of the lane can go out; with it, everything. It is looked at less and less often. */
  #locked(target: string, lockedBy: string, ageMs: number): Outcome {
    this.#parts.onLocked(target, lockedBy);
    const afterMs = Math.min(longestLockedMs, Math.max(shortestLockedMs, ageMs));
    return { kind: 'wait', reason: 'key-missing', afterMs, untilMs: Infinity };
  }

  /** Broken off because this process leaves: nobody's failure, and whoever comes next need not wait. */
  async #brokenOff(holding: Holding): Promise<Next> {
    const { lanes, now, leaving: signal } = this.#parts;
    const back = { delayMs: 0, countsAsAttempt: false, error: 'broken off', release: false };
    await persist(() => lanes.hold(holding, back), { signal, now });
    return again;
  }

  async #next(
    inHand: LaneInHand,
    ended: Extract<Finished, { kind: 'next' }>,
    takenAt: number,
  ): Promise<Next> {
    const { orders, lane, generation, taken } = ended;
    if (orders.length > 0) await this.#parts.queues.add(orders);
    return { kind: 'next', inHand: { ...inHand, lane, generation, taken, takenAt } };
  }

  /** The gate is closed: the lane waits until it opens. */
  async #park({ lane, generation, token, jobId }: LaneInHand): Promise<Next> {
    await this.#parts.lanes.park(lane, generation, token, jobId);
    return done;
  }

  /** Nothing is known against an open gate, so its being well is no news. */
  #isNoNews(gate: string, word: GateWord): boolean {
    return word.kind === 'well' && !this.#parts.gates.isKnown(gate);
  }

  async #tellGate(gate: string, word: GateWord): Promise<void> {
    const { gates } = this.#parts;
    if (word.kind === 'well') await gates.succeeded(gate);
    else if (word.kind === 'failed') await gates.failed(gate, word.atOnce);
    else await gates.throttled(gate, word.forMs);
  }

  #mayRelease(gate: string): boolean {
    return this.#parts.gates.state(gate).kind === 'open' && !this.#parts.stopping();
  }

  async #lastWord(ended: Exclude<Finished, { kind: 'more' | 'next' }>): Promise<Next> {
    if (ended.kind !== 'empty' && ended.kind !== 'lost') return fencedOut;
    if (ended.orders.length > 0) await this.#parts.queues.add(ended.orders);
    return ended.kind === 'empty' ? done : fencedOut;
  }
}

/** As many wait for a place here as may run: another process may have one. */
export const noPlace = (random: () => number): { readonly kind: 'later'; readonly ms: number } => ({
  kind: 'later',
  ms: 20 + 60 * random(),
});

const fencedOut: Next = { kind: 'later', ms: 100 };

function wordOf(outcome: Outcome): GateWord | undefined {
  if (outcome.kind === 'delivered') return { kind: 'well' };
  return 'gate' in outcome ? outcome.gate : undefined;
}
