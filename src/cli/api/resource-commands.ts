import { Option, type Command } from 'commander';
import { CommandFailure, type CliContext } from '../context.js';
import { readIcon } from './icon.js';
import { outgoing } from './outgoing.js';
import { readBody, type Body } from './read-body.js';
import type { ApiResource } from './resources.js';
import { withoutSecrets } from './secrets.js';
import { fieldTable, listTable } from './show.js';
import { withEgain } from './with-egain.js';

interface ReadOptions {
  readonly json?: boolean;
  readonly showSecrets?: boolean;
}

interface WriteOptions {
  readonly file: string;
  readonly icon?: string;
  readonly json?: boolean;
}

/** What the examples of eGain's documentation have in place of an image. */
const iconPlaceholder = '<base64>';

/** `list`, `get`, `create`, `update` and `delete` of one resource. */
export function registerResource(api: Command, context: CliContext, resource: ApiResource): void {
  const { name, alias, singular, plural, about, columns } = resource;
  const group = api.command(name).description(about);
  if (alias !== undefined) group.alias(alias);
  const say = (json: boolean | undefined, data: unknown, words: () => string): void =>
    void context.stdout.write(json === true ? `${JSON.stringify(data, null, 2)}\n` : words());
  const shown = (item: unknown, { showSecrets }: ReadOptions): unknown =>
    showSecrets === true ? item : withoutSecrets(item);

  readable(group.command('list').description(`all ${plural}`)).action(
    (options: ReadOptions, command: Command) =>
      withEgain(context, command, async (client) => {
        const items: unknown[] = [];
        for await (const item of resource.of(client).list()) items.push(shown(item, options));
        say(options.json, items, () =>
          items.length === 0 ? `There are no ${plural}.\n` : listTable(columns, items),
        );
      }),
  );

  readable(group.command('get').description(`one ${singular}`).argument('<id>', 'its id in eGain')).action(
    (id: string, options: ReadOptions, command: Command) =>
      withEgain(context, command, async (client) => {
        const item = shown(await resource.of(client).get(id), options);
        say(options.json, item, () => fieldTable(item));
      }),
  );

  writable(group.command('create').description(`make a new ${singular}`), resource).action(
    async (options: WriteOptions, command: Command) => {
      const body = await bodyOf(context, options);
      await withEgain(context, command, async (client) => {
        const created = await resource.of(client).create(body);
        const { id, ...more } = created;
        const rest = Object.keys(more).length === 0 ? '' : fieldTable(more);
        say(options.json, created, () => `${singular} ${id} created\n${rest}`);
      });
    },
  );

  writable(
    group
      .command('update')
      .description(`replace a ${singular} as a whole: what the file leaves out is gone`)
      .argument('<id>', 'its id in eGain'),
    resource,
  ).action(async (id: string, options: WriteOptions, command: Command) => {
    const body = await bodyOf(context, options, id);
    await withEgain(context, command, async (client) => {
      await resource.of(client).update(id, body);
      say(options.json, { id, updated: true }, () => `${singular} ${id} updated\n`);
    });
  });

  group
    .command('delete')
    .description(`delete a ${singular}; eGain refuses while something uses it`)
    .argument('<id>', 'its id in eGain')
    .option('--json', 'print as JSON')
    .action((id: string, options: ReadOptions, command: Command) =>
      withEgain(context, command, async (client) => {
        await resource.of(client).delete(id);
        say(options.json, { id, deleted: true }, () => `${singular} ${id} deleted\n`);
      }),
    );
}

function readable(command: Command): Command {
  return command
    .option('--json', 'print as JSON')
    .option('--show-secrets', 'print passwords and keys instead of asterisks, as far as eGain shows them');
}

function writable(command: Command, { hasIcon }: ApiResource): Command {
  command
    .requiredOption('--file <file>', 'the object as JSON or YAML; - reads standard input')
    .option('--json', 'print as JSON');
  if (hasIcon === true) command.addOption(new Option('--icon <png>', 'a PNG file, 32 × 32, as its icon'));
  return command;
}

/** @throws CommandFailure */
async function bodyOf(context: CliContext, { file, icon }: WriteOptions, id?: string): Promise<Body> {
  const body = outgoing(await readBody(context, file), id);
  const warn = (sentence: string): void => void context.stderr.write(`warning: ${sentence}\n`);
  if (icon === undefined) {
    if (body['icon'] === iconPlaceholder) {
      warn(`icon: ${iconPlaceholder} is sent as it is, and agents will see no icon; --icon <png> sends one`);
    }
    return body;
  }
  if (icon === '') throw new CommandFailure('icon: expected the path of a PNG file');
  const { base64, warnings } = await readIcon(icon);
  warnings.forEach(warn);
  return { ...body, icon: base64 };
}
