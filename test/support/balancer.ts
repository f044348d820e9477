import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Backend {
  readonly url: string;
  readonly managementUrl: string;
}

/**
 * A load balancer: each request goes to the next backend whose `/readyz` says yes; where there is none, to the next one
 * that answers at all, as real ones do. It repeats nothing.
 */
export interface Balancer {
  readonly url: string;
  /** Every status that callers got; 502 where a backend did not answer, 504 where there was none. */
  readonly statuses: ReadonlyMap<number, number>;
  add(backend: Backend): void;
  ready(): number;
  close(): Promise<void>;
}

export async function startBalancer(checkEveryMs = 50): Promise<Balancer> {
  const backends = new Map<Backend, 'ready' | 'answers' | 'gone'>();
  const statuses = new Map<number, number>();
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const those = (wanted: string): Backend[] =>
    [...backends].flatMap(([backend, state]) => (state === wanted ? [backend] : []));
  const answer = (response: ServerResponse, status: number, from?: IncomingMessage): void => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    response.writeHead(status, from?.headers);
    if (from === undefined) response.end();
    else from.pipe(response);
  };
  const server = createServer((near, response) => {
    const ready = those('ready');
    const able = ready.length > 0 ? ready : those('answers');
    turn += 1;
    const backend = able[turn % Math.max(1, able.length)];
    if (backend === undefined) {
      answer(response, 504);
      return;
    }
    const { method = 'GET', headers, url = '/' } = near;
    const far = request(new URL(url, backend.url), { method, headers, agent }, (from) =>
      answer(response, from.statusCode ?? 502, from),
    );
    far.on('error', () => answer(response, 502));
    near.pipe(far);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const check = async (backend: Backend): Promise<void> => {
    const state = await fetch(`${backend.managementUrl}/readyz`).then(
      ({ status }) => (status === 200 ? 'ready' : 'answers'),
      () => 'gone' as const,
    );
    backends.set(backend, state);
  };
  const timer = setInterval(() => {
    for (const backend of backends.keys()) void check(backend);
  }, checkEveryMs);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    statuses,
    add: (backend) => void backends.set(backend, 'gone'),
    ready: () => those('ready').length,
    close: async () => {
      clearInterval(timer);
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
