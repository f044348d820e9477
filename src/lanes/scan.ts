import { mastersOf, type RedisClient } from './connection.js';

/**
 * Names of all keys that match, page by page, on every node; a name may come twice. It reads through all of Redis in
 * small steps: for rare commands only.
 */
export async function* scanNames(redis: RedisClient, match: string): AsyncGenerator<string[]> {
  const nodes = mastersOf(redis);
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, names] = await node.scan(cursor, 'MATCH', match, 'COUNT', 1000);
      cursor = next;
      yield names;
    } while (cursor !== '0');
  }
}
