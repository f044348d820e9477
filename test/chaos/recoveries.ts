import { byId, type Attempt } from './attempts.js';
import type { IncidentLog } from './incidents.js';
import type { Sighting } from './observed-path.js';

/** Until the messages that a process had in hand when it was hit were tried again, by anybody; milliseconds. */
export interface Recovery {
  readonly longest: number;
  readonly median: number;
  readonly messages: number;
}

/** By kind of incident; a message was in hand when the process sent it shortly before and it was tried again after. */
export function recoveries(
  log: IncidentLog,
  sightings: readonly Sighting[],
  attempts: readonly Attempt[],
): Readonly<Record<'kill' | 'freeze', Recovery>> {
  const seen = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const known = seen.get(sighting.id);
    if (known === undefined) seen.set(sighting.id, [sighting]);
    else known.push(sighting);
  }
  const tried = byId(attempts);
  const times = { kill: [] as number[], freeze: [] as number[] };
  for (const { kind, process, from } of log.all) {
    if (kind !== 'kill' && kind !== 'freeze') continue;
    for (const [id, all] of seen) {
      const next = all.findIndex(({ at }) => at > from);
      const before = all[next - 1];
      const after = all[next];
      if (before === undefined || after === undefined || before.process !== process) continue;
      // A try that had been answered before was over: what came after it was the back-off's doing.
      const open =
        tried.get(id)?.some(({ receivedAt, endedAt }) => receivedAt <= from && endedAt >= from) ?? false;
      if (open || from - before.at < inHandMs) times[kind].push(after.at - from);
    }
  }
  return { kill: summary(times.kill), freeze: summary(times.freeze) };
}

const inHandMs = 50;

function summary(times: readonly number[]): Recovery {
  const sorted = [...times].sort((a, b) => a - b);
  return {
    longest: sorted.at(-1) ?? 0,
    median: sorted[Math.floor(sorted.length / 2)] ?? 0,
    messages: sorted.length,
  };
}
