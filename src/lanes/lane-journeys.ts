import type { RedisClient } from './connection.js';
import { readJourney, type Journey } from './journeys.js';
import type { Keyspace } from './keyspace.js';
import { asList, runScript } from './scripts.js';

export interface LaneJourneys {
  /** The latest first; of each the keyed name of its message's id, as the id itself is not kept. */
  readonly journeys: readonly (Journey & { readonly name: string })[];
  /** False when there are more than were asked for. */
  readonly complete: boolean;
}

/** A page is about a millisecond of Redis's time. */
const pageSize = 2000;

/**
 * The latest journeys of some lanes, `most` of them. The index knows lanes in the order of acceptance only: this reads back
 * through it in small steps until it has enough, so it is for rare questions of people. @throws what Redis throws
 */
export async function journeysOfLanes(
  redis: RedisClient,
  keys: Keyspace,
  lanes: readonly string[],
  most: number,
): Promise<LaneJourneys> {
  const shards = [...new Set(lanes.map((lane) => keys.shardOf(lane)))];
  const found = await Promise.all(
    shards.map((shard) =>
      ofShard(
        redis,
        keys.tag(shard),
        lanes.filter((lane) => keys.shardOf(lane) === shard),
        most,
      ),
    ),
  );
  const all = found.flat().sort((one, other) => other.acceptedAt - one.acceptedAt);
  return { journeys: all.slice(0, most), complete: all.length <= most };
}

async function ofShard(redis: RedisClient, tag: string, lanes: readonly string[], most: number) {
  // What is added meanwhile moves entries away from the end: they are seen twice then, and kept once.
  const found = new Map<string, Journey & { readonly name: string }>();
  for (let last = -1; found.size <= most; last -= pageSize) {
    const answer = asList(await runScript(redis, 'journeys-of', tag, last - pageSize + 1, last, ...lanes));
    // The latest first: their times may be the same.
    for (let i = answer.length - 3; i >= 1; i -= 3) {
      const [name, lane, text] = answer.slice(i, i + 3).map(String);
      const journey = readJourney('', lane ?? '', text ?? '');
      if (journey !== undefined && name !== undefined)
        found.set(`${name} ${lane ?? ''}`, { ...journey, name });
    }
    if (Number(answer[0]) < pageSize) break;
  }
  return [...found.values()];
}
