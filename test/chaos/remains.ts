import type { Redis } from 'ioredis';

/** What is left in Redis, read from its keys alone and not through the product's own eyes. */
export interface Remains {
  /** Messages that still lie in lanes. */
  readonly waiting: number;
  readonly deadLetters: readonly DeadLetter[];
}

export interface DeadLetter {
  readonly reason: string;
  readonly detail: string;
  readonly id: string;
  readonly conversationId: string;
}

/** Where the message begins in what lies in a lane: behind the time of its acceptance and a flag. */
const stampLength = 14;

export async function readRemains(redis: Redis): Promise<Remains> {
  let waiting = 0;
  const deadLetters: DeadLetter[] = [];
  for await (const keys of redis.scanStream({ match: '{egain-bridge:*}:*', count: 1000 })) {
    for (const key of keys as string[]) {
      if (/\}:l:/.test(key)) waiting += await redis.llen(key);
      else if (/\}:dead:\d+$/.test(key)) deadLetters.push(await readDeadLetter(redis, key));
    }
  }
  return { waiting, deadLetters };
}

async function readDeadLetter(redis: Redis, key: string): Promise<DeadLetter> {
  const [reason, detail, element] = await redis.hmget(key, 'reason', 'detail', 'element');
  const stored = JSON.parse((element ?? '').slice(stampLength)) as {
    i?: string;
    v?: string;
    m?: { id?: string };
  };
  return {
    reason: reason ?? '',
    detail: detail ?? '',
    id: stored.i ?? stored.m?.id ?? '',
    conversationId: stored.v ?? '',
  };
}
