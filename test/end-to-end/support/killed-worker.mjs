/**
 * A real worker process that kills itself (SIGKILL) right before one write to Redis, named by its arguments:
 *   node killed-worker.mjs <config file> bind|setOpen|acknowledge|checkpoint
 */
import process from 'node:process';
import { loadConfig } from '../../../dist/config/load.js';
import { configuredChannels } from '../../../dist/src/bridge/channels.js';
import { openCore } from '../../../dist/src/bridge/core.js';
import { startWorker } from '../../../dist/src/bridge/worker.js';
import { adapters } from '../../../dist/src/channels/index.js';
import { createLogger } from '../../../dist/src/operations/logger.js';
import { createMetrics } from '../../../dist/src/operations/metrics.js';
import { Observer } from '../../../dist/src/operations/observer.js';

const [file, fatal] = process.argv.slice(2);
const loaded = loadConfig({ file, env: process.env, adapters });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
const { config } = loaded;
const core = await openCore(config, console.error);

/** The object itself, but for one method whose call is the last thing this process does. */
const deadlyAt = (object, method) =>
  new Proxy(object, {
    get(target, name) {
      // As where the customer's and the conversation's lanes lie in different shards: three writes instead of one script.
      if (name === 'opening' && method !== 'acknowledge') return () => undefined;
      if (name === method) return () => process.kill(process.pid, 'SIGKILL');
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

await startWorker({
  config,
  core: { ...core, lanes: deadlyAt(core.lanes, fatal), conversations: deadlyAt(core.conversations, fatal) },
  channels: configuredChannels(config),
  observer: new Observer(createMetrics(), createLogger('warn', config.instance)),
});
console.log('deadly worker started');
