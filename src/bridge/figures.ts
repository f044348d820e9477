import { readBacklog, type TargetBacklog } from '../lanes/backlog.js';
import { readGates } from '../lanes/gates.js';
import type { MemoryWatch } from '../lanes/memory.js';
import type { Metrics } from '../operations/metrics.js';
import { RedisProbe } from '../operations/redis-probe.js';
import type { Core } from './core.js';

/**
 * Fills the gauges that are read when somebody scrapes: what waits, closed gates, Redis's memory. While Redis is away they
 * are not there at all, which is the truth; `egain_bridge_redis_up` says why.
 * @returns how to end the once-a-second look at Redis
 */
export function watchFigures(parts: {
  readonly metrics: Metrics;
  readonly core: Core;
  readonly memory: MemoryWatch;
  /** Names of the configured channels. */
  readonly channels: readonly string[];
  readonly role: string;
  readonly version: string;
}): () => void {
  const { metrics, core, memory, channels, role, version } = parts;
  const { redis, keys } = core;
  const configured = new Set(channels.flatMap((name) => [`in:${name}`, `out:${name}`]).concat('out:?'));
  metrics.info.set({ version, role }, 1);

  // The first dead letter of its kind must be an increase, not a series that begins with 1.
  for (const name of channels)
    for (const direction of ['in', 'out'] as const)
      for (const reason of deathsOf[direction]) metrics.deadLetters.at(direction, name, reason);

  metrics.scrape.add(async () => {
    for (const gauge of [metrics.oldestWaitingSeconds, metrics.lanes, metrics.strayTargets]) gauge.reset();
    metrics.deadLettersKept.remove();
    const { targets, deadLetters } = await readBacklog(redis, keys);
    metrics.deadLettersKept.set(deadLetters);
    const known = new Set(targets.map(({ target }) => target));
    // A channel nobody has written on yet has a figure, too: an alert on nothing at all would never fire.
    for (const target of configured) if (!known.has(target)) show(metrics, nothing(target));
    for (const each of targets) {
      const lanes = each.running + each.waiting + each.backingOff;
      // A channel that is gone and has nothing waiting is nobody's business any more.
      if (configured.has(each.target) || lanes > 0) show(metrics, each);
      if (!configured.has(each.target) && lanes > 0) metrics.strayTargets.set({ target: each.target }, 1);
    }
  });

  metrics.scrape.add(async () => {
    metrics.gatesClosed.reset();
    for (const { target, why } of await readGates(redis, keys)) metrics.gatesClosed.set({ target, why }, 1);
  });

  metrics.scrape.add(() => {
    const { usage } = memory;
    if (usage === undefined) return;
    metrics.redisMemoryUsed.set(usage.usedBytes);
    metrics.redisMemoryLimit.set(usage.limitBytes);
  });

  const probe = new RedisProbe(
    () => redis.ping(),
    metrics,
    () => performance.now(),
  );
  probe.start();
  return () => probe.stop();
}

/** What messages usually die of; a reason that is not in here is counted all the same. */
const deathsOf = {
  in: ['hold-expired', 'refused', 'uncertain', 'poison', 'unreadable'],
  out: [
    'hold-expired',
    'rejected',
    'unreachable',
    'unknown-conversation',
    'uncertain',
    'malformed',
    'poison',
    'unreadable',
  ],
} as const;

function show(metrics: Metrics, { target, running, waiting, backingOff, oldestMs }: TargetBacklog): void {
  const colon = target.indexOf(':');
  const labels = { direction: target.slice(0, colon), channel: target.slice(colon + 1) };
  metrics.oldestWaitingSeconds.set(labels, oldestMs / 1000);
  metrics.lanes.set({ ...labels, state: 'running' }, running);
  metrics.lanes.set({ ...labels, state: 'waiting' }, waiting);
  metrics.lanes.set({ ...labels, state: 'backing-off' }, backingOff);
}

function nothing(target: string): TargetBacklog {
  return { target, running: 0, waiting: 0, backingOff: 0, oldestMs: 0 };
}
