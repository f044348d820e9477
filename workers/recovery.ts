import type { RedisClient } from '../src/lanes/connection.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import { queueName, type Queues } from './queues.js';

/**
 * A process that was killed left jobs behind that BullMQ would find stalled only after their lock ran out. When the same
 * instance starts again it knows that nobody is at them, and hands them back at once.
 * @returns how many jobs were handed back.
 */
export async function recoverOwnJobs(
  redis: RedisClient,
  keys: Keyspace,
  queues: Queues,
  workerName: string,
): Promise<number> {
  let recovered = 0;
  for (let shard = 0; shard < keys.shards; shard += 1) {
    const jobs = await queues.shard(shard).getActive();
    for (const job of jobs) {
      if (job.processedBy !== workerName || job.id === undefined) continue;
      const token = await redis.get(`${keys.tag(shard)}:${queueName}:${job.id}:lock`);
      if (token === null) continue;
      try {
        await job.moveToWait(token);
        recovered += 1;
      } catch {
        // Another process found it stalled first: it is in good hands.
      }
    }
  }
  return recovered;
}
