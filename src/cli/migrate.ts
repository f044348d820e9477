import type { Command } from 'commander';
import { SettingError } from '../operations/setting-error.js';
import { CommandFailure, type CliContext } from './context.js';
import { loadOrFail } from './load-or-fail.js';
import { json } from './printing.js';

const patienceMs = 3000;

/** `migrate`: after `redis.shards` was changed, with every process stopped. */
export function register(program: Command, context: CliContext): void {
  program
    .command('migrate')
    .description('spread what lies in Redis over redis.shards; every process must be stopped')
    .option('--json', 'print as JSON')
    .action(async (options: { json?: boolean }, command: Command) => {
      const config = loadOrFail(context, command);
      const { connectRedis, untilReady } = await import('../lanes/connection.js');
      const { migrate, migrationName } = await import('../lanes/migrate.js');
      const redis = connectRedis(config.redis, 'patient', migrationName(config.redis.prefix));
      redis.on('error', () => undefined);
      try {
        await untilReady(redis, patienceMs);
        const done = await migrate(redis, config.redis);
        const { from, to, lanes, keys, deadLetters } = done;
        context.stdout.write(
          options.json === true
            ? json(done)
            : `spread over ${to} instead of ${from} shards: ${keys} keys and ${deadLetters} dead letters moved, ${lanes} lanes wait for a worker\n`,
        );
      } catch (cause) {
        if (cause instanceof SettingError) throw new CommandFailure(cause.message, { cause });
        const why = cause instanceof Error ? `: ${cause.message}` : '';
        throw new CommandFailure(`redis: the migration did not end${why}; run it again to go on`, { cause });
      } finally {
        redis.disconnect();
      }
    });
}
