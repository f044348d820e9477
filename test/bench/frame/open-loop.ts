import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { BareClient } from './bare-client.js';
import type { LoadResult, Target } from './closed-loop.js';
import { percentile } from './statistics.js';

/**
 * Requests at a fixed rate, whatever the answers do. A time runs from the moment a request was due, so that a server
 * that stalls is charged for those it kept waiting; so is one that has all connections busy.
 */
export async function openLoop(
  { port, path, headers, next }: Target,
  options: { readonly connections: number; readonly seconds: number; readonly perSecond: number },
): Promise<LoadResult> {
  const clients = await Promise.all(Array.from({ length: options.connections }, () => BareClient.open(port)));
  const times: number[] = [];
  const total = Math.round(options.perSecond * options.seconds);
  const started = performance.now();
  let taken = 0;

  // Each client takes the next request that is due and nobody has taken yet.
  const work = async (client: BareClient): Promise<void> => {
    while (taken < total) {
      const due = started + (taken * 1000) / options.perSecond;
      taken += 1;
      const wait = due - performance.now();
      // A timer is a millisecond coarse; the rest is waited for by letting the answers in.
      if (wait > 2) await sleep(wait - 1);
      while (performance.now() < due) await nextTurn();
      const { body, headers: own } = next();
      const status = await client.post(path, own === undefined ? headers : { ...headers, ...own }, body);
      if (status < 200 || status > 299) throw new Error(`${path} answered ${status}`);
      times.push(performance.now() - due);
    }
  };
  try {
    await Promise.all(clients.map(work));
  } finally {
    for (const client of clients) client.close();
  }
  return {
    accepted: times.length,
    perSecond: times.length / ((performance.now() - started) / 1000),
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
  };
}
