import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { World } from '../support/world.js';
import type { Fleet } from './fleet.js';
import type { IncidentLog } from './incidents.js';
import type { Disturbance } from './schedule.js';

/** Lets happen what is planned, each thing at its time. Resolves when everything is back. */
export async function disturb(
  schedule: readonly Disturbance[],
  { fleet, world, log, began }: { fleet: Fleet; world: World; log: IncidentLog; began: number },
): Promise<void> {
  const under: Promise<void>[] = [];
  // On a slow machine an outage of Redis may still be under way when the next is due.
  let redis = Promise.resolve();
  for (const disturbance of schedule) {
    await sleep(Math.max(0, began + disturbance.atMs - Date.now()));
    if (disturbance.kind.startsWith('redis-')) {
      redis = redis.then(() => begin(disturbance, fleet, world, log));
    } else under.push(begin(disturbance, fleet, world, log));
  }
  await Promise.all([...under, redis]);
}

async function begin(disturbance: Disturbance, fleet: Fleet, world: World, log: IncidentLog): Promise<void> {
  const { kind } = disturbance;
  if (kind === 'kill') return fleet.kill(disturbance.process, disturbance.downMs);
  if (kind === 'freeze') return fleet.freeze(disturbance.process, disturbance.forMs);
  if (kind === 'rollout') return fleet.rollOut();
  const incident = log.begin(kind);
  const { control } = world.simulator;
  switch (kind) {
    case 'redis-restart':
      await world.redis.kill();
      await sleep(disturbance.forMs);
      await world.redis.restart();
      break;
    case 'redis-away':
      process.kill(world.redis.pid, 'SIGSTOP');
      await sleep(disturbance.forMs);
      process.kill(world.redis.pid, 'SIGCONT');
      break;
    case 'redis-full':
      await fillRedis(world.redis.client(), disturbance.forMs);
      break;
    case 'token-outage': {
      const { how } = disturbance;
      const common = { id: 'token-outage live', operation: 'requestToken' };
      control.addFault(
        how === 'status'
          ? { ...common, kind: 'status', status: 503 }
          : how === 'hang'
            ? { ...common, kind: 'hang' }
            : { ...common, kind: 'reset', when: 'before' },
      );
      control.withdrawTokens();
      await sleep(disturbance.forMs);
      control.removeFault(common.id);
      break;
    }
    case 'token-expired':
      control.withdrawTokens();
      break;
    case 'clock':
      control.setSwitches({
        toldClockOffsetMs: disturbance.offsetMs,
        tokenLifeSeconds: disturbance.tokenLifeSeconds,
      });
      break;
  }
  incident.to = Date.now();
}

const fillerBytes = 256 * 1024;
/** Beyond the share at which intake stops, and not so far that draining feels it. */
const nearlyFull = 0.88;

/** Half of the time so full that intake has to stop, the other half so full that Redis refuses to write. */
async function fillRedis(redis: Redis, forMs: number): Promise<void> {
  const used = async (): Promise<number> =>
    Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1] ?? 0);
  const limit = Math.round(Math.max((await used()) * 1.2, (await used()) + 32 * 2 ** 20));
  const keys: string[] = [];
  const add = async (bytes: number): Promise<boolean> => {
    const name = `another-tenant:${keys.length}`;
    keys.push(name);
    return redis.set(name, Buffer.alloc(bytes, 120)).then(
      () => true,
      () => false,
    );
  };
  try {
    await redis.config('SET', 'maxmemory', limit);
    while ((await used()) < limit * nearlyFull) await add(fillerBytes);
    await sleep(forMs / 2);
    const until = Date.now() + forMs / 2;
    while (Date.now() < until) {
      let bytes = fillerBytes;
      // Ever smaller pieces, so that no room is left that draining could use.
      while (bytes >= 16) if ((await used()) > limit || !(await add(bytes))) bytes /= 4;
      await sleep(100);
    }
  } finally {
    await redis.config('SET', 'maxmemory', 0);
    await redis.unlink(...keys);
    redis.disconnect();
  }
}
