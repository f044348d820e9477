import { Queue } from 'bullmq';
import type { Bench, Plan } from '../frame/bench.js';
import { callbackBody, conversation } from '../frame/bodies.js';
import { startBridge } from '../frame/bridge.js';
import { closedLoop } from '../frame/closed-loop.js';
import type { BenchOptions } from '../frame/options.js';
import { type Drained, measureDrain } from '../frame/drain.js';
import { startPeer } from '../frame/peer-process.js';
import { askRedis, startMeasuredRedis } from '../frame/redis.js';
import type { Figures } from '../frame/report.js';
import { withResources } from '../frame/resources.js';
import type { Variant } from '../frame/rounds.js';
import { startSubject } from '../frame/subject.js';
import { type Direction, traffic } from '../frame/traffic.js';
import { hopPlan } from './hop.js';

const connections = 50;
const slowPeerMs = 20;

/** How fast waiting messages of 1 KB reach the far end, in each direction, against plain BullMQ with the same HTTP call. */
export const relay: Bench = {
  what: 'messages carried to the far end per second, against plain BullMQ jobs (--peers: the whole way, against other relays)',
  // The bridge has more to be compiled than a plain job has: with 10,000 much of it falls into what is measured.
  messages: 60_000,
  plan: (options) => (options.peers ? hopPlan(options) : drainPlan(options)),
};

function drainPlan({ messages }: BenchOptions): Plan {
  return {
    variants: [0, slowPeerMs].flatMap((delayMs): Variant[] => {
      const suffix = delayMs === 0 ? '' : `-${delayMs}ms`;
      return [
        {
          name: `bridge-100-lanes${suffix}`,
          measure: () => measureBridge({ messages, lanes: 100, delayMs }),
        },
        {
          name: `bridge-1-message-per-lane${suffix}`,
          measure: () => measureBridge({ messages, lanes: messages, delayMs }),
        },
        { name: `plain-bullmq${suffix}`, measure: () => measurePlain(messages, delayMs) },
      ];
    }),
    ratios: (['inboundPerSecond', 'outboundPerSecond'] as const).flatMap((figure) => {
      const bottomFigure = 'perSecond';
      return [
        { top: 'bridge-100-lanes', bottom: 'plain-bullmq', figure, bottomFigure, atLeast: 1.2 },
        { top: 'bridge-1-message-per-lane', bottom: 'plain-bullmq', figure, bottomFigure, atLeast: 0.8 },
        { top: 'bridge-100-lanes-20ms', bottom: 'plain-bullmq-20ms', figure, bottomFigure, atLeast: 0.95 },
        { top: 'bridge-1-message-per-lane-20ms', bottom: 'plain-bullmq-20ms', figure, bottomFigure },
      ];
    }),
    notes: () => [
      'The messages wait in Redis when the worker starts; the first half is warm-up. Concurrency 100 everywhere.',
      'Inbound with one message per lane opens a conversation with every message.',
    ],
  };
}

async function measureBridge(settings: {
  readonly messages: number;
  readonly lanes: number;
  readonly delayMs: number;
}): Promise<Figures> {
  const { messages, lanes, delayMs } = settings;
  return withResources(async (resources) => {
    const redis = await resources.use(startMeasuredRedis({ rewrites: false }));
    const peer = await resources.use(startPeer({ delayMs }));
    const common = { redisUrl: redis.url, peerUrl: peer.url };
    const web = await resources.use(startBridge({ ...common, role: 'web' }));
    const carry = async (direction: Direction): Promise<Drained> => {
      await peer.reset();
      await closedLoop(traffic(direction, web.port, lanes), { connections, amount: messages });
      const worker = await startBridge({ ...common, role: 'worker', instance: 'bench-worker' });
      try {
        return await measureDrain({ worker, peer, redis, total: messages });
      } finally {
        await worker.stop();
      }
    };
    // In this order: the inbound messages open the conversations that the outbound ones belong to.
    const inbound = await carry('inbound');
    const outbound = await carry('outbound');
    return {
      inboundPerSecond: inbound.perSecond,
      outboundPerSecond: outbound.perSecond,
      inboundCpuMicrosPerMessage: inbound.cpuMicrosPerMessage,
      outboundCpuMicrosPerMessage: outbound.cpuMicrosPerMessage,
      inboundRedisMicrosPerMessage: inbound.redisMicrosPerMessage,
      outboundRedisMicrosPerMessage: outbound.redisMicrosPerMessage,
    };
  });
}

const batch = 500;

async function measurePlain(messages: number, delayMs: number): Promise<Figures> {
  return withResources(async (resources) => {
    const redis = await resources.use(startMeasuredRedis({ rewrites: false }));
    const peer = await resources.use(startPeer({ delayMs }));
    await askRedis(redis, async (connection) => {
      const queue = new Queue('deliver', { connection });
      for (let from = 0; from < messages; from += batch) {
        const jobs = Array.from({ length: Math.min(batch, messages - from) }, (_, index) => ({
          name: 'deliver',
          data: { path: '/channel', body: callbackBody(conversation(from + index)) },
        }));
        await queue.addBulk(jobs);
      }
      await queue.close();
    });
    const file = new URL('../baselines/plain-bullmq.js', import.meta.url);
    const worker = startSubject(file, { env: { REDIS_URL: redis.url, PEER_URL: peer.url } });
    try {
      return { ...(await measureDrain({ worker, peer, redis, total: messages })) };
    } finally {
      await worker.stop();
    }
  });
}
