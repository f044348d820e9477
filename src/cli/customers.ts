import type { Command } from 'commander';
import type { Forgotten } from '../lanes/customers.js';
import { CommandFailure, type CliContext } from './context.js';
import { json } from './printing.js';
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
      withCore(context, command, async ({ redis, keys, lanes, queues }, config) => {
        const { DeadLetters } = await import('../lanes/dead-letters.js');
        const { forgetCustomer, UnreadableError } = await import('../lanes/customers.js');
        const { configuredStore } = await import('../bridge/files.js');
        const store = await configuredStore(config.files);
        const deadLetters = new DeadLetters(redis, keys);
        const forgotten = await forgetCustomer(
          {
            redis,
            keys,
            lanes,
            deadLetters,
            forgetJobs: (own) => queues.forget(own),
            forgetFile: async (name) => store?.remove(name),
            dropMs: config.delivery.conversationMemoryMs,
          },
          channel,
          id,
        ).catch((cause: unknown) => {
          throw cause instanceof UnreadableError ? new CommandFailure(cause.message, { cause }) : cause;
        });
        // A channel that is gone from the configuration may still have customers; a mistyped one has none.
        const none = Object.values(forgotten).every((count) => count === 0);
        if (none && config.channels[channel] === undefined) {
          throw new CommandFailure(`there is no channel "${channel}" in the configuration`);
        }
        context.stdout.write(options.json === true ? json(forgotten) : sentence(forgotten));
      }),
    );
}

function sentence(forgotten: Forgotten): string {
  const counts = [
    `waiting messages ${forgotten.waitingMessages}`,
    `dead letters ${forgotten.deadLetters}`,
    `conversations ${forgotten.conversations}`,
    `journeys ${forgotten.journeys}`,
    `duplicate marks ${forgotten.duplicateMarks}`,
  ];
  return `removed: ${counts.join(', ')}\n`;
}
