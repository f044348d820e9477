import type { Peer } from './peer-process.js';
import type { Subject } from './subject.js';

export interface Drained {
  readonly perSecond: number;
  readonly cpuMicrosPerMessage: number;
}

/**
 * How fast a worker that has just been started carries `total` waiting messages to the peer, all lanes busy. The first half
 * is its warm-up and counts for nothing: for its first seconds a program is being compiled, whatever it will be like then.
 * Nor do the last ones: lanes that are a little ahead are empty by then, and the others have the places for themselves.
 */
export async function measureDrain(worker: Subject, peer: Peer, total: number): Promise<Drained> {
  const skipped = Math.ceil(total / 2);
  const counted = Math.floor(total * 0.95);
  await peer.received(skipped);
  const [before, countBefore] = [await worker.usage(), await peer.count()];
  await peer.received(counted);
  const [after, countAfter] = [await worker.usage(), await peer.count()];
  await peer.received(total);
  const { atMs } = await peer.state();
  const [first = Number.NaN, last = Number.NaN] = [atMs[skipped - 1], atMs[counted - 1]];
  return {
    perSecond: (counted - skipped) / ((last - first) / 1000),
    cpuMicrosPerMessage: (after.cpuMicros - before.cpuMicros) / (countAfter - countBefore),
  };
}
