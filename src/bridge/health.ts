import type { Health } from '../../webhooks/management-app.js';

/** A worker looks after its lanes four times a second; one that has not for so long is stuck. Milliseconds. */
const stuckMs = 30_000;
/**
 * A worker without work asks Redis for some every few seconds. One that has all its places taken by far ends which do not
 * answer hears nothing for as long as an attempt takes, a minute at most. Milliseconds.
 */
const deafMs = 90_000;
/** A probe must be answered even when Redis is not. */
const pingMs = 1000;

/** How far a worker has come: what matters is whether the numbers grow. */
export interface WorkerProgress {
  /** Rounds of upkeep finished so far, failed ones included. */
  readonly rounds: number;
  /** Whether the last of them found Redis there. */
  readonly well: boolean;
  /** Per shard, how often the worker heard of Redis or of a job. */
  readonly heard: readonly number[];
}

/**
 * What probes are told. A process that takes in is alive when its event loop answers. One that delivers must also have
 * finished a round of its upkeep lately, or it only looks alive, and with Redis there it must hear of jobs: BullMQ waits on
 * a connection of its own, which may be lost without a word. While Redis is away nobody is deaf: a restart would not
 * bring it back.
 */
export function createHealth(parts: {
  /** Undefined in a process without a worker. */
  readonly progress: () => WorkerProgress | undefined;
  /** Whether Redis answers, and what lies there is of this configuration. @throws when it does not answer. */
  readonly fits: () => Promise<boolean>;
  /** A process that is leaving does no more rounds, and must be given its time. */
  readonly leaving: () => boolean;
  /** Monotonic, milliseconds. */
  readonly now: () => number;
}): Health {
  const { progress, fits, leaving, now } = parts;
  const rounds = new Standstill(now, progress()?.rounds);
  const ears: Standstill[] = [];
  return {
    live: () => {
      const at = progress();
      if (at === undefined || leaving()) return true;
      const standsFor = rounds.since(at.rounds);
      const silences = at.heard.map((heard, shard) =>
        (ears[shard] ??= new Standstill(now)).since(at.well ? heard : undefined),
      );
      return standsFor < stuckMs && silences.every((silentFor) => silentFor < deafMs);
    },
    ready: async () => {
      const found = await withinTime(fits);
      return { redis: found !== undefined, configuration: found !== false, running: !leaving() };
    },
  };
}

/** For how long a number has been seen not to grow. */
class Standstill {
  readonly #now: () => number;
  #seen: number | undefined;
  #at: number;

  constructor(now: () => number, seen?: number) {
    this.#now = now;
    this.#seen = seen;
    this.#at = now();
  }

  /** Milliseconds; undefined counts as growth. */
  since(value: number | undefined): number {
    if (value === undefined || value !== this.#seen) this.#at = this.#now();
    this.#seen = value;
    return this.#now() - this.#at;
  }
}

/** Undefined when it failed or takes too long. */
async function withinTime<T>(work: () => Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), pingMs);
  });
  try {
    return await Promise.race([work().catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
