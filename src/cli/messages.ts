import type { Command } from 'commander';
import { CommandFailure, type CliContext } from './context.js';
import { tell } from './journey-text.js';
import { registerSend } from './messages-send.js';
import { json, shown } from './printing.js';
import { withCore } from './with-core.js';

export function register(program: Command, context: CliContext): void {
  const group = program.command('messages').description('what happened to a message');
  registerSend(group, context);
  group
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
