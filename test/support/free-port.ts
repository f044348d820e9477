import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections, which come and go all the time while tests run; so is the second
 * port of a Redis Cluster's member, 10,000 above its first.
 */
const lowest = 12_000;
/** Each of Jest's workers has ports of its own: what is free now must still be free when a process gets to it. */
const perWorker = 1000;
const first = lowest + (Number(process.env['JEST_WORKER_ID'] ?? 0) % 10) * perWorker;

const given = new Set<number>();

/** A loopback port nobody listens on, for somebody who cannot be told to choose one; never the same twice in a process. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, first + perWorker);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listening) await new Promise((resolve) => probe.close(resolve));
  return listening;
}
