import type { RedisClient } from './connection.js';
import type { Keyspace } from './keyspace.js';
import { asList, runScript } from './scripts.js';

/** What waits for one target, over all shards. */
export interface TargetBacklog {
  /** `in:<channel>`, `out:<channel>`, `out:?`; also of channels that are not configured any more. */
  readonly target: string;
  /** Lanes that have a job, that wait for room, that wait for their next attempt. */
  readonly running: number;
  readonly waiting: number;
  readonly backingOff: number;
  /** Since the oldest waiting message was accepted, milliseconds; 0 when none waits. */
  readonly oldestMs: number;
}

export interface Backlog {
  readonly targets: readonly TargetBacklog[];
  readonly deadLetters: number;
}

/** Running lanes per target and shard whose head is looked at: about 0.1 ms of Redis's time. */
const mostRunning = 100;

/** How much waits and for how long; its cost does not grow with the backlog. @throws what Redis throws */
export async function readBacklog(redis: RedisClient, keys: Keyspace): Promise<Backlog> {
  const found = new Map<string, TargetBacklog>();
  let deadLetters = 0;
  for (const tag of keys.tags()) {
    const [now, dead, ...fields] = asList(await runScript(redis, 'backlog', tag, mostRunning));
    deadLetters += Number(dead);
    for (let i = 0; i + 4 < fields.length; i += 5) {
      const [target, running, waiting, backingOff, oldest] = fields.slice(i, i + 5);
      const name = String(target);
      const before = found.get(name);
      const oldestMs = Number(oldest) === 0 ? 0 : Math.max(0, Number(now) - Number(oldest));
      found.set(name, {
        target: name,
        running: Number(running) + (before?.running ?? 0),
        waiting: Number(waiting) + (before?.waiting ?? 0),
        backingOff: Number(backingOff) + (before?.backingOff ?? 0),
        oldestMs: Math.max(oldestMs, before?.oldestMs ?? 0),
      });
    }
  }
  return { targets: [...found.values()], deadLetters };
}
