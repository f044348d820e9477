/** The frame of the command line: the commands, and how any of them ends. */
import type { Command } from 'commander';
import { register as registerApi } from './api.js';
import { BridgeCommand } from './bridge-command.js';
import { register as registerChannels } from './channels.js';
import { register as registerConfig } from './config.js';
import type { CliContext } from './context.js';
import { register as registerCustomers } from './customers.js';
import { register as registerDeadLetters } from './dead-letters.js';
import { register as registerDemo } from './demo.js';
import { register as registerDoctor } from './doctor.js';
import { end } from './ending.js';
import { register as registerLanes } from './lanes.js';
import { register as registerMessages } from './messages.js';
import { register as registerProvision } from './provision.js';
import { register as registerSimulator } from './simulator.js';
import { register as registerStart } from './start.js';
import { register as registerMigrate } from './migrate.js';
import { readVersion } from '../operations/version.js';

/**
 * One line per command, in the order of the help. A command that needs much loads it in its action
 * (`await import(…)`), so that the others start fast.
 */
const commands: readonly ((program: Command, context: CliContext) => void)[] = [
  registerStart,
  registerDemo,
  registerSimulator,
  registerDoctor,
  registerMessages,
  registerDeadLetters,
  registerLanes,
  registerChannels,
  registerCustomers,
  registerMigrate,
  registerProvision,
  registerApi,
  registerConfig,
];

export function createProgram(context: CliContext): Command {
  const program = new BridgeCommand('egain-bridge')
    .description('Joins a customer’s own messaging channel to eGain Conversation Manager.')
    .version(readVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'show the help of a command')
    .option('--config <file>', 'configuration file (default: BRIDGE_CONFIG, else bridge.yaml)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      outputError: () => undefined,
    })
    .exitOverride();
  for (const register of commands) register(program, context);
  return program;
}

/** Runs one command line, `argv` without node and script. Never rejects: a failure is a sentence on stderr and exit code 1. */
export async function run(argv: readonly string[], context: CliContext): Promise<void> {
  try {
    await createProgram(context).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    end(error, context);
  }
}
