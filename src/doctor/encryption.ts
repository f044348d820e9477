import { AtRest, idOfKey, type EncryptionKey } from '../lanes/at-rest.js';
import type { RedisClient } from '../lanes/connection.js';
import type { Keyspace } from '../lanes/keyspace.js';
import { sampleKeysInUse, type KeysInUse } from '../lanes/keys-in-use.js';
import { failure, ok, type Finding } from './finding.js';

const check = 'encryption';

/** Can what was sealed in Redis be opened with the keys configured? By a sample; see `sampleKeysInUse`. */
export async function checkEncryption(
  redis: RedisClient,
  keyspace: Keyspace,
  keys: readonly EncryptionKey[],
): Promise<Finding> {
  return judgeEncryption(keys, await sampleKeysInUse(redis, keyspace));
}

function judgeEncryption(keys: readonly EncryptionKey[], used: KeysInUse): Finding {
  const atRest = new AtRest(keys);
  const now =
    atRest.sealing === undefined
      ? 'redis.encryption is not set'
      : `the key "${idOfKey(atRest.sealing)}" seals`;
  const missing = [...used.byKey].filter(([name]) => !atRest.has(name));
  if (missing.length === 0) return ok(check, `${now}; ${seen(used)}`);
  const known = new Set(keys.map(({ id }) => id));
  const parts = missing.map(([name, count]) => {
    const id = idOfKey(name);
    return `${count} with "${id}"${known.has(id) ? ', which is another key here' : ''}`;
  });
  const ids = [...new Set(missing.map(([name]) => `"${idOfKey(name)}"`))].join(' and ');
  return failure(
    check,
    `${now}; of ${used.texts} texts looked at (a sample) some were sealed with keys that are not in redis.encryption.keys, ` +
      `and are held: ${parts.join('; ')}`,
    `put the key ${ids} that they were sealed with at the end of redis.encryption.keys and restart every process; ` +
      'if it is lost for good, see BridgeKeyMissing in docs/runbooks.md',
  );
}

function seen({ texts, byKey }: KeysInUse): string {
  if (texts === 0) return 'no text lies in Redis to look at';
  const sealed = [...byKey].map(([name, count]) => `${count} sealed with "${idOfKey(name)}"`);
  if (sealed.length === 0) return `none of ${texts} texts looked at (a sample) is sealed`;
  const plain = texts - [...byKey.values()].reduce((sum, count) => sum + count, 0);
  const all = plain === 0 ? sealed : [...sealed, `${plain} as they were written`];
  return `of ${texts} texts looked at (a sample): ${all.join(', ')}`;
}
