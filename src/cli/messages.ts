import type { Command } from 'commander';
import type { Journey } from '../lanes/journeys.js';
import type { WaitingLanes } from '../lanes/waiting.js';
import { CommandFailure, type CliContext } from './context.js';
import { time, withCore } from './with-core.js';

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
        const { WaitingLanes: Waiting } = await import('../lanes/waiting.js');
        const waiting = new Waiting(redis, keys);
        const found = (await findJourneys(redis, keys, id)).filter(
          ({ channel }) => options.channel === undefined || channel === options.channel,
        );
        if (found.length === 0) {
          throw new CommandFailure(
            `there is no journey of a message "${id}": never accepted, or longer ago than retention.journeysMs`,
          );
        }
        const journeys = await Promise.all(
          found.map(async (journey) => ({
            ...journey,
            ...(journey.end === undefined ? { waiting: await whereItWaits(waiting, journey) } : {}),
          })),
        );
        context.stdout.write(
          options.json === true
            ? `${JSON.stringify(journeys, null, 2)}\n`
            : `${journeys.map(tell).join('\n')}\n`,
        );
      }),
    );
}

type Waits = Awaited<ReturnType<typeof whereItWaits>>;

async function whereItWaits(lanes: WaitingLanes, journey: Journey) {
  const [lane, messages] = await Promise.all([lanes.get(journey.lane), lanes.messages(journey.lane)]);
  const ahead = messages.findIndex(({ id }) => id === journey.messageId);
  if (lane === undefined || ahead < 0) return undefined;
  return { ahead, ...lane };
}

function tell(journey: Journey & { readonly waiting?: Waits }): string {
  const { direction, channel, messageId, lane, acceptedAt, end, waiting } = journey;
  const way = direction === 'in' ? 'inbound (to eGain)' : 'outbound (to the customer)';
  const lines = [
    `message   ${messageId}`,
    `way       ${way}${channel === '' ? '' : `, channel ${channel}`}`,
    `lane      ${lane}`,
  ];
  lines.push(`accepted  ${time(acceptedAt)}`);
  if (end !== undefined) {
    lines.push(
      `${end.outcome.padEnd(9)} ${time(end.at)} (after ${end.at - acceptedAt} ms, attempt ${end.attempts})`,
    );
    if (end.reason !== undefined) lines.push(`reason    ${end.reason}`);
    if (end.conversationId !== undefined) lines.push(`conversation ${end.conversationId}`);
    if (end.farId !== undefined) lines.push(`far id    ${end.farId}`);
  } else if (waiting !== undefined) {
    lines.push(
      `waiting   ${waiting.ahead === 0 ? 'at the head of its lane' : `behind ${waiting.ahead} others`}, lane is ${waiting.state}`,
    );
    if (waiting.lastError !== undefined)
      lines.push(`held up   ${waiting.lastError} (${waiting.attempts} attempts at the head)`);
    if (waiting.tryAgainAt !== undefined) lines.push(`next try  ${time(waiting.tryAgainAt)}`);
  } else {
    lines.push('waiting   no more: it has just been finished or forgotten');
  }
  return `${lines.join('\n')}\n`;
}
