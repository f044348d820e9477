import type { Command } from 'commander';
import type { EgainClient } from '../../egain/client.js';
import { CommandFailure, type CliContext } from '../context.js';
import { loadEgainOrFail } from '../load-or-fail.js';

/** Opens a client for one command and closes it again. @throws CommandFailure for whatever eGain refused. */
export async function withEgain<T>(
  context: CliContext,
  command: Command,
  work: (client: EgainClient) => Promise<T>,
): Promise<T> {
  const access = loadEgainOrFail(context, command);
  const { connectToEgain } = await import('./connect.js');
  const { sentenceFor } = await import('./failure.js');
  const { EgainError } = await import('../../egain/errors.js');
  const { client, close } = connectToEgain(access);
  try {
    return await work(client);
  } catch (error) {
    if (!(error instanceof EgainError)) throw error;
    throw new CommandFailure(sentenceFor(error), { cause: error });
  } finally {
    await close();
  }
}
