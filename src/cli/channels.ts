import { Option, type Command } from 'commander';
import { CommandFailure, type CliContext } from './context.js';
import { json, table } from './printing.js';
import { withCore } from './with-core.js';

type Direction = 'in' | 'out' | 'both';

export function register(program: Command, context: CliContext): void {
  const group = program
    .command('channels')
    .description('stop one direction of one channel while intake goes on');

  group
    .command('list')
    .description('the channels and the state of their gates, and channels that are gone but have messages')
    .option('--json', 'one JSON object per line')
    .action((options: { json?: boolean }, command: Command) =>
      withCore(context, command, async (core, config) => {
        const { listGates, listStrays } = await import('../operators/gates.js');
        const channels = await listGates(core, config.channels);
        const strays = await listStrays(core, config.channels);
        if (options.json === true) {
          for (const channel of channels) context.stdout.write(json(channel));
          for (const stray of strays) context.stdout.write(json({ ...stray, configured: false }));
          return;
        }
        const rows = channels.map(({ channel, adapter, inbound, outbound }) => [
          channel,
          adapter,
          inbound,
          outbound,
        ]);
        for (const { channel, lanesIn, lanesOut } of strays)
          rows.push([channel, '(not configured)', `held: ${lanesIn} lanes`, `held: ${lanesOut} lanes`]);
        context.stdout.write(table(['channel', 'adapter', 'inbound', 'outbound'], rows));
      }),
    );

  for (const [verb, what] of [
    ['pause', 'keep what arrives and deliver nothing until resumed'],
    ['resume', 'deliver again'],
  ] as const) {
    group
      .command(verb)
      .description(what)
      .argument('<channel>', 'channel name')
      .addOption(
        new Option('--direction <direction>', 'which way').choices(['in', 'out', 'both']).default('both'),
      )
      .action((name: string, { direction }: { direction: Direction }, command: Command) =>
        withCore(context, command, async (core, config) => {
          const { setGates } = await import('../operators/gates.js');
          if (config.channels[name] === undefined)
            throw new CommandFailure(`there is no channel "${name}" in the configuration`);
          const directions = direction === 'both' ? (['in', 'out'] as const) : [direction];
          await setGates(core, verb, name, directions);
          context.stdout.write(
            `${name}: ${directions.join(' and ')} ${verb === 'pause' ? 'paused' : 'resumed'}\n`,
          );
        }),
      );
  }
}
