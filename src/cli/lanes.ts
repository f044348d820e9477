import type { Command } from 'commander';
import { CommandFailure, type CliContext } from './context.js';
import { json, table, time } from './printing.js';
import { withCore } from './with-core.js';

export function register(program: Command, context: CliContext): void {
  const group = program.command('lanes').description('what waits where, and why');

  group
    .command('list')
    .description('lanes that hold messages')
    .option('--target <target>', 'only of this target, e.g. in:support or out:support')
    .option('--limit <number>', 'how many at most', '100')
    .option('--json', 'one JSON object per line')
    .action((options: { target?: string; limit: string; json?: boolean }, command: Command) =>
      withCore(context, command, async ({ redis, keys }) => {
        const { WaitingLanes } = await import('../lanes/waiting.js');
        const limit = Number(options.limit);
        if (!Number.isInteger(limit) || limit < 1)
          throw new CommandFailure('--limit: expected a whole number from 1 on');
        const rows: string[][] = [];
        let count = 0;
        for await (const lane of new WaitingLanes(redis, keys).list(options.target)) {
          count += 1;
          if (options.json === true) context.stdout.write(json(lane));
          else {
            rows.push([
              lane.lane,
              lane.target,
              lane.state,
              String(lane.waiting),
              time(lane.headAcceptedAt),
              String(lane.attempts),
              lane.lastError ?? '',
            ]);
          }
          if (count >= limit) break;
        }
        if (options.json !== true) {
          context.stdout.write(
            table(['lane', 'target', 'state', 'waiting', 'head since', 'attempts', 'held up by'], rows),
          );
        }
      }),
    );

  group
    .command('show')
    .description('one lane and the ids of its messages, as JSON')
    .option('--json', 'as JSON, as it is anyway')
    .argument('<lane>', 'lane')
    .action((name: string, _options: unknown, command: Command) =>
      withCore(context, command, async ({ redis, keys }) => {
        const { WaitingLanes } = await import('../lanes/waiting.js');
        const waiting = new WaitingLanes(redis, keys);
        const lane = await waiting.get(name);
        if (lane === undefined) throw new CommandFailure(`lane "${name}" holds no messages`);
        const messages = (await waiting.messages(name)).map(({ id, acceptedAt }) => ({
          id,
          accepted: time(acceptedAt),
        }));
        context.stdout.write(json({ ...lane, messages }, 2));
      }),
    );

  group
    .command('skip')
    .description('make the head of a lane a dead letter, so that the lane goes on')
    .argument('<lane>', 'lane')
    .action((name: string, _options: unknown, command: Command) =>
      withCore(context, command, async (core) => {
        const { skipHead } = await import('../operators/skip-head.js');
        const skipped = await skipHead(core, name);
        if (skipped === 'none') throw new CommandFailure(`lane "${name}" holds no messages`);
        if (skipped === 'moved') {
          throw new CommandFailure(`the head of lane "${name}" has just gone by itself: look again`);
        }
        context.stdout.write(`the head is dead letter ${skipped} now\n`);
      }),
    );
}
