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

  for (const [act, what, done] of [
    ['retry', 'put them back at the tail of their lanes', 'put back'],
    ['discard', 'remove them for good', 'discarded'],
  ] as const) {
    selectable(group.command(act).description(what))
      .argument('[ids...]', 'dead letter ids')
      .option('--all', 'every one that the other options select')
      .action((ids: string[], options: Selection, command: Command) =>
        withLetters(context, command, async (core, letters) => {
          const { dealWith } = await import('../operators/dead-letter-desk.js');
          const selection = selectionOf(ids, options);
          // Whoever mistyped one id of several wants none of them touched.
          for (const id of ids) await must(letters, id);
          const dealt = await dealWith(core, act, selection);
          context.stdout.write(`${dealt.done} ${done}\n`);
        }),
      );
  }
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

function selectionOf(
  ids: readonly string[],
  options: Selection,
): { readonly ids: readonly string[] } | { readonly filter: DeadLetterFilter } {
  const filter = filterOf(options);
  const selects = options.all === true || Object.keys(filter).length > 0;
  if (ids.length === 0 && !selects)
    throw new CommandFailure(
      'name dead letter ids, or select them with --channel, --reason, --older-than or --all',
    );
  if (ids.length > 0 && selects)
    throw new CommandFailure('name dead letter ids or select them by options, not both');
  return ids.length > 0 ? { ids } : { filter };
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
