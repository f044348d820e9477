import type { RedisServer } from '../../../src/operations/redis-server.js';
import type { Peer } from './peer-process.js';
import { redisCpuMicros } from './redis.js';
import type { Subject } from './subject.js';

export interface Drained {
  readonly perSecond: number;
  readonly cpuMicrosPerMessage: number;
  readonly redisMicrosPerMessage: number;
}

interface Draining {
  readonly worker: Subject;
  readonly peer: Peer;
  readonly redis: RedisServer;
  readonly total: number;
}

/**
 * How fast a worker that has just been started carries `total` waiting messages to the peer, all lanes busy. The first half
 * is its warm-up and counts for nothing: for its first seconds a program is being compiled, whatever it will be like then.
 * Nor do the last ones: lanes that are a little ahead are empty by then, and the others have the places for themselves.
 */
export async function measureDrain({ worker, peer, redis, total }: Draining): Promise<Drained> {
  const used = async (): Promise<{ cpu: number; redis: number; count: number }> => ({
    cpu: (await worker.usage()).cpuMicros,
    redis: await redisCpuMicros(redis),
    count: await peer.count(),
  });
  const skipped = Math.ceil(total / 2);
  const counted = Math.floor(total * 0.95);
  await peer.received(skipped);
  const before = await used();
  await peer.received(counted);
  const after = await used();
  await peer.received(total);
  const { atMs } = await peer.state();
  const [first = Number.NaN, last = Number.NaN] = [atMs[skipped - 1], atMs[counted - 1]];
  const count = after.count - before.count;
  return {
    perSecond: (counted - skipped) / ((last - first) / 1000),
    cpuMicrosPerMessage: (after.cpu - before.cpu) / count,
    redisMicrosPerMessage: (after.redis - before.redis) / count,
  };
}
