import { mastersOf, type RedisClient } from './connection.js';
import { intakeShare, memoryUsage, readInfo, shareUsed, type RedisInfo } from './redis-info.js';

/** Something about a Redis that endangers messages. `fatal`: the bridge cannot work on it at all. */
export interface Unfitness {
  readonly what: 'version' | 'eviction' | 'persistence' | 'memory' | 'replication';
  readonly fatal: boolean;
  readonly found: string;
  readonly advice: string;
}

/** The first Redis whose scripts and commands are all there (`SET … KEEPTTL`, `CLIENT`, `XDEL` and BullMQ's own). */
export const oldestRedis = '6.2';

/**
 * Looks at every master the way a managed Redis allows too: by `INFO`, without `CONFIG`.
 * @param options `waitReplicas`: replicas that must confirm each message; `maxMemoryBytes`: the cap to take for Redis's own.
 * @throws what Redis or the connection answers.
 */
export async function redisUnfitness(
  redis: RedisClient,
  options: { readonly waitReplicas?: number; readonly maxMemoryBytes?: number | undefined } = {},
): Promise<readonly Unfitness[]> {
  const found = await Promise.all(
    mastersOf(redis).map(async (node) => unfitness(readInfo(await node.info()), options)),
  );
  const first = new Map(found.flat().map((one) => [one.what, one]));
  return [...first.values()];
}

function unfitness(
  info: RedisInfo,
  { waitReplicas = 0, maxMemoryBytes }: { waitReplicas?: number; maxMemoryBytes?: number | undefined },
): Unfitness[] {
  const found: Unfitness[] = [];
  const version = info.get('valkey_version') ?? info.get('redis_version') ?? '0';
  if (isOlder(version, oldestRedis)) {
    found.push({
      what: 'version',
      fatal: true,
      found: `Redis ${version}`,
      advice: `use Redis ${oldestRedis} or later, or Valkey`,
    });
  }
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    found.push({
      what: 'eviction',
      fatal: false,
      found: `maxmemory-policy is ${policy}: a full Redis drops waiting messages`,
      advice: 'set maxmemory-policy noeviction',
    });
  }
  if (info.get('aof_enabled') !== '1') {
    found.push({
      what: 'persistence',
      fatal: false,
      found: 'the append-only file is off: what was acknowledged is lost when Redis restarts',
      advice: 'set appendonly yes, with appendfsync everysec or always',
    });
  }
  const share = shareUsed(memoryUsage(info, maxMemoryBytes));
  if (share > intakeShare) {
    found.push({
      what: 'memory',
      fatal: false,
      found: `${Math.round(share * 100)} % of the memory limit is used: intake is stopped`,
      advice: 'look at lanes list for what waits, and give Redis more memory',
    });
  }
  const replicas = Number(info.get('connected_slaves') ?? 0);
  if (replicas < waitReplicas) {
    found.push({
      what: 'replication',
      fatal: false,
      found: `${replicas} replicas are connected, redis.waitReplicas asks for ${waitReplicas}: nothing is acknowledged`,
      advice: 'bring the replicas back, or lower redis.waitReplicas',
    });
  }
  return found;
}

function isOlder(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
