import type { Bench } from '../frame/bench.js';
import { type BridgeSettings, startBridge } from '../frame/bridge.js';
import { startMeasuredRedis } from '../frame/redis.js';
import { withResources } from '../frame/resources.js';
import type { Variant } from '../frame/rounds.js';

const roles: readonly BridgeSettings['role'][] = ['all', 'web', 'worker'];

/** From the start of the process to its first `ready`, with Redis up. */
export const start: Bench = {
  what: 'time from start to ready, and the memory an idle process takes',
  plan: () => ({
    variants: roles.map((role): Variant => ({
      name: role,
      measure: () =>
        withResources(async (resources) => {
          const redis = await resources.use(startMeasuredRedis());
          const peerUrl = 'http://127.0.0.1:9';
          const bridge = await resources.use(startBridge({ role, redisUrl: redis.url, peerUrl }));
          const { cpuMicros, rssBytes } = await bridge.usage();
          return { readyMs: bridge.readyAfterMs, cpuMs: cpuMicros / 1000, rssMb: rssBytes / 2 ** 20 };
        }),
    })),
    ratios: [],
    notes: () => ['Budget: ready in under 2,000 ms.'],
  }),
};
