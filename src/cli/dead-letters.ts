import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Core } from '../bridge/core.js';
import type { DeadLetter, DeadLetterFilter, DeadLetters } from '../lanes/dead-letters.js';
import { CommandFailure, type CliContext } from './context.js';
import { duration } from './duration.js';
import { json, table, time } from './printing.js';
import { withCore } from './with-core.js';

interface Selection {
  readonly channel?: string;
  readonly reason?: string;
  readonly olderThan?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** A bulk retry must not hit a far end that has just come back with everything at once. */
const retriesPerSecond = 50;

export function register(program: Command, context: CliContext): void {
  const group = program.command('dead-letters').description('messages that ended undelivered');

  selectable(group.command('list').description('list them, oldest first'))
    .option('--json', 'one JSON object per line')
    .action((options: Selection, command: Command) =>
      withLetters(context, command, async (_core, letters) => {
        const rows: string[][] = [];
        for await (const letter of letters.list(filterOf(options))) {
          if (options.json === true) context.stdout.write(json(withoutText(letter)));
          else
            rows.push([
              letter.id,
              time(letter.at),
              letter.target,
              letter.reason,
              letter.messageId,
              letter.detail.slice(0, 60),
            ]);
        }
        if (options.json !== true) {
          context.stdout.write(table(['id', 'died', 'target', 'reason', 'message', 'detail'], rows));
        }
      }),
    );

  group
    .command('show')
    .description('show one with everything that is known, its text included, as JSON')
    .option('--json', 'as JSON, as it is anyway')
    .argument('<id>', 'dead letter id')
    .action((id: string, _options: unknown, command: Command) =>
      withLetters(context, command, async (_core, letters) => {
        context.stdout.write(json(await must(letters, id), 2));
      }),
    );

  selectable(group.command('retry').description('put them back at the tail of their lanes'))
    .argument('[ids...]', 'dead letter ids')
    .option('--all', 'every one that the other options select')
    .action((ids: string[], options: Selection, command: Command) =>
      withLetters(context, command, async ({ lanes, queues }, letters) => {
        const done = await forEach(letters, ids, options, async ({ id }) => {
          const place = letters.place(id);
          const orders = place === undefined ? undefined : await lanes.revive(place.shard, place.number);
          if (orders === undefined) return false;
          await queues.add(orders);
          await sleep(1000 / retriesPerSecond);
          return true;
        });
        context.stdout.write(`${done} put back\n`);
      }),
    );

  selectable(group.command('discard').description('remove them for good'))
    .argument('[ids...]', 'dead letter ids')
    .option('--all', 'every one that the other options select')
    .action((ids: string[], options: Selection, command: Command) =>
      withLetters(context, command, async (_core, letters) => {
        const done = await forEach(letters, ids, options, ({ id }) => letters.discard(id));
        context.stdout.write(`${done} discarded\n`);
      }),
    );
}

function selectable(command: Command): Command {
  return command
    .option('--channel <name>', 'only of this channel')
    .option('--reason <reason>', 'only with this reason')
    .option('--older-than <duration>', 'only those that died at least so long ago, e.g. 2h');
}

async function withLetters(
  context: CliContext,
  command: Command,
  work: (core: Core, letters: DeadLetters) => Promise<void>,
): Promise<void> {
  await withCore(context, command, async (core) => {
    const { DeadLetters } = await import('../lanes/dead-letters.js');
    await work(core, new DeadLetters(core.redis, core.keys));
  });
}

async function forEach(
  letters: DeadLetters,
  ids: readonly string[],
  options: Selection,
  act: (letter: DeadLetter) => Promise<boolean>,
): Promise<number> {
  const filter = filterOf(options);
  const selects = options.all === true || Object.keys(filter).length > 0;
  if (ids.length === 0 && !selects)
    throw new CommandFailure(
      'name dead letter ids, or select them with --channel, --reason, --older-than or --all',
    );
  if (ids.length > 0 && selects)
    throw new CommandFailure('name dead letter ids or select them by options, not both');
  let done = 0;
  if (ids.length > 0) {
    for (const id of ids) if (await act(await must(letters, id))) done += 1;
    return done;
  }
  for await (const letter of letters.list(filter)) if (await act(letter)) done += 1;
  return done;
}

async function must(letters: DeadLetters, id: string): Promise<DeadLetter> {
  const letter = await letters.get(id);
  if (letter === undefined) throw new CommandFailure(`there is no dead letter "${id}"`);
  return letter;
}

function filterOf({ channel, reason, olderThan }: Selection): DeadLetterFilter {
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(reason === undefined ? {} : { reason }),
    ...(olderThan === undefined ? {} : { olderThanMs: duration(olderThan, '--older-than') }),
  };
}

function withoutText(letter: DeadLetter): Omit<DeadLetter, 'envelope'> {
  const { id, lane, target, reason, detail, at, acceptedAt, attempts, messageId } = letter;
  return { id, lane, target, reason, detail, at, acceptedAt, attempts, messageId };
}
