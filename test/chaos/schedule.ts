import { seededRandom } from '../../src/simulator/random.js';
import { timing, type ChaosSettings } from './settings.js';

/** Something that goes wrong at a time; `atMs` counts from the beginning of the run. */
export type Disturbance =
  /** SIGKILL, and the same instance again after `downMs`. */
  | { readonly kind: 'kill'; readonly atMs: number; readonly process: number; readonly downMs: number }
  /** SIGSTOP, and SIGCONT after `forMs`. */
  | { readonly kind: 'freeze'; readonly atMs: number; readonly process: number; readonly forMs: number }
  | { readonly kind: 'redis'; readonly atMs: number; readonly downMs: number }
  /** Every access token is withdrawn. */
  | { readonly kind: 'token'; readonly atMs: number };

/** Pure: the seed alone decides. A frozen process is not killed, so that a freeze lasts. */
export function planSchedule(settings: ChaosSettings): readonly Disturbance[] {
  const { faults, disturbedMs, processes, seed } = settings;
  const random = seededRandom(seed ^ 0x5ca1ab1e);
  const between = (least: number, most: number): number => Math.round(least + (most - least) * random());
  const freezes: Extract<Disturbance, { kind: 'freeze' }>[] = [];
  if (faults.has('freeze') && processes > 1) {
    for (
      let atMs = between(2000, 5000);
      atMs + timing.freezeMs < disturbedMs;
      atMs += timing.freezeMs + between(6000, 12_000)
    ) {
      freezes.push({
        kind: 'freeze',
        atMs,
        process: Math.floor(random() * processes),
        forMs: timing.freezeMs,
      });
    }
  }
  const frozenAt = (atMs: number): number | undefined =>
    freezes.find((freeze) => atMs >= freeze.atMs - 500 && atMs <= freeze.atMs + freeze.forMs)?.process;

  const others: Disturbance[] = [];
  if (faults.has('kill')) {
    for (let atMs = between(1000, 2500); atMs < disturbedMs; atMs += between(2000, 4500)) {
      const frozen = frozenAt(atMs);
      const candidates = Array.from({ length: processes }, (_, index) => index).filter(
        (index) => index !== frozen,
      );
      const process = candidates[Math.floor(random() * candidates.length)];
      if (process !== undefined) others.push({ kind: 'kill', atMs, process, downMs: between(0, 1500) });
    }
  }
  if (faults.has('redis')) {
    for (let atMs = between(6000, 9000); atMs < disturbedMs; atMs += between(10_000, 16_000)) {
      others.push({ kind: 'redis', atMs, downMs: between(100, 2000) });
    }
  }
  if (faults.has('token'))
    others.push({ kind: 'token', atMs: between(disturbedMs * 0.3, disturbedMs * 0.7) });
  return [...freezes, ...others].sort((a, b) => a.atMs - b.atMs);
}

/** One line per disturbance, for the report. */
export function describeSchedule(schedule: readonly Disturbance[]): string {
  return schedule
    .map((disturbance) => {
      const at = `${(disturbance.atMs / 1000).toFixed(1)}s`;
      switch (disturbance.kind) {
        case 'kill':
          return `${at} kill ${disturbance.process}`;
        case 'freeze':
          return `${at} freeze ${disturbance.process} for ${disturbance.forMs / 1000}s`;
        case 'redis':
          return `${at} kill Redis for ${disturbance.downMs}ms`;
        case 'token':
          return `${at} withdraw tokens`;
      }
    })
    .join(', ');
}
