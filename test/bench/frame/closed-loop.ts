import { BareClient } from './bare-client.js';
import { percentile } from './statistics.js';

export interface LoadResult {
  readonly accepted: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Target {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A new body (and headers that depend on it) for every request. */
  readonly next: () => { readonly body: string; readonly headers?: Readonly<Record<string, string>> };
}

/** `connections` clients, each sending its next request as soon as it has its answer. Any answer but 2xx is an error. */
export async function closedLoop(
  { port, path, headers, next }: Target,
  options: { readonly connections: number } & ({ readonly seconds: number } | { readonly amount: number }),
): Promise<LoadResult> {
  const clients = await Promise.all(Array.from({ length: options.connections }, () => BareClient.open(port)));
  const times: number[] = [];
  const started = performance.now();
  const end = 'seconds' in options ? started + options.seconds * 1000 : Infinity;
  let left = 'amount' in options ? options.amount : Infinity;

  const work = async (client: BareClient): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const at = performance.now();
      if (at >= end) return;
      const { body, headers: own } = next();
      const status = await client.post(path, own === undefined ? headers : { ...headers, ...own }, body);
      if (status < 200 || status > 299) throw new Error(`${path} answered ${status}`);
      times.push(performance.now() - at);
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
