import type { Command } from 'commander';
import type { BridgeConfig } from '../../config/schema.js';
import type { Core } from '../bridge/core.js';
import { SettingError } from '../operations/setting-error.js';
import { CommandFailure, type CliContext } from './context.js';
import { loadOrFail } from './load-or-fail.js';

/** An operator is told sooner than a service that starts beside its Redis. */
const patienceMs = 3000;

/** Opens what lies in Redis for one command and closes it again. @throws CommandFailure when Redis cannot be reached. */
export async function withCore<T>(
  context: CliContext,
  command: Command,
  work: (core: Core, config: BridgeConfig) => Promise<T>,
): Promise<T> {
  const config = loadOrFail(context, command);
  const { openCore } = await import('../bridge/core.js');
  const core = await openCore(config, () => undefined, patienceMs).catch((cause: unknown) => {
    if (!(cause instanceof SettingError)) throw cause;
    throw new CommandFailure(cause.message, { cause });
  });
  try {
    return await work(core, config);
  } catch (cause) {
    if (cause instanceof CommandFailure || core.redis.status === 'ready') throw cause;
    throw new CommandFailure('redis: the connection broke off; what was done until then is done', { cause });
  } finally {
    await core.close();
  }
}
