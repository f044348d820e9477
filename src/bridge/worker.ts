import { setMaxListeners } from 'node:events';
import { Agent } from 'undici';
import type { BridgeConfig } from '../../config/schema.js';
import { ChoiceDesk } from '../../workers/choices.js';
import type { Deliverer } from '../../workers/delivery.js';
import { Drain } from '../../workers/drain.js';
import { Endings } from '../../workers/endings.js';
import { InboundDeliverer } from '../../workers/inbound.js';
import { Notices } from '../../workers/notices.js';
import { OutboundDeliverer } from '../../workers/outbound.js';
import { Pool } from '../../workers/pool.js';
import { jobLockMs } from '../../workers/queues.js';
import { recoverOwnJobs } from '../../workers/recovery.js';
import { Slots } from '../../workers/slots.js';
import { Upkeep } from '../../workers/upkeep.js';
import { egressOf } from '../egress/egress.js';
import { connectRedis } from '../lanes/connection.js';
import { Gates } from '../lanes/gates.js';
import { farIdOf } from '../lanes/journeys.js';
import { NoticeWindow } from '../lanes/notice-window.js';
import { Offers } from '../lanes/offers.js';
import { Outbox } from '../lanes/outbox.js';
import type { Observer } from '../operations/observer.js';
import type { Tracing } from '../operations/tracing/tracing.js';
import type { ConfiguredChannel } from './channels.js';
import type { Core } from './core.js';
import { egainAccess } from './egain-access.js';
import type { WorkerProgress } from './health.js';
import { egainLink } from './egain-link.js';
import { openFiles } from './files.js';
import { contactReader, outboundChannel, translator } from './outbound-link.js';
import { choiceSpeaker } from './speaking.js';
import { sweepFiles } from './sweep-files.js';
import { workerFiles } from './worker-files.js';

/** How often BullMQ looks for jobs whose lock ran out: a killed process's lanes go on within 20 s. */
const stalledIntervalMs = 5000;
/** Jobs in hand at once, at the most; each only waits for somebody else's answer. */
const mostJobs = 2000;

/** The share of the grace period after which work in hand is broken off; the rest is for handing it back. */
const handBackShare = 0.8;

interface Route {
  readonly gate: string;
  readonly deliverer: Deliverer;
  readonly holdMs: number;
}

export interface WorkerSide {
  progress(): WorkerProgress;
  close(): Promise<void>;
}

