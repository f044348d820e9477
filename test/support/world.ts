import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startSampleChannel, type SampleChannel } from '../../src/simulator/channel/sample-channel.js';
import {
  seededRandom,
  startSimulator,
  type Simulator,
  type SwitchesInput,
} from '../../src/simulator/index.js';
import { freePort } from './free-port.js';
import { spawnProcess, type SpawnedProcess } from './spawn-process.js';
import { startRedisCluster } from './redis-cluster.js';
import { startTestRedis, type TestRedis } from './test-redis.js';
import type { RedisServerOptions } from '../../src/operations/redis-server.js';

/** A bridge process of a test's world, with the addresses it answers at. */
export interface BridgeProcess extends SpawnedProcess {
  readonly url: string;
  readonly managementUrl: string;
  readonly configFile: string;
  readonly port: number;
}

/** Both far ends, a Redis and as many bridge processes as a test starts; all on loopback, all really running. */
export interface World {
  readonly redis: TestRedis;
  readonly simulator: Simulator;
  readonly channel: SampleChannel;
  readonly secret: string;
  readonly dir: string;
  readonly callbackAuthorization: string;
  /** The same configuration in every process, but for its ports. `overrides` is merged in, section by section. */
  startBridge(options?: BridgeOptions): Promise<BridgeProcess>;
  stop(): Promise<void>;
}

export interface BridgeOptions {
  readonly role?: 'all' | 'web' | 'worker';
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Whole sections that take the place of the usual ones. */
  readonly replace?: Readonly<Record<string, unknown>>;
  /** To start the same instance again where it was. */
  readonly port?: number;
  readonly managementPort?: number;
  /** Added to the process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another build's folder, to run that one. */
  readonly build?: string | undefined;
  /** For tests that expect the start to fail, or that wait by themselves. */
  readonly untilReady?: boolean;
}

export interface WorldOptions {
  readonly switches?: SwitchesInput;
  readonly redis?: RedisServerOptions;
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Of the simulator's faults and pauses. Default 1. */
  readonly seed?: number;
  /** How much both far ends remember; for runs longer than their own measure. */
  readonly keep?: number;
}

/**
 * With `TEST_REDIS=cluster` every world's bridges work on a Redis Cluster of three masters instead; `world.redis` is then
 * a Redis nobody uses, so tests that look into it or take it away are not for that.
 */
const onCluster = process.env['TEST_REDIS'] === 'cluster';

const password = 'callback-password-of-the-tests';

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const redis = await startTestRedis(options.redis);
  const cluster = onCluster ? await startRedisCluster({ replicas: false }) : undefined;
  const dir = await mkdtemp(join(tmpdir(), 'egain-bridge-world-'));
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const clientSecret = 'client-secret-of-the-tests';
  const simulator = await startSimulator({
    clients: [
      { id: 'bridge', secret: clientSecret, scopes: ['app.conversation.conversationmgr.interaction.manage'] },
    ],
    ...(options.switches === undefined ? {} : { switches: options.switches }),
    ...(options.keep === undefined ? {} : { recordLimit: options.keep }),
    random: seededRandom(options.seed ?? 1),
    setup: {
      channels: [{ type: 'custom.support' }, { type: 'custom.chat' }],
      accounts: [
        { channel: 'custom.support', address: 'acme-support' },
        { channel: 'custom.chat', address: 'acme-chat' },
      ],
    },
  });
  const channel = await startSampleChannel({
    secrets: [secret],
    channel: 'support',
    ...(options.keep === undefined ? {} : { keep: options.keep }),
  });
  const bridges: SpawnedProcess[] = [];
  let number = 0;

  const startBridge = async (bridge: BridgeOptions = {}): Promise<BridgeProcess> => {
    const port = bridge.port ?? (await freePort());
    const managementPort = bridge.managementPort ?? (await freePort());
    number += 1;
    const configFile = join(dir, `bridge-${number}.yaml`);
    const config = {
      server: { host: '127.0.0.1', port, managementHost: '127.0.0.1', managementPort },
      redis: cluster === undefined ? { url: redis.url } : { cluster: { nodes: cluster.nodes }, shards: 4 },
      egain: {
        apiUrl: simulator.url,
        token: { url: simulator.tokenUrl, clientId: 'bridge', clientSecret },
        callback: { authentication: [{ type: 'basic', username: 'egain', password }] },
      },
      channels: {
        support: {
          adapter: 'webhook',
          url: channel.url,
          secrets: [secret],
          manifest: { type: 'custom.support', displayName: 'Support' },
          account: { address: 'acme-support' },
        },
      },
    };
    await writeFile(
      configFile,
      stringify({
        ...merge(merge(config, options.overrides ?? {}), bridge.overrides ?? {}),
        ...bridge.replace,
      }),
    );
    const child = spawnProcess(
      [programOf(bridge.build ?? ''), 'start', '--role', bridge.role ?? 'all', '--config', configFile],
      bridge.env === undefined ? {} : { env: bridge.env },
    );
    bridges.push(child);
    const url = `http://127.0.0.1:${port}`;
    if (bridge.untilReady !== false) await child.line(/bridge started/);
    return { ...child, url, managementUrl: `http://127.0.0.1:${managementPort}`, configFile, port };
  };

  return {
    redis,
    simulator,
    channel,
    secret,
    dir,
    callbackAuthorization: `Basic ${Buffer.from(`egain:${password}`).toString('base64')}`,
    startBridge,
    stop: async () => {
      for (const bridge of bridges) await bridge.stop();
      await channel.close();
      await simulator.close();
      await redis.stop();
      await cluster?.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Tells the simulator and the channel where a bridge is. */
export function connect(world: World, bridge: { readonly url: string }): void {
  world.channel.connect(bridge.url);
  world.simulator.control.declare({
    callback: {
      url: `${bridge.url}/egain/callback`,
      authentication: { type: 'basic', username: 'egain', password },
    },
  });
}

type Tree = Readonly<Record<string, unknown>>;

/** The command line of a build; those before 2026-11-23 were not bundled. */
function programOf(build: string): string {
  const bundled = join(build, 'dist/bin/egain-bridge.js');
  return existsSync(bundled) ? bundled : join(build, 'dist/src/cli/main.js');
}

function merge(base: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const own = merged[name];
    merged[name] = isTree(own) && isTree(value) ? merge(own, value) : value;
  }
  return merged;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
