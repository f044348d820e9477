import { messageIdOf } from '../lanes/envelope.js';
import { journeyEnd } from '../lanes/journeys.js';
import { WaitingLanes } from '../lanes/waiting.js';
import type { OperatorAccess } from './access.js';

/**
 * Makes the head of a lane a dead letter, with its journey's end, and lets the lane go on.
 * @returns the dead letter's id; `none` when the lane is empty; `moved` when the head went by itself meanwhile.
 */
export async function skipHead(
  { redis, keys, lanes, queues }: OperatorAccess,
  lane: string,
): Promise<string> {
  const head = await new WaitingLanes(redis, keys).head(lane);
  if (head === undefined) return 'none';
  const { envelope, finished, acceptedAt, originalAcceptedAt, attempts, target } = head;
  const [seconds] = await redis.time();
  const journey =
    envelope === undefined
      ? undefined
      : {
          id: messageIdOf(envelope),
          value: journeyEnd({
            direction: target.startsWith('in:') ? 'in' : 'out',
            channel: target.slice(target.indexOf(':') + 1),
            acceptedAt: originalAcceptedAt,
            at: Number(seconds) * 1000,
            outcome: 'dead',
            reason: 'skipped',
            attempts,
          }),
        };
  const skipped = await lanes.bury(
    { lane, owner: '', finished },
    { reason: 'skipped', detail: 'by an operator', release: false, acceptedAt, journey },
  );
  if (skipped.kind === 'none') return 'none';
  if (skipped.kind !== 'more' && skipped.kind !== 'empty') return 'moved';
  await queues.add(skipped.orders);
  return skipped.deadLetter;
}
