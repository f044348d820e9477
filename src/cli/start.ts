import { Option, type Command } from 'commander';
import { SettingError } from '../operations/setting-error.js';
import { CommandFailure, type CliContext } from './context.js';
import { loadOrFail } from './load-or-fail.js';

export function register(program: Command, context: CliContext): void {
  program
    .command('start')
    .description('run the service')
    .addOption(
      new Option('--role <role>', 'take in, deliver, or both')
        .choices(['all', 'web', 'worker'])
        .default('all'),
    )
    .action(async ({ role }: { role: 'all' | 'web' | 'worker' }, command: Command) => {
      const config = loadOrFail(context, command);
      const { startBridge } = await import('../bridge/start.js');
      const { followConfiguration } = await import('./follow-configuration.js');
      const { createLogger } = await import('../operations/logger.js');
      const log = createLogger(config.logging.level, config.instance);
      const { openTracing } = await import('../operations/tracing/open.js');
      const tracing = await openTracing(context.env, log);
      // From the start on: who is asked to leave while still starting leaves in order when it has started.
      const asked = untilAskedToStop();
      const starting = startBridge({ config, role, log, tracing });
      followConfiguration(context, command, { config, log, bridge: starting });
      const bridge = await starting.catch((cause: unknown) => {
        if (!(cause instanceof SettingError)) throw cause;
        throw new CommandFailure(cause.message, { cause });
      });
      await asked;
      // An orchestrator kills what does not leave in time; leaving late would only look like a crash.
      const timer = setTimeout(() => {
        log.warn('the grace period is over: leaving, other processes go on with what is in hand');
        process.exit(0);
      }, config.server.leaveNoticeMs + config.server.drainGraceMs);
      await bridge.close();
      clearTimeout(timer);
      process.exit(0);
    });
}

/** SIGTERM from an orchestrator, SIGINT from a keyboard. */
export function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}
