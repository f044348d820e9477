import type { Command } from 'commander';
import { CommandFailure, type CliContext } from './context.js';
import { table, time, withCore } from './with-core.js';

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
          if (options.json === true) context.stdout.write(`${JSON.stringify(lane)}\n`);
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
    .description('one lane and the ids of its messages')
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
        context.stdout.write(`${JSON.stringify({ ...lane, messages }, null, 2)}\n`);
      }),
    );

  group
    .command('skip')
    .description('make the head of a lane a dead letter, so that the lane goes on')
    .argument('<lane>', 'lane')
    .action((name: string, _options: unknown, command: Command) =>
      withCore(context, command, async ({ lanes, queues }) => {
        const skipped = await lanes.bury(
          { lane: name, owner: '', finished: 0 },
          { reason: 'skipped', detail: 'by an operator', release: false },
        );
        if (skipped.kind !== 'more' && skipped.kind !== 'empty')
          throw new CommandFailure(`lane "${name}" holds no messages`);
        await queues.add(skipped.orders);
        context.stdout.write(`the head is dead letter ${skipped.deadLetter} now\n`);
      }),
    );
}
