import type { Outcome } from '../lanes/journeys.js';
import type { FoundMessage } from './search.js';

/**
 * One line of a message's story. `at`: milliseconds since 1970 by Redis's clock.
 * - `accepted`: kept; whoever brought it was answered. - `unknown`: attempts that are not remembered any more, `count` of
 * them. - `failed`: an attempt, and what came of it. - `next`: when it is tried again. - An outcome: its end.
 */
export interface Step {
  readonly at?: number;
  readonly what: 'accepted' | 'unknown' | 'failed' | 'next' | Outcome;
  readonly answer?: string;
  readonly count?: number;
}

export type MessageState = 'waiting' | 'retrying' | Outcome;

/** How far a message has come, in one word. Undefined: it has just been finished or forgotten. */
export function stateOf({ end, waiting }: FoundMessage): MessageState | undefined {
  if (end !== undefined) return end.outcome;
  if (waiting === undefined) return undefined;
  return waiting.ahead === 0 && (waiting.attempts > 0 || waiting.lastError !== undefined)
    ? 'retrying'
    : 'waiting';
}

/** Everything that is remembered of a message, in the order it happened. Pure. */
export function timelineOf(message: FoundMessage): readonly Step[] {
  const { acceptedAt, end, waiting } = message;
  const accepted: Step = { at: acceptedAt, what: 'accepted' };
  if (end !== undefined) {
    const earlier = end.earlier ?? [];
    const answer = end.outcome === 'delivered' ? end.farId : end.reason;
    return [
      accepted,
      ...forgotten(end.attempts - 1 - earlier.length),
      ...earlier.map(failed),
      { at: end.at, what: end.outcome, ...(answer === undefined ? {} : { answer }) },
    ];
  }
  // What befell the head befell only the head.
  if (waiting?.ahead !== 0) return [accepted];
  const earlier = waiting.earlier ?? [];
  const { tryAgainAt } = waiting;
  return [
    accepted,
    ...forgotten(waiting.attempts - earlier.length),
    ...earlier.map(failed),
    ...(tryAgainAt === undefined ? [] : [{ at: tryAgainAt, what: 'next' } as const]),
  ];
}

const failed = ({ at, answer }: { readonly at: number; readonly answer: string }): Step => ({
  at,
  what: 'failed',
  answer,
});

function forgotten(count: number): Step[] {
  return count > 0 ? [{ what: 'unknown', count }] : [];
}
