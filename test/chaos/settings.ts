/** What can go wrong in a run, by name, and what it is: `--faults kill,429` lets only these happen. */
export const faultFamilies = {
  drop: 'requests and answers get lost, at both far ends and on the way in',
  delay: 'answers and callbacks come late',
  duplicate: 'callers send the same again, or twice at once',
  reorder: 'callers send a later message before an earlier one',
  '5xx': 'far ends answer 500, 502 (a web page), 503 and 504',
  '429': 'far ends answer 429, with seconds, with a date, with X-RateLimit-Reset and with nothing',
  '401': 'eGain answers 401 to a good token, and comes with a wrong Authorization itself',
  slow: 'answers come byte by byte, some of them slower than anybody waits',
  reset: 'connections are reset before and after the request was read',
  cut: 'answers end half-way, or are half of what they should be',
  'token-outage': 'the token endpoint fails, hangs or resets while a token is needed',
  'token-expired': 'tokens are worthless while requests with them are under way',
  kill: 'SIGKILL of a bridge process',
  freeze: 'SIGSTOP of a bridge process past its locks, then SIGCONT',
  rollout: 'SIGTERM and a new process, one process after the other',
  'redis-restart': 'SIGKILL of Redis, and its restart',
  'redis-away': 'Redis does not answer for a while',
  'redis-full': 'other tenants fill Redis: past the share for intake, then to the last byte',
  clock: 'what the far side says of time is wrong: Date, Retry-After, expires_in, sentAt, webhook timestamps',
} as const;
export type FaultName = keyof typeof faultFamilies;

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultFamilies, name);
}

export const faultNames: readonly FaultName[] = Object.keys(faultFamilies).filter(isFaultName);

/** One run; the same settings give the same schedule and the same draws of faults. */
export interface ChaosSettings {
  readonly seed: number;
  readonly customers: number;
  /** Per customer and direction. */
  readonly messages: number;
  readonly processes: number;
  /** How long things go wrong, in milliseconds; afterwards everything must settle. */
  readonly disturbedMs: number;
  readonly faults: ReadonlySet<FaultName>;
  /** Whether the far hub recognises a message it has taken before. */
  readonly deduplicate: boolean;
}

export const chaosDefaults: Omit<ChaosSettings, 'seed'> = {
  customers: 200,
  messages: 10,
  processes: 3,
  disturbedMs: 28_000,
  faults: new Set(faultNames),
  deduplicate: true,
};

/** A long run is to be long, not heavy: a customer's messages come further apart in it. */
export function messagesFor(disturbedMs: number): number {
  return Math.max(chaosDefaults.messages, Math.round(disturbedMs / 20_000));
}

/** Times of the bridge and of its callers in a run, in milliseconds: short, so that much happens in little time. */
export const timing = {
  attemptTimeoutMs: 3000,
  holdMs: 600_000,
  senderTimeoutMs: 4000,
  callbackDeadlineMs: 4000,
  /** Longer than a lock of the bridge (15 s), so that other processes take a frozen one's lanes over. */
  freezeMs: 17_000,
  /** How long the health check in front of the processes needs to notice a frozen one. */
  healthCheckMs: 1000,
  drainGraceMs: 15_000,
  /** How long whoever starts the processes tries, while Redis is away. */
  startMs: 300_000,
} as const;

/**
 * Longer than a frozen process's lock and the search for stalled jobs. Only an orphaned conversation waits it out, and a
 * hub that recognises repeats has none: there it can be longer than all outages together.
 */
export function unknownConversationWaitMs({ deduplicate }: ChaosSettings): number {
  return deduplicate ? 540_000 : 40_000;
}

/** A hub that recognises repeats has no orphans, so that nothing of a run may wait for so long. */
export function orphansWaitMs(settings: ChaosSettings): number {
  return settings.deduplicate ? 0 : unknownConversationWaitMs(settings);
}

/** The bridge's configuration in a run, beside what `startWorld` sets. */
export const bridgeOverrides = (settings: ChaosSettings) => ({
  server: { drainGraceMs: timing.drainGraceMs },
  egain: { requestTimeoutMs: timing.attemptTimeoutMs },
  delivery: {
    attemptTimeoutMs: timing.attemptTimeoutMs,
    holdMs: timing.holdMs,
    unknownConversationWaitMs: unknownConversationWaitMs(settings),
    backoff: { firstMs: 100, factor: 2, maxMs: 2000 },
    breaker: { failures: 10, openMs: 500, maxOpenMs: 2000 },
  },
});
