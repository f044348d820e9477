import type { Journey } from '../lanes/journeys.js';
import type { Whereabouts } from '../operators/whereabouts.js';
import { shown, time } from './printing.js';

/** A journey in lines for people. */
export function tell(journey: Journey & Whereabouts): string {
  const { direction, channel, messageId, lane, acceptedAt, end, waiting, deadLetter } = journey;
  const way = direction === 'in' ? 'inbound (to eGain)' : 'outbound (to the customer)';
  const lines: [name: string, value: string][] = [
    ['message', messageId],
    ['way', `${way}${channel === '' ? '' : `, channel ${channel}`}`],
    ['lane', lane],
    ['accepted', time(acceptedAt)],
  ];
  if (end !== undefined) {
    lines.push([
      end.outcome,
      `${time(end.at)} (after ${end.at - acceptedAt} ms, ${counted(end.attempts, 'attempt')})`,
    ]);
    for (const { at, answer } of end.earlier ?? []) lines.push(['tried', `${time(at)}: ${answer}`]);
    if (end.reason !== undefined) lines.push(['reason', end.reason]);
    if (deadLetter !== undefined) lines.push(['letter', `${deadLetter} (dead-letters show ${deadLetter})`]);
    if (end.conversationId !== undefined) lines.push(['conversation', end.conversationId]);
    if (end.farId !== undefined) lines.push(['far id', end.farId]);
  } else if (waiting !== undefined) {
    const { ahead, state, lastError, attempts, tryAgainAt } = waiting;
    const place = ahead === 0 ? 'at the head of its lane' : `behind ${counted(ahead, 'other')}`;
    lines.push(['waiting', `${place}, lane is ${state}`]);
    if (lastError !== undefined)
      lines.push(['held up', `${lastError} (${counted(attempts, 'attempt')} at the head)`]);
    if (tryAgainAt !== undefined) lines.push(['next try', time(tryAgainAt)]);
  } else {
    lines.push(['waiting', 'no more: it has just been finished or forgotten']);
  }
  return lines.map(([name, value]) => `${name.padEnd(12)}  ${shown(value)}\n`).join('');
}

function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
