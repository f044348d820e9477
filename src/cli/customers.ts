import type { Command } from 'commander';
import { CommandFailure, type CliContext } from './context.js';
import { withCore } from './with-core.js';

export function register(program: Command, context: CliContext): void {
  program
    .command('customers')
    .description('what is kept about customers')
    .command('forget')
    .description('remove everything that is kept about one customer')
    .argument('<channel>', 'channel name')
    .argument('<id>', 'the customer’s id on the channel')
    .option('--json', 'print as JSON')
    .action((channel: string, id: string, options: { json?: boolean }, command: Command) =>
      withCore(context, command, async ({ redis, keys, lanes }, config) => {
        if (config.channels[channel] === undefined) {
          throw new CommandFailure(`there is no channel "${channel}" in the configuration`);
        }
        const { DeadLetters } = await import('../lanes/dead-letters.js');
        const { forgetCustomer } = await import('../lanes/customers.js');
        const deadLetters = new DeadLetters(redis, keys);
        const forgotten = await forgetCustomer({ redis, keys, lanes, deadLetters }, channel, id);
        context.stdout.write(
          options.json === true
            ? `${JSON.stringify(forgotten)}\n`
            : `${Object.entries(forgotten)
                .map(([what, count]) => `${String(count)} ${what}`)
                .join(', ')} removed\n`,
        );
      }),
    );
}
