import * as z from 'zod';
import type { Bench } from '../frame/bench.js';
import { startBridge } from '../frame/bridge.js';
import { closedLoop } from '../frame/closed-loop.js';
import { openLoop } from '../frame/open-loop.js';
import { type Peer, startPeer } from '../frame/peer-process.js';
import { startMeasuredRedis } from '../frame/redis.js';
import type { Figures } from '../frame/report.js';
import { withResources } from '../frame/resources.js';
import type { Measured } from '../frame/rounds.js';
import { median, percentile } from '../frame/statistics.js';
import { startSubject } from '../frame/subject.js';
import { type Direction, traffic } from '../frame/traffic.js';

const connections = 50;
const lanes = 100;
/** About a tenth of what one process relays end to end on two cores. */
const perSecond = 300;
const warmUpSeconds = 2;

/** How long a message is on its way, from the request to us to its arrival at the far end, at a tenth of the load. */
export const latency: Bench = {
  what: 'time from request to arrival at the far end at 10 % load, against two bare HTTP hops',
  plan: ({ seconds }) => ({
    variants: [
      { name: 'bare-hops', measure: () => measureBare(seconds) },
      { name: 'bridge-inbound', measure: () => measureBridge('inbound', seconds) },
      { name: 'bridge-outbound', measure: () => measureBridge('outbound', seconds) },
    ],
    ratios: [],
    notes: (measured) => [
      `${perSecond} messages per second over ${lanes} lanes, open loop. Budget: p50 at most 5 ms above the bare hops.`,
      ...(['bridge-inbound', 'bridge-outbound'] as const).map(
        (name) => `${name}: p50 is ${more(measured, name).toFixed(2)} ms above`,
      ),
    ],
  }),
};

function more(measured: Measured, name: string): number {
  const bare = measured.get('bare-hops') ?? [];
  const bridge = measured.get(name) ?? [];
  return median(bridge.map((figures, round) => (figures['p50Ms'] ?? 0) - (bare[round]?.['p50Ms'] ?? 0)));
}

async function measureBare(seconds: number): Promise<Figures> {
  return withResources(async (resources) => {
    const peer = await resources.use(startPeer());
    const file = new URL('../baselines/bare-relay.js', import.meta.url);
    const starting = Promise.resolve(startSubject(file, { env: { PEER_URL: peer.url } }));
    const subject = await resources.use(starting);
    const { port } = await subject.message(z.object({ port: z.number() }));
    return ways('outbound', port, peer, seconds);
  });
}

async function measureBridge(direction: Direction, seconds: number): Promise<Figures> {
  return withResources(async (resources) => {
    const redis = await resources.use(startMeasuredRedis());
    const peer = await resources.use(startPeer());
    const bridge = await resources.use(startBridge({ role: 'all', redisUrl: redis.url, peerUrl: peer.url }));
    // Every customer has a conversation before the clock starts.
    await closedLoop(traffic('inbound', bridge.port, lanes), { connections, amount: lanes });
    await peer.received(lanes);
    await peer.reset();
    return ways(direction, bridge.port, peer, seconds);
  });
}

async function ways(direction: Direction, port: number, peer: Peer, seconds: number): Promise<Figures> {
  const target = traffic(direction, port, lanes);
  const warm = await openLoop(target, { connections, seconds: warmUpSeconds, perSecond });
  await peer.received(warm.accepted);
  await peer.reset();
  const { accepted } = await openLoop(target, { connections, seconds, perSecond });
  await peer.received(accepted);
  const { waysMs } = await peer.state();
  return { p50Ms: percentile(waysMs, 50), p99Ms: percentile(waysMs, 99), maxMs: percentile(waysMs, 100) };
}
