import { seededRandom } from '../../src/simulator/random.js';
import { faultNames, timing, type ChaosSettings, type FaultName } from './settings.js';

/** Something that goes wrong at a time; `atMs` counts from the beginning of the run. */
export type Disturbance =
  /** SIGKILL, and the same instance again after `downMs`. */
  | { readonly kind: 'kill'; readonly atMs: number; readonly process: number; readonly downMs: number }
  /** SIGSTOP, and SIGCONT after `forMs`. */
  | { readonly kind: 'freeze'; readonly atMs: number; readonly process: number; readonly forMs: number }
  /** SIGTERM and a new process, one process after the other. */
  | { readonly kind: 'rollout'; readonly atMs: number }
  | {
      readonly kind: 'redis-restart' | 'redis-away' | 'redis-full';
      readonly atMs: number;
      readonly forMs: number;
    }
  /** Every token is withdrawn, and the endpoint does this instead of answering. */
  | {
      readonly kind: 'token-outage';
      readonly atMs: number;
      readonly forMs: number;
      readonly how: 'status' | 'hang' | 'reset';
    }
  /** Every access token is withdrawn. */
  | { readonly kind: 'token-expired'; readonly atMs: number }
  /** By how much answers are dated wrong, and the life of new tokens. */
  | {
      readonly kind: 'clock';
      readonly atMs: number;
      readonly offsetMs: number;
      readonly tokenLifeSeconds: number;
    };

const outages = ['redis-restart', 'redis-away', 'redis-full'] as const;
const waysToFail = ['status', 'hang', 'reset'] as const;
const clockOffsetsMs = [3_600_000, -3_600_000, 10 * 365 * 86_400_000, -5 * 365 * 86_400_000, 0];
const tokenLives = [1, 2, 5, 30];

/** Pure: the seed alone decides, for each family by itself. A frozen process is not killed, so that a freeze lasts. */
export function planSchedule(settings: ChaosSettings): readonly Disturbance[] {
  const { faults, disturbedMs, processes, seed } = settings;
  /** Of a long run the parts in between are long, too. */
  const long = disturbedMs > 120_000 ? 10 : 1;
  const drawer = (name: FaultName): ((least: number, most: number) => number) => {
    const random = seededRandom(seed ^ (0x5ca1ab1e + 7919 * faultNames.indexOf(name)));
    return (least, most) => Math.round(least + (most - least) * random());
  };
  /** One of a list. */
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[], between: number): T | undefined =>
    list[between % list.length];

  const plan: Disturbance[] = [];
  const freezes: Extract<Disturbance, { kind: 'freeze' }>[] = [];
  if (faults.has('freeze') && processes > 1) {
    const between = drawer('freeze');
    for (
      let atMs = between(2000, 5000);
      atMs + timing.freezeMs < disturbedMs;
      atMs += timing.freezeMs + long * between(6000, 12_000)
    ) {
      freezes.push({ kind: 'freeze', atMs, process: between(0, processes - 1), forMs: timing.freezeMs });
    }
    plan.push(...freezes);
  }
  const frozenAt = (atMs: number): number | undefined =>
    freezes.find((freeze) => atMs >= freeze.atMs - 500 && atMs <= freeze.atMs + freeze.forMs)?.process;

  if (faults.has('kill')) {
    const between = drawer('kill');
    for (let atMs = between(1000, 2500); atMs < disturbedMs; atMs += long * between(2000, 4500)) {
      const candidates = Array.from({ length: processes }, (_, index) => index).filter(
        (index) => index !== frozenAt(atMs),
      );
      const process = pick(candidates, between(0, 1000));
      if (process !== undefined) plan.push({ kind: 'kill', atMs, process, downMs: between(0, 1500) });
    }
  }
  if (faults.has('rollout')) {
    const between = drawer('rollout');
    for (let atMs = between(4000, 7000); atMs < disturbedMs; atMs += long * between(20_000, 30_000))
      plan.push({ kind: 'rollout', atMs });
  }
  // One Redis can only be away in one way at a time; each way in turn.
  const chosen = outages.filter((name) => faults.has(name));
  const first = chosen[0];
  if (first !== undefined) {
    const between = drawer(first);
    const share = disturbedMs * 0.15;
    const lengths = {
      'redis-restart': () => between(100, 2000),
      'redis-away': () => Math.min(60_000, Math.max(3500, share)),
      'redis-full': () => Math.min(30_000, Math.max(6000, share)),
    };
    let atMs = between(2500, 4000);
    for (let turn = between(0, 2); atMs < disturbedMs; turn += 1) {
      const kind = pick(chosen, turn) ?? first;
      const forMs = Math.round(lengths[kind]());
      plan.push({ kind, atMs, forMs });
      atMs += forMs + long * between(2000, 4000);
    }
  }
  if (faults.has('token-outage')) {
    const between = drawer('token-outage');
    let atMs = between(2000, 4000);
    for (let turn = between(0, 2); atMs < disturbedMs; turn += 1) {
      const forMs = long * between(3000, 5000);
      plan.push({ kind: 'token-outage', atMs, forMs, how: pick(waysToFail, turn) ?? 'status' });
      atMs += forMs + long * between(30_000, 40_000);
    }
  }
  if (faults.has('token-expired')) {
    const between = drawer('token-expired');
    for (let atMs = between(3000, 6000); atMs < disturbedMs; atMs += long * between(35_000, 50_000))
      plan.push({ kind: 'token-expired', atMs });
  }
  if (faults.has('clock')) {
    const between = drawer('clock');
    for (let atMs = between(0, 500), turn = 0; atMs < disturbedMs; turn += 1) {
      plan.push({
        kind: 'clock',
        atMs,
        offsetMs: pick(clockOffsetsMs, turn) ?? 0,
        tokenLifeSeconds: pick(tokenLives, between(0, 1000)) ?? 1,
      });
      atMs += long * between(2000, 5000);
    }
  }
  return plan.sort((a, b) => a.atMs - b.atMs);
}

/** A few words per disturbance, for the report. */
export function describeSchedule(schedule: readonly Disturbance[]): string {
  return schedule
    .map((disturbance) => `${(disturbance.atMs / 1000).toFixed(1)}s ${describe(disturbance)}`)
    .join(', ');
}

function describe(disturbance: Disturbance): string {
  switch (disturbance.kind) {
    case 'kill':
      return `kill ${disturbance.process}`;
    case 'freeze':
      return `freeze ${disturbance.process} for ${disturbance.forMs / 1000}s`;
    case 'redis-restart':
    case 'redis-away':
    case 'redis-full':
      return `${disturbance.kind} for ${disturbance.forMs}ms`;
    case 'token-outage':
      return `token-outage (${disturbance.how}) for ${disturbance.forMs}ms`;
    case 'clock':
      return `clock off by ${disturbance.offsetMs / 1000}s, tokens live ${disturbance.tokenLifeSeconds}s`;
    case 'rollout':
    case 'token-expired':
      return disturbance.kind;
  }
}
