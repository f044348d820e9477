import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../frame/bench.js';
import { startBridge } from '../frame/bridge.js';
import { openLoop } from '../frame/open-loop.js';
import { startPeer } from '../frame/peer-process.js';
import { startMeasuredRedis } from '../frame/redis.js';
import type { Figures } from '../frame/report.js';
import { withResources } from '../frame/resources.js';
import { traffic } from '../frame/traffic.js';

const connections = 20;
const lanes = 50;
const perSecond = 200;
const peerDelayMs = 20;
const beforeKillMs = 3000;
const longestQuietMs = 90_000;

/** How long the lanes a killed worker had in hand stand still: with another worker running, and with a restart of the same. */
export const recovery: Bench = {
  what: 'how long lanes stand still when their worker is killed',
  plan: () => ({
    variants: [
      { name: 'another-worker', measure: () => measure('another') },
      { name: 'same-instance-restarts', measure: () => measure('same') },
    ],
    ratios: [],
    notes: () => [
      `${perSecond} messages per second over ${lanes} lanes to a peer that takes ${peerDelayMs} ms; SIGKILL in the middle.`,
      'Budgets: 30,000 ms with another worker, 3,000 ms with a restart of the same instance. lost and outOfOrder must be 0.',
    ],
  }),
};

async function measure(who: 'another' | 'same'): Promise<Figures> {
  return withResources(async (resources) => {
    const redis = await resources.use(startMeasuredRedis());
    const peer = await resources.use(startPeer({ delayMs: peerDelayMs, track: true }));
    const common = { redisUrl: redis.url, peerUrl: peer.url };
    const web = await resources.use(startBridge({ ...common, role: 'web' }));
    const doomed = await startBridge({ ...common, role: 'worker', instance: 'bench-a' });
    if (who === 'another') {
      await resources.use(startBridge({ ...common, role: 'worker', instance: 'bench-b' }));
    }
    const seconds = who === 'another' ? 45 : 15;
    const sending = openLoop(traffic('inbound', web.port, lanes), { connections, seconds, perSecond });
    await sleep(beforeKillMs);
    doomed.signal('SIGKILL');
    await doomed.ended;
    if (who === 'same') {
      await resources.use(startBridge({ ...common, role: 'worker', instance: 'bench-a' }));
    }
    const { accepted } = await sending;
    await peer.received(accepted, longestQuietMs);
    const { distinct = 0, repeats = 0, outOfOrder = 0, longestSilenceMs = 0 } = await peer.state();
    return { longestSilenceMs, lost: accepted - distinct, repeats, outOfOrder };
  });
}