/** The role `worker`: carries what lies in the lanes to eGain and to the channels. */
export async function startWorker(parts: {
  readonly config: BridgeConfig;
  readonly core: Core;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  readonly observer: Observer;
  readonly tracing?: Tracing | undefined;
}): Promise<WorkerSide> {
  const { config, core, channels, observer, tracing } = parts;
  const { redis, keys, lanes, conversations, queues, window } = core;
  const { delivery, egain } = config;
  const now = (): number => performance.now();
  const random = Math.random;
  const onError = (error: unknown): void => observer.backgroundError(error);
  let stopping = false;
  const leaving = new AbortController();
  // Every delivery in hand listens to it.
  setMaxListeners(0, leaving.signal);

  const gates = new Gates(
    redis,
    keys,
    { ...delivery.breaker, probeMs: delivery.attemptTimeoutMs + 5000 },
    now,
  );
  const notices = new Notices({
    window: new NoticeWindow(redis, keys, config.notices.windowMs),
    keys,
    lanes,
    queues,
    settings: config.notices,
  });
  const endings = new Endings({ lanes, notices, observer, now });
  const egress = egressOf(config.egress);
  const pools = new Map(
    [...channels].map(([name]) => [name, egress.pool(delivery.concurrency, delivery.attemptTimeoutMs / 2)]),
  );
  const egainPool = egress.pool(egain.connections, egain.requestTimeoutMs / 2, egain.tls);
  const dispatcher = observer.upstream('egain', egainPool);
  const hub = egainAccess({ config, redis, dispatcher, tokens: egainPool, observer });
  const choices = new ChoiceDesk({
    offers: new Offers(redis, keys, delivery.choiceOpenMs),
    keys,
    lanes,
    queues,
    openMs: delivery.choiceOpenMs,
    speakers: new Map([...channels].map(([name, channel]) => [name, choiceSpeaker(channel)])),
  });
  const room = await openFiles(config, core, hub.client.assets, egress, onError);
  const files = workerFiles({ config, room, assets: hub.client.assets, channels, notices, observer });
  const inbound = new InboundDeliverer({
    lanes,
    conversations,
    choices,
    channels: egainLink({ config, client: hub.client, channels }),
    settings: {
      conversationMemoryMs: delivery.conversationMemoryMs,
      infoMs: delivery.conversationMemoryMs,
      safeRetry: egain.switches.safe_retry,
    },
    files: files.inbound,
    hubIdOf:
      egain.switches.parent_ref === 'id'
        ? (lane, messageId) => farIdOf(redis, keys, lane, messageId)
        : () => Promise.resolve(undefined),
    onOrders: (orders) => queues.add(orders),
    now,
  });
  const outbox = new Outbox(redis, keys);
  const outbound = new OutboundDeliverer({
    lanes,
    conversations,
    channels: new Map(
      [...channels].map(([name, channel]) => [
        name,
        outboundChannel(
          channel,
          observer.upstream(`channel:${name}`, pools.get(name) ?? new Agent()),
          outbox,
          config,
          keys,
        ),
      ]),
    ),
    translate: translator(config),
    choices,
    notices,
    contactsOf: contactReader(config),
    onOrders: (orders) => queues.add(orders),
    settings: delivery,
    files: files.outbound,
    now,
  });

  const routes = new Map<string, Route>([
    ...[...channels.values()].flatMap(({ name, accountTimeoutMs }): [string, Route][] => [
      [`in:${name}`, { gate: 'egain', deliverer: inbound, holdMs: delivery.holdMs }],
      // Outbound messages are not worth more than their conversation: eGain's own time-out ends it (I4).
      [
        `out:${name}`,
        { gate: `out:${name}`, deliverer: outbound, holdMs: Math.min(delivery.holdMs, accountTimeoutMs) },
      ],
    ]),
    ['out:?', { gate: 'out:?', deliverer: outbound, holdMs: delivery.holdMs }],
  ]);
  const drain = new Drain({
    lanes,
    gates,
    queues,
    slots: new Slots(delivery.concurrency),
    endings,
    settings: {
      holdMs: (target) => routes.get(target)?.holdMs ?? delivery.holdMs,
      backOff: delivery.backoff,
      laneBurst: delivery.laneBurst,
      poisonStarts: delivery.poisonStarts,
      lockMs: jobLockMs,
    },
    route: (target) => routes.get(target),
    random,
    now,
    stopping: () => stopping,
    leaving: leaving.signal,
    onError,
    onLocked: observer.locked.bind(observer),
    tracing,
  });

  const workerRedis = connectRedis(config.redis, 'patient', `egain-bridge-worker:${config.instance}`);
  workerRedis.on('error', onError);
  const pool = new Pool({
    redis: workerRedis,
    keys,
    drain,
    settings: {
      // Every gate can fill its share and have as many lanes wait for a place without taking one from the others.
      concurrency: Math.min(mostJobs, delivery.concurrency * 2 * (channels.size + 2)),
      workerName: config.instance,
      lockMs: jobLockMs,
      stalledIntervalMs,
    },
    onError,
    onStalled: () => observer.stalled(),
  });
  const upkeep = new Upkeep({
    redis,
    keys,
    lanes,
    gates,
    queues,
    instance: config.instance,
    targets: routes,
    window,
    random,
    onError,
    onStray: (target) => observer.stray(target),
  });
  const stopSweeping = sweepFiles(room.store, config.files.keepMs, onError);
  await upkeep.start();
  await recoverOwnJobs(redis, keys, queues, config.instance).catch(onError);
  pool.start(onError);

  return {
    progress: () => ({ rounds: upkeep.rounds, well: upkeep.well, heard: pool.heard() }),
    close: async () => {
      stopping = true;
      stopSweeping();
      room.store?.close();
      // What cannot be finished in time is broken off and handed back, so that others go on with it at once.
      const timer = setTimeout(() => leaving.abort(), config.server.drainGraceMs * handBackShare);
      await upkeep.stop();
      await pool.close();
      clearTimeout(timer);
      await Promise.all([...pools.values(), egainPool].map((agent) => agent.destroy()));
      hub.close();
      workerRedis.disconnect();
    },
  };
}
