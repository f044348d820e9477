import type { LaneElement } from '../src/lanes/element.js';
import { backOffMs, type BackOff } from '../src/messages/back-off.js';
import type { Outcome } from './delivery.js';

/** What becomes of a head that could not be delivered now. Times in milliseconds. */
export type AfterFailure =
  | {
      readonly kind: 'hold';
      readonly delayMs: number;
      readonly countsAsAttempt: boolean;
      readonly error: string;
    }
  | { readonly kind: 'end'; readonly outcome: Extract<Outcome, { kind: 'dead' | 'ignored' }> };

/** Pure: once more, or is this the end? A head past its deadline has had its last attempt (I4). */
export function afterFailure(
  outcome: Extract<Outcome, { kind: 'again' | 'wait' }>,
  head: {
    readonly element: LaneElement;
    /** Before this one. */
    readonly attempts: number;
    readonly holdMs: number;
    /** By Redis's clock. */
    readonly now: number;
  },
  backOff: BackOff,
  random: () => number,
): AfterFailure {
  const { element, attempts, holdMs, now } = head;
  if (element.ephemeral) return { kind: 'end', outcome: { kind: 'ignored', reason: 'not-repeated' } };
  const age = now - element.acceptedAt;
  if (outcome.kind === 'wait') {
    if (age >= outcome.untilMs) {
      const detail = `waited ${outcome.untilMs} ms`;
      return { kind: 'end', outcome: { kind: 'dead', reason: outcome.reason, detail } };
    }
    const delayMs = Math.min(outcome.afterMs, outcome.untilMs - age);
    return { kind: 'hold', delayMs, countsAsAttempt: false, error: outcome.reason };
  }
  const left = holdMs - age;
  if (left <= 0)
    return { kind: 'end', outcome: { kind: 'dead', reason: 'hold-expired', detail: outcome.error } };
  const wished = outcome.afterMs ?? backOffMs(attempts + 1, backOff, random);
  // The last attempt comes at the deadline, not after it.
  const delayMs = Math.min(wished, left);
  return { kind: 'hold', delayMs, countsAsAttempt: outcome.countsAsAttempt, error: outcome.error };
}
