import type { FaultInput } from '../../src/simulator/faults/rules.js';
import type { Fault as ChannelFault } from '../../src/simulator/channel/faults.js';
import type { World } from '../support/world.js';
import { faultNames, type ChaosSettings, type FaultName } from './settings.js';

const operation = 'sendMessage';
const hour = 3_600_000;

/** What each family does at the hub. */
const atHub: Partial<Record<FaultName, readonly FaultInput[]>> = {
  drop: [
    { operation, probability: 0.01, kind: 'hang', processed: false },
    { operation, probability: 0.01, kind: 'hang', processed: true },
  ],
  delay: [
    { operation, probability: 0.1, kind: 'delay', ms: 150 },
    { probability: 0.02, kind: 'callback-delay', ms: 500 },
  ],
  duplicate: [{ probability: 0.05, kind: 'callback-duplicate', copies: 2 }],
  reorder: [{ probability: 0.1, kind: 'callback-reorder', maxWaitMs: 3000 }],
  '5xx': [
    { operation, probability: 0.03, kind: 'status', status: 503 },
    { operation, probability: 0.01, kind: 'status', status: 500 },
    { operation, probability: 0.005, kind: 'status', status: 504 },
    { operation, probability: 0.005, kind: 'html', status: 502 },
  ],
  '429': [
    { operation, probability: 0.0015, kind: 'throttle', retryAfterSeconds: 1 },
    { operation, probability: 0.0015, kind: 'throttle', retryAfterDateInMs: 2000 },
    { operation, probability: 0.0015, kind: 'throttle', resetInMs: 1000 },
    { operation, probability: 0.0015, kind: 'throttle' },
  ],
  '401': [
    { operation, probability: 0.005, kind: 'status', status: 401 },
    { probability: 0.004, kind: 'callback-wrong-authorization' },
  ],
  slow: [
    { operation, probability: 0.02, kind: 'slow', chunkBytes: 1, intervalMs: 3 },
    { operation, probability: 0.005, kind: 'slow', chunkBytes: 1, intervalMs: 60 },
  ],
  reset: [
    { operation, probability: 0.01, kind: 'reset', when: 'before' },
    { operation, probability: 0.01, kind: 'reset', when: 'after' },
  ],
  cut: [
    { operation, probability: 0.005, kind: 'cut' },
    { operation, probability: 0.005, kind: 'truncate' },
  ],
  // Without some that are long under way, there would be none to find its token worthless.
  'token-expired': [{ operation, probability: 0.1, kind: 'delay', ms: 400 }],
  clock: [
    { operation, probability: 0.0015, kind: 'throttle', retryAfterDateInMs: 2000 },
    { operation, probability: 0.0015, kind: 'throttle', resetInMs: 1000 },
  ],
};

/** And what it does at the channel. */
const atChannel: Partial<Record<FaultName, readonly ChannelFault[]>> = {
  drop: [
    { kind: 'hang', share: 0.01 },
    { kind: 'hang', share: 0.01, processed: true },
  ],
  delay: [{ kind: 'delay', delayMs: 150, share: 0.1, processed: true }],
  '5xx': [
    { kind: 'status', status: 503, share: 0.03 },
    { kind: 'status', status: 500, share: 0.01 },
    { kind: 'status', status: 502, share: 0.005 },
  ],
  '429': [
    { kind: 'status', status: 429, retryAfterSeconds: 1, share: 0.002 },
    { kind: 'status', status: 429, retryAfterDateInMs: 2000, share: 0.002 },
    { kind: 'status', status: 429, share: 0.002 },
  ],
  slow: [{ kind: 'slow', share: 0.02, intervalMs: 20, processed: true }],
  reset: [
    { kind: 'reset', share: 0.01 },
    { kind: 'reset', share: 0.01, processed: true },
  ],
  clock: [
    {
      kind: 'status',
      status: 429,
      retryAfterDateInMs: 2000,
      clockOffsetMs: hour,
      share: 0.0015,
    },
    {
      kind: 'status',
      status: 429,
      retryAfterDateInMs: 2000,
      clockOffsetMs: -20_000 * hour,
      share: 0.0015,
    },
  ],
};

/** What strikes processes and Redis is to find messages under way, so far ends take a while now and then. */
const wantsTraffic: ReadonlySet<FaultName> = new Set([
  'kill',
  'freeze',
  'rollout',
  'redis-restart',
  'redis-away',
  'redis-full',
]);
const whileMs = 120;
const whileShare = 0.3;

/** How often each family has struck at the far ends. */
export type FaultCounts = Readonly<Partial<Record<FaultName, number>>>;

/** Sets both far ends misbehaving, by the names in `settings.faults`. Returns the function that ends it and counts. */
export function misbehave(world: World, settings: ChaosSettings): () => FaultCounts {
  const { control } = world.simulator;
  const names = faultNames.filter((name) => settings.faults.has(name));
  for (const name of names) {
    (atHub[name] ?? []).forEach((fault, index) => control.addFault({ ...fault, id: `${name} ${index}` }));
  }
  const channelFaults = names.flatMap((name) => (atChannel[name] ?? []).map((fault) => ({ ...fault, name })));
  if (names.some((name) => wantsTraffic.has(name))) {
    control.addFault({ operation, id: 'under-way', probability: whileShare, kind: 'delay', ms: whileMs });
    const name = 'under-way';
    world.channel.setFaults(
      [...channelFaults, { name, kind: 'delay', delayMs: whileMs, share: whileShare, processed: true }],
      settings.seed,
    );
  } else world.channel.setFaults(channelFaults, settings.seed);
  return () => {
    const counts: Partial<Record<FaultName, number>> = {};
    for (const name of names) {
      const atTheHub = control
        .faults()
        .filter(({ id }) => id.startsWith(`${name} `))
        .reduce((sum, { struck }) => sum + struck, 0);
      const atTheChannel = world.channel.requests().filter(({ fault }) => fault === name).length;
      counts[name] = atTheHub + atTheChannel;
    }
    control.clearFaults();
    control.setSwitches({ toldClockOffsetMs: 0, tokenLifeSeconds: 3600 });
    world.channel.setFaults([]);
    return counts;
  };
}
