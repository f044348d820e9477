import type { Redis } from 'ioredis';

/** What is left in Redis, read from its keys alone and not through the product's own eyes. */
export interface Remains {
  /** Messages that still lie in lanes. */
  readonly waiting: number;
  /** Of each lane that holds any: how many, and which is first. */
  readonly lanes: readonly string[];
  /** What is known against far ends, as it is kept. */
  readonly gates: readonly string[];
  readonly deadLetters: readonly DeadLetter[];
}

export interface DeadLetter {
  readonly reason: string;
  readonly detail: string;
  readonly id: string;
  readonly conversationId: string;
}

interface Stored {
  readonly i?: string;
  readonly v?: string;
  readonly m?: { readonly id?: string };
}

/** Where the message begins in what lies in a lane: behind the time of its acceptance and a flag. */
const stampLength = 14;

export async function readRemains(redis: Redis): Promise<Remains> {
  let waiting = 0;
  const lanes: string[] = [];
  const gates: string[] = [];
  const deadLetters: DeadLetter[] = [];
  for await (const keys of redis.scanStream({ match: '{egain-bridge:*}:*', count: 1000 })) {
    for (const key of keys as string[]) {
      if (/\}:l:/.test(key)) {
        const held = await redis.lrange(key, 0, -1);
        waiting += held.length;
        if (held[0] !== undefined) lanes.push(describeLane(key, held.length, held[0]));
      } else if (/\}:gates$/.test(key)) {
        for (const [gate, state] of Object.entries(await redis.hgetall(key))) gates.push(`${gate} ${state}`);
      } else if (/\}:dead:\d+$/.test(key)) deadLetters.push(await readDeadLetter(redis, key));
    }
  }
  return { waiting, lanes, gates, deadLetters };
}

async function readDeadLetter(redis: Redis, key: string): Promise<DeadLetter> {
  const [reason, detail, element] = await redis.hmget(key, 'reason', 'detail', 'element');
  return { reason: reason ?? '', detail: detail ?? '', ...readElement(element ?? '') };
}

function describeLane(key: string, length: number, first: string): string {
  const { id, conversationId } = readElement(first);
  return `${length} of ${key}, first ${id} accepted at ${first.slice(0, stampLength - 1)}, conversation ${conversationId || 'none yet'}`;
}

function readElement(element: string): Pick<DeadLetter, 'id' | 'conversationId'> {
  const { i, v, m } = JSON.parse(element.slice(stampLength)) as Stored;
  return { id: i ?? m?.id ?? '', conversationId: v ?? '' };
}
