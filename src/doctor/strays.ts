import type { BridgeConfig } from '../../config/schema.js';
import type { RedisClient } from '../lanes/connection.js';
import type { Keyspace } from '../lanes/keyspace.js';
import { listStrays } from '../operators/gates.js';
import { failure, ok, type Finding } from './finding.js';

const check = 'held messages';

/** Does anything wait for a channel that is not configured (any more)? Nobody delivers it. */
export async function checkStrays(
  redis: RedisClient,
  keys: Keyspace,
  channels: BridgeConfig['channels'],
): Promise<readonly Finding[]> {
  const strays = await listStrays({ redis, keys }, channels);
  if (strays.length === 0) return [ok(check, 'nothing waits for a channel that is not configured')];
  return strays.map(({ channel, lanesIn, lanesOut }) =>
    failure(
      check,
      `the channel ${channel} is not configured, but messages wait for it: to eGain in ${lanes(lanesIn)}, to customers in ${lanes(lanesOut)}`,
      `put channels.${channel} back, and they go at once; or look at them with egain-bridge lanes list --target in:${channel} ` +
        `(and out:${channel}) and make each head a dead letter with egain-bridge lanes skip`,
    ),
  );
}

const lanes = (count: number): string => `${count} ${count === 1 ? 'lane' : 'lanes'}`;
