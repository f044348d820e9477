import { DeadLetters } from '../lanes/dead-letters.js';
import type { Journey } from '../lanes/journeys.js';
import { WaitingLanes, type WaitingLane } from '../lanes/waiting.js';
import type { OperatorAccess } from './access.js';

/** Where a message is now. Absent where it does not apply: `waiting` once it ended, `deadLetter` unless it lies there. */
export interface Whereabouts {
  /** `ahead`: how many messages go before it in its lane. */
  readonly waiting?: WaitingLane & { readonly ahead: number };
  readonly deadLetter?: string;
}

/** @param isIt whether an id is the message's own: of a journey found by its lane only the keyed name is known */
export async function whereItIs(
  { redis, keys }: Pick<OperatorAccess, 'redis' | 'keys'>,
  { end, lane }: Journey,
  isIt: (messageId: string) => boolean,
): Promise<Whereabouts & { readonly messageId?: string }> {
  if (end === undefined) {
    const lanes = new WaitingLanes(redis, keys);
    const [where, place] = await Promise.all([lanes.get(lane), lanes.placeOf(lane, isIt)]);
    if (where === undefined || place === undefined) return {};
    return { waiting: { ...where, ahead: place.ahead }, messageId: place.id };
  }
  if (end.outcome !== 'dead') return {};
  const letter = await new DeadLetters(redis, keys).of(lane, isIt, end.at);
  return letter === undefined ? {} : { deadLetter: letter.id, messageId: letter.messageId };
}
