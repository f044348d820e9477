import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../frame/bench.js';
import { channelRequest, loudCustomer } from '../frame/bodies.js';
import { channelWebhookPath, startBridge } from '../frame/bridge.js';
import { closedLoop, type Target } from '../frame/closed-loop.js';
import { openLoop } from '../frame/open-loop.js';
import { overloadLoop } from '../frame/overload-loop.js';
import { startPeer } from '../frame/peer-process.js';
import { startMeasuredRedis } from '../frame/redis.js';
import type { Figures } from '../frame/report.js';
import { withResources } from '../frame/resources.js';
import { percentile } from '../frame/statistics.js';
import { traffic } from '../frame/traffic.js';

const lanes = 1000;
const times = 3;
const callers = 8000;
const calmPerSecond = 200;
const hotTimes = 5;

/** What callers get when they send more than can be carried, and what the others get while one customer does. */
export const overload: Bench = {
  what: 'three times the load it can carry; one customer who writes far more than all others',
  plan: ({ seconds }) => ({
    variants: [
      { name: 'three-times-the-load', measure: () => measureOverload(seconds) },
      { name: 'hot-customer', measure: () => measureHot(seconds) },
    ],
    ratios: [
      { top: 'hot-customer', bottom: 'hot-customer', figure: 'meanwhileP99Ms', bottomFigure: 'aloneP99Ms' },
      { top: 'hot-customer', bottom: 'hot-customer', figure: 'meanwhileP99Ms', bottomFigure: 'spreadP99Ms' },
    ],
    notes: () => [
      `three-times-the-load: ${times} × what 50 callers get through, from ${callers} connections, for --seconds × 4. Budget: p99 of what is accepted under 1,000 ms.`,
      `hot-customer: ${calmPerSecond} messages per second over ${lanes} customers, first alone, then while one customer more writes ${hotTimes} times as much as all of them (meanwhile), then while others write as much, evenly (spread).`,
    ],
  }),
};

async function measureOverload(seconds: number): Promise<Figures> {
  return withResources(async (resources) => {
    const redis = await resources.use(startMeasuredRedis());
    const peer = await resources.use(startPeer());
    const bridge = await resources.use(startBridge({ role: 'web', redisUrl: redis.url, peerUrl: peer.url }));
    const target = traffic('inbound', bridge.port, lanes);
    await closedLoop(target, { connections: 50, seconds: 2 });
    const { perSecond: carriedPerSecond } = await closedLoop(target, { connections: 50, seconds });
    const over = { connections: callers, perSecond: times * carriedPerSecond };
    // The first part fills buffers that stay; growth is what comes after it.
    await overloadLoop(target, { ...over, seconds });
    const before = await bridge.usage();
    const result = await overloadLoop(target, { ...over, seconds: 3 * seconds });
    const after = await bridge.usage();
    const { p99Ms } = await openLoop(target, { connections: 50, seconds: 2, perSecond: calmPerSecond });
    return {
      carriedPerSecond,
      ...result,
      grownMb: (after.rssBytes - before.rssBytes) / 2 ** 20,
      afterwardsP99Ms: p99Ms,
    };
  });
}

async function measureHot(seconds: number): Promise<Figures> {
  return withResources(async (resources) => {
    const redis = await resources.use(startMeasuredRedis());
    const peer = await resources.use(startPeer({ delayMs: 5 }));
    const bridge = await resources.use(startBridge({ role: 'all', redisUrl: redis.url, peerUrl: peer.url }));
    const calm = traffic('inbound', bridge.port, lanes);
    const load = { connections: 20, seconds: 2 * seconds, perSecond: calmPerSecond };
    const measure = async (): Promise<number> => {
      await peer.reset();
      const { accepted } = await openLoop(calm, load);
      // Told apart by their lanes: the hot customer's wait behind each other, which is not looked at.
      for (;;) {
        const { calmWaysMs } = await peer.state();
        if (calmWaysMs.length >= accepted) return percentile(calmWaysMs, 99);
        await sleep(100);
      }
    };
    await measure();
    const aloneP99Ms = await measure();
    const hot: Target = {
      port: bridge.port,
      path: channelWebhookPath,
      headers: { 'content-type': 'application/json' },
      next: () => channelRequest(loudCustomer(0)),
    };
    const others: Target = {
      ...hot,
      next: () => channelRequest(loudCustomer(Math.floor(Math.random() * lanes))),
    };
    const beside = async (target: Target): Promise<number> => {
      const flood = openLoop(target, {
        ...load,
        seconds: 2 * seconds + 1,
        perSecond: hotTimes * calmPerSecond,
      });
      const p99Ms = await measure();
      await flood;
      return p99Ms;
    };
    const spreadP99Ms = await beside(others);
    const meanwhileP99Ms = await beside(hot);
    return { aloneP99Ms, spreadP99Ms, meanwhileP99Ms };
  });
}
