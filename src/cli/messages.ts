import type { Command } from 'commander';
import type { Journey } from '../lanes/journeys.js';
import type { Whereabouts } from '../operators/whereabouts.js';
import { CommandFailure, type CliContext } from './context.js';
import { json, shown, time } from './printing.js';
import { withCore } from './with-core.js';

export function register(program: Command, context: CliContext): void {
  program
    .command('messages')
    .description('what happened to a message')
    .command('trace')
    .description('the journey of one message, by the channel’s id or eGain’s')
    .argument('<id>', 'message id')
    .option('--channel <name>', 'only on this channel')
    .option('--json', 'print as JSON')
    .action((id: string, options: { channel?: string; json?: boolean }, command: Command) =>
      withCore(context, command, async ({ redis, keys }) => {
        const { findJourneys } = await import('../lanes/journeys.js');
        const found = (await findJourneys(redis, keys, id)).filter(
          // An outbound message's channel is known only once its conversation was looked up.
          ({ channel }) => options.channel === undefined || channel === options.channel || channel === '',
        );
        if (found.length === 0) {
          throw new CommandFailure(
            `there is no journey of a message "${shown(id)}": never accepted, or longer ago than retention.journeysMs`,
          );
        }
        const { whereItIs } = await import('../operators/whereabouts.js');
        const journeys = await Promise.all(
          found.map(async (journey) => ({
            ...journey,
            ...(await whereItIs({ redis, keys }, journey, (other) => other === id)),
          })),
        );
        context.stdout.write(
          options.json === true ? json(journeys, 2) : `${journeys.map(tell).join('\n')}\n`,
        );
      }),
    );
}

function tell(journey: Journey & Whereabouts): string {
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
