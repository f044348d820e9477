import { Redis } from 'ioredis';
import { startRedisServer, type RedisServer } from '../../src/operations/redis-server.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

const slots = 16_384;

/** A Redis Cluster on loopback: every master with one replica, all of them real processes. */
export interface TestCluster {
  /** Addresses to start from, as the configuration wants them. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** The masters as they were declared, the n-th with the n-th third of the slots. */
  readonly masters: readonly ClusterNode[];
  readonly replicas: readonly ClusterNode[];
  /** From now on the replica of this key's master gets nothing new: what the master takes dies with it. */
  cutReplication(key: string): Promise<void>;
  /** SIGKILL of whoever is master of this key's slot now, and, once its replica has taken over, the same one again. */
  failOver(key: string): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterNode {
  readonly server: RedisServer;
  readonly client: Redis;
}

/**
 * @param options `masters`: how many (3 is the least a cluster can elect with). `nodeTimeoutMs`: after how long a silent
 *   node counts as gone. `replicas`: whether each master has one.
 */
export async function startRedisCluster(
  options: {
    readonly masters?: number;
    readonly nodeTimeoutMs?: number;
    readonly replicas?: boolean;
    readonly extra?: Readonly<Record<string, string>>;
  } = {},
): Promise<TestCluster> {
  const { masters: count = 3, nodeTimeoutMs = 2000, replicas: withReplicas = true, extra = {} } = options;
  const start = async (): Promise<ClusterNode> => {
    const server = await startRedisServer({
      appendonly: 'everysec',
      extra: {
        'cluster-enabled': 'yes',
        // The default, 10,000 above the port, may lie beyond the last port there is.
        'cluster-port': String(await freePort()),
        'cluster-config-file': 'nodes.conf',
        'cluster-node-timeout': String(nodeTimeoutMs),
        'cluster-replica-validity-factor': '0',
        'repl-diskless-sync-delay': '0',
        ...extra,
      },
    });
    const client = new Redis(server.url, { maxRetriesPerRequest: 0, retryStrategy: () => 200 });
    client.on('error', () => undefined);
    return { server, client };
  };
  const nodes: ClusterNode[] = [];
  const stop = async (): Promise<void> => {
    for (const { client } of nodes) client.disconnect();
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    nodes.push(...(await Promise.all(Array.from({ length: withReplicas ? count * 2 : count }, start))));
    const masters = nodes.slice(0, count);
    const replicas = nodes.slice(count);
    await form(masters, replicas);
    return {
      nodes: nodes.map(({ server }) => ({ host: '127.0.0.1', port: server.port })),
      masters,
      replicas,
      cutReplication: async (key) => {
        const master = await masterNow(nodes, key);
        await master.client.call('ACL', 'SETUSER', 'default', '-psync', '-sync');
        await master.client.call('CLIENT', 'KILL', 'TYPE', 'replica');
      },
      failOver: (key) => failOver(nodes, key),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function form(masters: readonly ClusterNode[], replicas: readonly ClusterNode[]): Promise<void> {
  const nodes = [...masters, ...replicas];
  await Promise.all(
    masters.map(({ client }, index) =>
      client.call(
        'CLUSTER',
        'ADDSLOTSRANGE',
        Math.ceil((slots * index) / masters.length),
        Math.ceil((slots * (index + 1)) / masters.length) - 1,
      ),
    ),
  );
  await Promise.all(nodes.map(({ client }, index) => client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)));
  const [first, ...others] = nodes;
  for (const { server } of others) {
    const [bus] = await configOf(server, 'cluster-port');
    await first?.client.call('CLUSTER', 'MEET', '127.0.0.1', server.port, bus ?? '');
  }
  const know = (count: number, state: string) => ({
    timeoutMs: 30_000,
    everyMs: 100,
    what: `${count} nodes know each other${state}`,
  });
  await eventually(
    async () =>
      (await Promise.all(nodes.map(({ client }) => info(client)))).every(
        (known) => known['cluster_known_nodes'] === String(nodes.length),
      ),
    know(nodes.length, ''),
  );
  await Promise.all(
    replicas.map(async ({ client }, index) => {
      const master = masters[index];
      if (master === undefined) return;
      const id = String(await master.client.call('CLUSTER', 'MYID'));
      await eventually(
        () =>
          client.call('CLUSTER', 'REPLICATE', id).then(
            () => true,
            () => false,
          ),
        know(2, ''),
      );
    }),
  );
  await eventually(
    async () =>
      (await Promise.all(nodes.map(({ client }) => info(client)))).every(
        (known) => known['cluster_state'] === 'ok',
      ) &&
      (await Promise.all(replicas.map(({ client }) => client.info('replication')))).every((text) =>
        text.includes('master_link_status:up'),
      ),
    know(nodes.length, ', and every replica its master'),
  );
}

async function masterNow(nodes: readonly ClusterNode[], key: string): Promise<ClusterNode> {
  const alive = nodes.filter(({ client }) => client.status === 'ready');
  const [asked] = alive;
  if (asked === undefined) throw new Error('the cluster has no node left');
  const port = await masterOf(asked.client, await slotOf(asked.client, key));
  const master = alive.find(({ server }) => server.port === port);
  if (master === undefined) throw new Error(`no master of ${key} runs`);
  return master;
}

async function failOver(nodes: readonly ClusterNode[], key: string): Promise<void> {
  const master = await masterNow(nodes, key);
  const slot = await slotOf(master.client, key);
  await master.server.kill();
  const witnesses = nodes.filter((node) => node !== master && node.client.status === 'ready');
  await eventually(
    async () =>
      (await Promise.all(witnesses.map(({ client }) => masterOf(client, slot).catch(() => undefined)))).every(
        (port) => port !== undefined && port !== master.server.port,
      ),
    { timeoutMs: 30_000, everyMs: 50, what: 'the replica has taken over' },
  );
  // It comes back as its successor's replica, as an orchestrator would have it.
  await master.server.restart();
}

async function slotOf(client: Redis, key: string): Promise<number> {
  return Number(await client.call('CLUSTER', 'KEYSLOT', key));
}

async function masterOf(client: Redis, slot: number): Promise<number> {
  const ranges = (await client.call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
  const range = ranges.find(([from, to]) => slot >= from && slot <= to);
  if (range === undefined) throw new Error(`nobody has slot ${slot}`);
  return range[2][1];
}

async function info(client: Redis): Promise<Readonly<Record<string, string>>> {
  const text = String(await client.call('CLUSTER', 'INFO'));
  return Object.fromEntries(
    text
      .split('\r\n')
      .map((line) => line.split(':'))
      .filter((pair): pair is [string, string] => pair.length === 2),
  );
}

async function configOf(server: RedisServer, name: string): Promise<string[]> {
  const client = new Redis(server.url);
  try {
    const [, ...values] = (await client.call('CONFIG', 'GET', name)) as string[];
    return values;
  } finally {
    client.disconnect();
  }
}
