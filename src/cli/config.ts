/** `config check` and `config reference`. */
import { Option, type Command } from 'commander';
import { jsonSchemaReference, markdownReference } from '../../config/reference.js';
import { adapters } from '../channels/index.js';
import type { CliContext } from './context.js';
import { configFile, load, loadOrFail } from './load-or-fail.js';

export function register(program: Command, context: CliContext): void {
  const config = program.command('config').description('check the configuration, or print its reference');

  config
    .command('check')
    .description('tell everything that is wrong with the configuration')
    .option('--json', 'print the result as JSON')
    .action((options: { json?: boolean }, command: Command) =>
      options.json === true ? checkAsJson(context, command) : check(context, command),
    );

  config
    .command('reference')
    .description('print every setting there is, with its meaning and default')
    .addOption(
      new Option('--format <format>', 'for reading, or for editors')
        .choices(['markdown', 'json-schema'])
        .default('markdown'),
    )
    .action(({ format }: { format: string }) => {
      context.stdout.write(
        format === 'markdown' ? markdownReference(adapters) : jsonSchemaReference(adapters),
      );
    });
}

function check(context: CliContext, command: Command): void {
  const { channels } = loadOrFail(context, command);
  const names = Object.entries(channels).map(([name, { adapter }]) => `${name} (${adapter})`);
  const file = configFile(context, command) ?? 'The environment';
  const summary = names.length === 0 ? 'no channels' : `channels ${names.join(', ')}`;
  context.stdout.write(`${file} is valid: ${summary}.\n`);
}

function checkAsJson(context: CliContext, command: Command): void {
  const file = configFile(context, command) ?? null;
  const loaded = load(context, command);
  if (!loaded.ok) context.setExitCode(1);
  const result = loaded.ok
    ? {
        ok: true,
        file,
        channels: Object.entries(loaded.config.channels).map(nameAndAdapter),
        warnings: loaded.warnings,
      }
    : { ok: false, file, problems: loaded.problems };
  context.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}

function nameAndAdapter([name, { adapter }]: [string, { readonly adapter: string }]): {
  name: string;
  adapter: string;
} {
  return { name, adapter };
}
