import type { Command } from 'commander';
import { formatProblems, loadConfig } from '../../config/load.js';
import { readText } from '../../config/reading.js';
import type { BridgeConfig } from '../../config/schema.js';
import type { Bridge } from '../bridge/start.js';
import { adapters } from '../channels/index.js';
import type { Logger } from '../operations/logger.js';
import { watchFiles } from '../operations/watch-files.js';
import type { CliContext } from './context.js';
import { configFile } from './load-or-fail.js';

/**
 * Reads the configuration again after SIGHUP, and when its file or one that it names has changed. One that is not valid
 * changes nothing, and the log says what is wrong with it. The environment of a running process cannot change, so what
 * comes from there stays as it is.
 * @param bridge resolves when there is one to tell.
 */
export function followConfiguration(
  context: CliContext,
  command: Command,
  parts: { readonly config: BridgeConfig; readonly log: Logger; readonly bridge: Promise<Bridge> },
): void {
  const { log, bridge } = parts;
  const { reloadMs } = parts.config.server;
  const read = (): { readonly files: Set<string>; readonly loaded: ReturnType<typeof loadConfig> } => {
    const files = new Set<string>();
    const readFile = (path: string): string => {
      files.add(path);
      return readText(path);
    };
    return {
      files,
      loaded: loadConfig({ file: configFile(context, command), env: context.env, adapters, readFile }),
    };
  };
  let { files } = read();
  const reload = (running: Bridge): void => {
    const { files: named, loaded } = read();
    if (loaded.ok) {
      files = named;
      running.reload(loaded.config);
    } else {
      // What was not reached this time may be what is mended next.
      files = new Set([...files, ...named]);
      const problems = formatProblems(loaded.problems).split('\n');
      log.error({ problems }, 'the new configuration has problems: the old one stays');
    }
  };
  const again = (): void => {
    // Of a bridge that does not start, whoever starts it tells.
    bridge
      .then(reload, () => undefined)
      .catch((error: unknown) => {
        log.error({ err: error }, 'the new configuration could not be taken over');
      });
  };
  // To a program in the foreground SIGHUP says that its terminal is gone.
  if (!process.stdout.isTTY) process.on('SIGHUP', again);
  if (reloadMs > 0) watchFiles(() => files, reloadMs, again);
}
