/** How a command that threw ends: one plain sentence on stderr and exit code 1. */
import { CommanderError } from 'commander';
import { CommandFailure, type CliContext } from './context.js';

export function end(error: unknown, context: CliContext): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  context.setExitCode(1);
  // Without a command the help is the answer, and it has been written.
  if (error instanceof CommanderError && error.code === 'commander.help') return;
  context.stderr.write(`egain-bridge: ${sentenceOf(error)}\n`);
  const isWanted = ['debug', 'trace'].includes(context.env['LOG_LEVEL'] ?? '');
  if (isWanted && !isExpected(error)) context.stderr.write(`${stackOf(error)}\n`);
}

function isExpected(error: unknown): boolean {
  return error instanceof CommandFailure || error instanceof CommanderError;
}

function sentenceOf(error: unknown): string {
  if (error instanceof CommandFailure) return error.message;
  const message = messageOf(error)
    .replace(/^error: /, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return isExpected(error) ? message : `${message} (LOG_LEVEL=debug shows where)`;
}

function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error && error.message !== '') {
    return String(error.message);
  }
  return typeof error === 'string' && error !== '' ? error : 'the command failed without a reason';
}

/** The stack with those of its causes; nothing else an error may carry is shown. */
function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const stack = 'stack' in error ? String(error.stack) : messageOf(error);
  return 'cause' in error && error.cause !== undefined
    ? `${stack}\ncaused by: ${stackOf(error.cause)}`
    : stack;
}
