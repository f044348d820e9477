/** How every command gets its configuration. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import {
  formatProblems,
  loadConfig,
  loadEgainAccess,
  type EgainAndEgress,
  type Loaded,
} from '../../config/load.js';
import type { BridgeConfig } from '../../config/schema.js';
import { adapters } from '../channels/index.js';
import { CommandFailure, type CliContext } from './context.js';

const usualFile = 'bridge.yaml';

/**
 * The file named by `--config`, else by `BRIDGE_CONFIG`, else `bridge.yaml` where there is one. Without any, plain
 * environment variables have to do.
 */
export function configFile(context: CliContext, command: Command): string | undefined {
  const named: unknown = command.optsWithGlobals()['config'];
  if (typeof named === 'string') return named;
  const fromEnvironment = context.env['BRIDGE_CONFIG'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  return existsSync(usualFile) ? usualFile : undefined;
}

export function load(context: CliContext, command: Command): Loaded {
  return loadConfig({ file: configFile(context, command), env: context.env, adapters });
}

/**
 * The whole configuration, or the end of the command with every problem told. Warnings go to stderr.
 * @throws CommandFailure
 */
export function loadOrFail(context: CliContext, command: Command): BridgeConfig {
  const loaded = load(context, command);
  if (!loaded.ok) throw failureOf(loaded, configFile(context, command));
  if (loaded.warnings.length > 0) context.stderr.write(`${indented('warning: ', loaded.warnings)}\n`);
  return loaded.config;
}

/**
 * What calls to eGain's API need, and nothing else of the configuration: `EGAIN_*` variables alone will do.
 * @throws CommandFailure
 */
export function loadEgainOrFail(context: CliContext, command: Command): EgainAndEgress {
  const file = configFile(context, command);
  const loaded = loadEgainAccess({ file, env: context.env });
  if (!loaded.ok) throw failureOf(loaded, file);
  return loaded;
}

type Problems = Extract<Loaded, { ok: false }>['problems'];

function failureOf({ problems }: { readonly problems: Problems }, file: string | undefined): CommandFailure {
  const number = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const subject =
    file === undefined
      ? `there is no ${usualFile} here, --config and BRIDGE_CONFIG name none, and without a file the configuration has ${number}`
      : `${file} has ${number}`;
  return new CommandFailure(`${subject}:\n${indented('  ', problems)}`);
}

function indented(start: string, problems: Problems): string {
  return formatProblems(problems).replaceAll(/^/gm, start);
}
