import type { Health } from '../../webhooks/management-app.js';

/** A worker looks after its lanes four times a second; one that has not for so long is stuck. Milliseconds. */
const stuckMs = 30_000;
/** A probe must be answered even when Redis is not. */
const pingMs = 1000;

/**
 * What probes are told. A process that takes in is alive when its event loop answers; one that delivers must also have
 * finished a round of its upkeep lately, or it only looks alive. A round that failed because Redis is away counts: a
 * restart would not bring Redis back.
 */
export function createHealth(parts: {
  /** Rounds of upkeep finished so far; undefined in a process without a worker. */
  readonly rounds: () => number | undefined;
  readonly ping: () => Promise<unknown>;
  /** A process that is leaving does no more rounds, and must be given its time. */
  readonly leaving: () => boolean;
  /** Monotonic, milliseconds. */
  readonly now: () => number;
}): Health {
  const { rounds, ping, leaving, now } = parts;
  let seen = { rounds: rounds(), at: now() };
  return {
    live: () => {
      const finished = rounds();
      if (finished === undefined || finished !== seen.rounds || leaving()) {
        seen = { rounds: finished, at: now() };
        return true;
      }
      return now() - seen.at < stuckMs;
    },
    ready: async () => ({ redis: await answers(ping), running: !leaving() }),
  };
}

async function answers(ping: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), pingMs);
  });
  const answered = ping().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}
