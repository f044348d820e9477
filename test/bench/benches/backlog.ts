import type { Bench } from '../frame/bench.js';
import { startBridge } from '../frame/bridge.js';
import { closedLoop } from '../frame/closed-loop.js';
import { startPeer } from '../frame/peer-process.js';
import { askRedis, dataBytes, startMeasuredRedis } from '../frame/redis.js';
import type { Figures } from '../frame/report.js';
import { withResources } from '../frame/resources.js';
import { traffic } from '../frame/traffic.js';

const connections = 50;
const messagesPerLane = 10;
const longestQuietMs = 120_000;

/** Whether a backlog outlives everything that holds it: the worker and Redis killed in the middle of draining. */
export const backlog: Bench = {
  what: 'a backlog (--messages, 1000000 for the full picture) drained over a kill of the worker and of Redis',
  plan: ({ messages }) => ({
    variants: [{ name: `${messages}-waiting`, measure: () => measure(messages) }],
    ratios: [],
    notes: () => [
      `${messagesPerLane} messages per lane, inbound. After a third of them both are killed at once; loadedMs: until Redis has read its append-only file;`,
      'resumedMs: from then, with the worker started again, to the next arrival. lost and outOfOrder must be 0; repeats are what was under way.',
    ],
  }),
};

async function measure(messages: number): Promise<Figures> {
  return withResources(async (resources) => {
    const redis = await resources.use(startMeasuredRedis());
    const peer = await resources.use(startPeer({ track: true }));
    const common = { redisUrl: redis.url, peerUrl: peer.url };
    const web = await resources.use(startBridge({ ...common, role: 'web' }));
    const empty = await dataBytes(redis);
    const target = traffic('inbound', web.port, messages / messagesPerLane);
    const { perSecond: acceptedPerSecond } = await closedLoop(target, { connections, amount: messages });
    const waitingBytes = ((await dataBytes(redis)) - empty) / messages;
    const webRssMb = (await web.usage()).rssBytes / 2 ** 20;
    const worker = { ...common, role: 'worker', instance: 'bench-a' } as const;

    const doomed = await startBridge(worker);
    await peer.received(Math.ceil(messages / 3));
    doomed.signal('SIGKILL');
    await redis.kill();
    await doomed.ended;
    const before = await peer.count();
    let at = performance.now();
    await redis.restart();
    await askRedis(redis, (client) => client.ping());
    const loadedMs = performance.now() - at;
    at = performance.now();
    const second = await resources.use(startBridge(worker));
    await peer.received(before + 1, longestQuietMs);
    const resumedMs = performance.now() - at;

    const from = { at: performance.now(), count: await peer.count() };
    await peer.received(messages, longestQuietMs);
    const drainedPerSecond = (1000 * (messages - from.count)) / (performance.now() - from.at);
    const workerRssMb = (await second.usage()).rssBytes / 2 ** 20;
    const { distinct = 0, repeats = 0, outOfOrder = 0 } = await peer.state();
    return {
      acceptedPerSecond,
      waitingBytes,
      loadedMs,
      resumedMs,
      drainedPerSecond,
      webRssMb,
      workerRssMb,
      lost: messages - distinct,
      repeats,
      outOfOrder,
    };
  });
}
