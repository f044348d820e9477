import type { Job } from 'bullmq';
import type { RedisClient } from '../src/lanes/connection.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import { jobLock, queueName, type Queues } from './queues.js';

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
    const own = (await queues.shard(shard).getActive()).filter(
      ({ processedBy }) => processedBy === workerName,
    );
    // Together, not one after the other: a start must not take longer for having had much in hand.
    for (let from = 0; from < own.length; from += atOnce) {
      const handedBack = await Promise.all(
        own.slice(from, from + atOnce).map((job) => handBack(redis, job, keys.tag(shard), workerName)),
      );
      recovered += handedBack.filter(Boolean).length;
    }
  }
  return recovered;
}

const atOnce = 100;

async function handBack(redis: RedisClient, job: Job, tag: string, workerName: string): Promise<boolean> {
  const id = job.id ?? '';
  const token = await redis.get(jobLock(tag, id));
  if (token === null) return false;
  // Asked after the token: whoever found it stalled meanwhile wrote both at once, and must not lose it again.
  if ((await redis.hget(`${tag}:${queueName}:${id}`, 'pb')) !== workerName) return false;
  try {
    await job.moveToWait(token);
    return true;
  } catch {
    // Another process found it stalled first: it is in good hands.
    return false;
  }
}
