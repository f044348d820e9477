import * as z from 'zod';
import type { Plan } from '../frame/bench.js';
import { startBridge } from '../frame/bridge.js';
import { closedLoop, type Target } from '../frame/closed-loop.js';
import type { BenchOptions } from '../frame/options.js';
import { type Peer, startPeer } from '../frame/peer-process.js';
import { startMeasuredRedis } from '../frame/redis.js';
import type { Figures } from '../frame/report.js';
import { withResources } from '../frame/resources.js';
import type { Variant } from '../frame/rounds.js';
import { startSubject, type Subject } from '../frame/subject.js';
import { type Direction, traffic } from '../frame/traffic.js';
import { n8n } from '../peers/n8n.js';
import { nodeRed } from '../peers/node-red.js';
import type { PeerRelay } from '../peers/peer-relay.js';

const connections = 50;
const lanes = 100;
const warmUpSeconds = 2;

const expressRelay: PeerRelay = {
  name: 'express-relay',
  about: 'the hand-written Express relay',
  path: '/egain/callback',
  async start(peerUrl) {
    const file = new URL('../baselines/express-relay.js', import.meta.url);
    const subject = startSubject(file, { env: { PEER_URL: peerUrl } });
    const { port } = await subject.message(z.object({ port: z.number() }));
    return { subject, port };
  },
};

/** The whole way, from the caller's request to the far end, in one process: the bridge next to what people use instead. */
export async function hopPlan({ seconds }: BenchOptions): Promise<Plan> {
  const others: PeerRelay[] = [expressRelay];
  const missing: string[] = [];
  for (const install of [nodeRed, n8n]) {
    await install().then(
      (relay) => others.push(relay),
      (error: unknown) => missing.push(`${install.name} could not be had here: ${firstLine(error)}`),
    );
  }
  return {
    variants: [
      { name: 'bridge-outbound', measure: () => measureBridge('outbound', seconds) },
      { name: 'bridge-inbound', measure: () => measureBridge('inbound', seconds) },
      ...others.map((relay): Variant => ({ name: relay.name, measure: () => measureOther(relay, seconds) })),
    ],
    ratios: (['bridge-outbound', 'bridge-inbound'] as const).flatMap((top) => [
      { top, bottom: 'express-relay', figure: 'relayedPerSecond' },
      { top, bottom: 'node-red', figure: 'relayedPerSecond', atLeast: 2 },
      { top, bottom: 'n8n', figure: 'relayedPerSecond', atLeast: 5 },
    ]),
    notes: () => [
      `${connections} callers, each sending its next message when it has its answer; what arrived at the far end is counted.`,
      `Compared with ${others.map(({ about }) => about).join(', ')}; these keep the message in memory only and answer after delivery.`,
      ...missing,
    ],
  };
}

async function measureBridge(direction: Direction, seconds: number): Promise<Figures> {
  return withResources(async (resources) => {
    const redis = await resources.use(startMeasuredRedis());
    const peer = await resources.use(startPeer());
    const bridge = await resources.use(startBridge({ role: 'all', redisUrl: redis.url, peerUrl: peer.url }));
    await closedLoop(traffic('inbound', bridge.port, lanes), { connections, amount: lanes });
    await peer.received(lanes);
    return hop(bridge, peer, traffic(direction, bridge.port, lanes), seconds);
  });
}

async function measureOther(relay: PeerRelay, seconds: number): Promise<Figures> {
  return withResources(async (resources) => {
    const peer = await resources.use(startPeer());
    const { subject, port } = await relay.start(peer.url);
    await resources.use(Promise.resolve(subject));
    return hop(subject, peer, { ...traffic('outbound', port, lanes), path: relay.path }, seconds);
  });
}

async function hop(subject: Subject, peer: Peer, target: Target, seconds: number): Promise<Figures> {
  await closedLoop(target, { connections, seconds: warmUpSeconds });
  const [countBefore, usageBefore, from] = [await peer.count(), await subject.usage(), performance.now()];
  const { perSecond, p50Ms, p99Ms } = await closedLoop(target, { connections, seconds });
  const [countAfter, usageAfter, to] = [await peer.count(), await subject.usage(), performance.now()];
  const relayed = countAfter - countBefore;
  return {
    relayedPerSecond: relayed / ((to - from) / 1000),
    acceptedPerSecond: perSecond,
    p50Ms,
    p99Ms,
    cpuMicrosPerMessage: (usageAfter.cpuMicros - usageBefore.cpuMicros) / relayed,
    rssMb: usageAfter.rssBytes / 2 ** 20,
  };
}

function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
