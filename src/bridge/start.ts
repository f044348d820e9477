import { setTimeout as sleep } from 'node:timers/promises';
import type { BridgeConfig } from '../../config/schema.js';
import { FailureThrottle } from '../../webhooks/caller.js';
import { listen } from '../../webhooks/listen.js';
import { createManagementApp } from '../../webhooks/management-app.js';
import { questions } from '../../webhooks/management/operators-app.js';
import { LayoutWatch } from '../lanes/layout-watch.js';
import { MemoryWatch } from '../lanes/memory.js';
import { checkLayout } from '../lanes/layout.js';
import { redisUnfitness } from '../lanes/redis-fitness.js';
import type { Logger } from '../operations/logger.js';
import { createMetrics } from '../operations/metrics.js';
import { Observer } from '../operations/observer.js';
import type { Tracing } from '../operations/tracing/tracing.js';
import { FigureLog } from '../operators/figures.js';
import { SettingError } from '../operations/setting-error.js';
import { configuredChannels } from './channels.js';
import { readVersion } from '../operations/version.js';
import { openCore, type Core } from './core.js';
import { createHealth } from './health.js';
import { warnOfDrift } from './drift-warning.js';
import { watchFigures } from './figures.js';
import { operatorsApp } from './operators.js';
import { takeOver } from './reload.js';
import { startWeb } from './web.js';
import { startWorker } from './worker.js';

/** Wrong passwords and tokens of operators, per address and minute. */
const managementThrottle = { failures: 10, windowSeconds: 60 };

export type Role = 'all' | 'web' | 'worker';

export interface Bridge {
  /** Undefined for role `worker`. */
  readonly port: number | undefined;
  readonly managementPort: number;
  /** Takes over what it can of a new configuration; the log says what needs a restart. */
  reload(next: BridgeConfig): void;
  /** Leaves in order (I11): no new requests, finish what is in hand, hand the rest back, close own connections. */
  close(): Promise<void>;
}

const lossWords = {
  emptied:
    'Redis has lost what was kept there: what waited is gone, running conversations are unknown until their customers write again',
  replaced:
    'Redis holds what another installation wrote under this prefix: stop every process and see which it is',
} as const;

/** A Redis the scripts do not run on is refused; one that may lose messages is warned of, since it may be meant so. */
async function refuseUnfit(core: Core, config: BridgeConfig, log: Logger): Promise<void> {
  const { waitReplicas, maxMemoryBytes } = config.redis;
  for (const { what, fatal, found, advice } of await redisUnfitness(core.redis, {
    waitReplicas,
    maxMemoryBytes,
  })) {
    if (!fatal) log.warn({ what, found, advice }, 'Redis is not set up to keep messages safe');
    else {
      await core.close();
      throw new SettingError(`redis: ${found}: ${advice}`);
    }
  }
}

/** Starts the service. @throws {Error} with one sentence that names the setting when it cannot. */
export async function startBridge(options: {
  readonly config: BridgeConfig;
  readonly role: Role;
  readonly log: Logger;
  readonly tracing?: Tracing | undefined;
}): Promise<Bridge> {
  const { config, role, log, tracing } = options;
  const metrics = createMetrics();
  const observer = new Observer(metrics, log, config.logging, tracing);
  const onError = (error: unknown): void => observer.backgroundError(error);
  const channels = configuredChannels(config);
  const core = await openCore(config, onError);
  await refuseUnfit(core, config, log);
  const memory = new MemoryWatch(core.redis, config.redis.maxMemoryBytes, onError);
  let leaving = false;
  let running = config;
  const closers: (() => Promise<void>)[] = [() => core.close()];
  try {
    if (role !== 'worker') {
      await memory.look();
      memory.start();
    }
    closers.unshift(() => {
      memory.stop();
      return Promise.resolve();
    });
    const endFigures = watchFigures({
      metrics,
      core,
      memory,
      channels: [...channels.keys()],
      role,
      version: readVersion(),
    });
    closers.unshift(() => {
      endFigures();
      return Promise.resolve();
    });
    const figures = new FigureLog({
      redis: core.redis,
      prefix: config.redis.prefix,
      metrics,
      self: { instance: config.instance, role, version: readVersion() },
      onError,
    });
    figures.start();
    closers.unshift(() => figures.stop());
    const layout = new LayoutWatch(core.redis, config.redis.prefix, (how) => {
      metrics.redisLosses.at(how).add();
      log.error({ how, prefix: config.redis.prefix }, lossWords[how]);
    });
    // The first loss must be an increase, not a series that begins with 1.
    for (const how of ['emptied', 'replaced']) metrics.redisLosses.at(how);
    layout.start();
    closers.unshift(() => {
      layout.stop();
      return Promise.resolve();
    });
    const worker =
      role === 'web' ? undefined : await startWorker({ config, core, channels, observer, tracing });
    if (worker !== undefined) closers.unshift(() => worker.close());
    const web =
      role === 'worker' ? undefined : await startWeb({ config, core, channels, memory, observer, tracing });
    if (web !== undefined) closers.unshift(() => web.close());
    const management = await listen(
      createManagementApp({
        health: createHealth({
          progress: () => worker?.progress(),
          // A Redis that was emptied holds no layout, and takes whatever comes.
          fits: async () => (await checkLayout(core.redis, config.redis)) === undefined,
          leaving: () => leaving,
          now: () => performance.now(),
        }),
        registry: metrics.registry,
        settings: { ...config.management, trustProxy: config.server.trustProxy },
        throttle: new FailureThrottle(managementThrottle, () => performance.now()),
        observer,
        operators: operatorsApp({ config, core, memory, observer, log }),
        questions,
      }),
      {
        host: config.server.managementHost,
        port: config.server.managementPort,
        setting: 'server.managementPort',
      },
    );
    closers.push(() => management.close());
    log.info({ role, port: web?.port, managementPort: management.port }, 'bridge started');
    if (role !== 'worker') closers.unshift(warnOfDrift(config, core.redis, log));
    return {
      port: web?.port,
      managementPort: management.port,
      reload: (next) => {
        running = takeOver(running, next, { channels, log });
      },
      close: async () => {
        leaving = true;
        if (web !== undefined) await sleep(config.server.leaveNoticeMs);
        for (const close of closers) await close();
        await tracing?.close();
        log.info('bridge stopped');
      },
    };
  } catch (error) {
    for (const close of closers) await close().catch(onError);
    await tracing?.close();
    throw error;
  }
}
