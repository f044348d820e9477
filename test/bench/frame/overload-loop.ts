import { setTimeout as sleep } from 'node:timers/promises';
import { BareClient } from './bare-client.js';
import type { Target } from './closed-loop.js';
import { percentile } from './statistics.js';

export interface OverloadResult {
  readonly acceptedPerSecond: number;
  readonly refusedPerSecond: number;
  /** From the request's first byte to the answer's last. */
  readonly acceptedP50Ms: number;
  readonly acceptedP99Ms: number;
  readonly refusedP99Ms: number;
  /** Requests that were due and could not be sent, because every connection was waiting for its answer. */
  readonly notSentShare: number;
}

/**
 * More requests than can be carried, at a fixed rate: 503 is an answer here. What cannot be sent when it is due, because
 * all connections are busy, is given up and counted, as a caller with a limit of its own would.
 */
export async function overloadLoop(
  { port, path, headers, next }: Target,
  options: { readonly connections: number; readonly seconds: number; readonly perSecond: number },
): Promise<OverloadResult> {
  const { connections, seconds, perSecond } = options;
  const idle: BareClient[] = [];
  // Who connects all at once would measure how TCP repeats what found no place.
  while (idle.length < connections)
    idle.push(...(await Promise.all(Array.from({ length: 100 }, () => BareClient.open(port)))));
  const clients = [...idle];
  const times = { accepted: [] as number[], refused: [] as number[] };
  const under = new Set<Promise<void>>();
  let [due, notSent] = [0, 0];
  const send = async (client: BareClient): Promise<void> => {
    const { body, headers: own } = next();
    const at = performance.now();
    const status = await client.post(path, own === undefined ? headers : { ...headers, ...own }, body);
    if (status === 503) times.refused.push(performance.now() - at);
    else if (status >= 200 && status < 300) times.accepted.push(performance.now() - at);
    else throw new Error(`${path} answered ${status}`);
    idle.push(client);
  };
  const started = performance.now();
  try {
    for (let now = 0; now < seconds * 1000; now = performance.now() - started) {
      const until = Math.floor((now / 1000) * perSecond);
      for (; due < until; due += 1) {
        const client = idle.pop();
        if (client === undefined) {
          notSent += 1;
          continue;
        }
        const sending = send(client);
        under.add(sending);
        void sending.finally(() => under.delete(sending));
      }
      await sleep(1);
    }
    await Promise.all(under);
  } finally {
    for (const client of clients) client.close();
  }
  const elapsed = (performance.now() - started) / 1000;
  return {
    acceptedPerSecond: times.accepted.length / elapsed,
    refusedPerSecond: times.refused.length / elapsed,
    acceptedP50Ms: percentile(times.accepted, 50),
    acceptedP99Ms: percentile(times.accepted, 99),
    refusedP99Ms: percentile(times.refused, 99),
    notSentShare: notSent / Math.max(1, due),
  };
}
