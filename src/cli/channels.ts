import { Option, type Command } from 'commander';
import type { BridgeConfig } from '../../config/schema.js';
import type { Core } from '../bridge/core.js';
import type { Gates } from '../lanes/gates.js';
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
    .description('the channels and the state of their gates')
    .option('--json', 'one JSON object per line')
    .action((options: { json?: boolean }, command: Command) =>
      withGates(context, command, async (gates, config) => {
        await gates.refresh();
        const channels = Object.entries(config.channels).map(([channel, { adapter }]) => ({
          channel,
          adapter,
          inbound: worse(gates.state(`in:${channel}`).kind, gates.state('egain').kind),
          outbound: gates.state(`out:${channel}`).kind,
        }));
        if (options.json === true) {
          for (const channel of channels) context.stdout.write(json(channel));
          return;
        }
        const rows = channels.map(({ channel, adapter, inbound, outbound }) => [
          channel,
          adapter,
          inbound,
          outbound,
        ]);
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
        withGates(context, command, async (gates, config) => {
          if (config.channels[name] === undefined)
            throw new CommandFailure(`there is no channel "${name}" in the configuration`);
          const directions = direction === 'both' ? (['in', 'out'] as const) : [direction];
          for (const way of directions) {
            if (verb === 'pause') await gates.pause(`${way}:${name}`);
            else await gates.resume(`${way}:${name}`);
          }
          context.stdout.write(
            `${name}: ${directions.join(' and ')} ${verb === 'pause' ? 'paused' : 'resumed'}\n`,
          );
        }),
      );
  }
}

async function withGates(
  context: CliContext,
  command: Command,
  work: (gates: Gates, config: BridgeConfig) => Promise<void>,
): Promise<void> {
  await withCore(context, command, async ({ redis, keys }: Core, config) => {
    const { Gates } = await import('../lanes/gates.js');
    const gates = new Gates(redis, keys, { ...config.delivery.breaker, probeMs: 0 }, () => performance.now());
    await work(gates, config);
  });
}

function worse(own: string, shared: string): string {
  return own === 'open' ? shared : own;
}
