import type { Peer } from './peer-process.js';
import type { Subject } from './subject.js';

export interface Drained {
  readonly perSecond: number;
  readonly cpuMicrosPerMessage: number;
}

/**
 * How fast a worker that has just been started carries `total` waiting messages to the peer. The first half is its
 * warm-up and counts for nothing: for its first second or two a program is being compiled, whatever it will be like then.
 */
export async function measureDrain(worker: Subject, peer: Peer, total: number): Promise<Drained> {
  const skipped = Math.ceil(total / 2);
  await peer.received(skipped);
  const [before, countBefore] = [await worker.usage(), await peer.count()];
  await peer.received(total);
  const after = await worker.usage();
  const { atMs } = await peer.state();
  const [first = Number.NaN, last = Number.NaN] = [atMs[skipped - 1], atMs[total - 1]];
  return {
    perSecond: (total - skipped) / ((last - first) / 1000),
    cpuMicrosPerMessage: (after.cpuMicros - before.cpuMicros) / (total - countBefore),
  };
}
