/** What can go wrong in a run, by name: `--faults kill,redis` lets only these happen. */
export const faultNames = ['kill', 'freeze', 'redis', 'egain', 'channel', 'callback', 'token'] as const;
export type FaultName = (typeof faultNames)[number];

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

/** Times of the bridge and of its callers in a run, in milliseconds: short, so that much happens in little time. */
export const timing = {
  attemptTimeoutMs: 3000,
  /** Longer than a frozen process's lock and the search for stalled jobs: only an orphaned conversation waits it out. */
  unknownConversationWaitMs: 40_000,
  holdMs: 600_000,
  senderTimeoutMs: 4000,
  callbackDeadlineMs: 4000,
  /** Longer than a lock of the bridge (15 s), so that other processes take a frozen one's lanes over. */
  freezeMs: 17_000,
  /** How long the health check in front of the processes needs to notice a frozen one. */
  healthCheckMs: 1000,
  drainGraceMs: 15_000,
} as const;

/** The bridge's configuration in a run, beside what `startWorld` sets. */
export const bridgeOverrides = {
  server: { drainGraceMs: timing.drainGraceMs },
  egain: { requestTimeoutMs: timing.attemptTimeoutMs },
  delivery: {
    attemptTimeoutMs: timing.attemptTimeoutMs,
    holdMs: timing.holdMs,
    unknownConversationWaitMs: timing.unknownConversationWaitMs,
    backoff: { firstMs: 100, factor: 2, maxMs: 2000 },
    breaker: { failures: 10, openMs: 500, maxOpenMs: 2000 },
  },
} as const;
