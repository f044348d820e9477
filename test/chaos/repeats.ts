import { byId, type Attempt } from './attempts.js';
import type { IncidentLog } from './incidents.js';
import type { Sighting } from './observed-path.js';
import { farEnds, type StarvationWatch } from './starvation.js';
import { timing } from './settings.js';

/** Why a far end took a message again (I3). */
export type Cause =
  | 'answer withheld'
  | 'answer cut'
  | 'connection reset'
  | 'timeout'
  | 'kill'
  | 'freeze'
  | 'Redis killed'
  | 'Redis away'
  | 'Redis full'
  | 'far end late'
  | 'no CPU';

export interface Repeats {
  readonly causes: ReadonlyMap<Cause, number>;
  /** Repeats for which neither the far end's records nor what the test did gives a cause: there must be none. */
  readonly unexplained: readonly string[];
  /** Messages that were taken again. */
  readonly messages: ReadonlySet<string>;
}

/** From an answer's last byte to its acknowledgement in Redis, on a busy machine; milliseconds. */
const acknowledgeMs = 1000;

/** Redis could not be told that the message had been taken. */
const redisOutages = [
  ['redis-restart', 'Redis killed'],
  ['redis-away', 'Redis away'],
  ['redis-full', 'Redis full'],
] as const;

/** Judges every further taking of a message by the taking before it. */
export function judgeRepeats(
  attempts: readonly Attempt[],
  sightings: readonly Sighting[],
  log: IncidentLog,
  starvation: StarvationWatch,
): Repeats {
  const causes = new Map<Cause, number>();
  const unexplained: string[] = [];
  const messages = new Set<string>();
  const seen = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const known = seen.get(sighting.id);
    if (known === undefined) seen.set(sighting.id, [sighting]);
    else known.push(sighting);
  }
  for (const [id, all] of byId(attempts)) {
    const taken = all.filter(({ processed }) => processed);
    taken.slice(1).forEach((repeat, index) => {
      const before = taken[index];
      if (before === undefined) return;
      messages.add(id);
      const cause = causeOf(before, repeat, seen.get(id) ?? [], log, starvation);
      if (cause === undefined) unexplained.push(describe(before, repeat, seen.get(id) ?? []));
      else causes.set(cause, (causes.get(cause) ?? 0) + 1);
    });
  }
  return { causes, unexplained, messages };
}

function causeOf(
  before: Attempt,
  repeat: Attempt,
  seen: readonly Sighting[],
  log: IncidentLog,
  starvation: StarvationWatch,
): Cause | undefined {
  if (before.answer === 'none') return 'answer withheld';
  if (before.answer === 'spoilt') return 'answer cut';
  if (before.answer === 'reset') return 'connection reset';
  if (before.endedAt - before.receivedAt >= timing.attemptTimeoutMs * 0.9) return 'timeout';
  const { receivedAt } = before;
  const until = before.endedAt + acknowledgeMs;
  const sender = senderOf(before, seen);
  if (log.during('kill', receivedAt, until, sender) !== undefined) return 'kill';
  if (log.during('freeze', receivedAt, until, sender) !== undefined) return 'freeze';
  // A process that was frozen just before it sent sends late, when another has gone on with the lane.
  const again = senderOf(repeat, seen);
  if (log.during('freeze', receivedAt, repeat.receivedAt, again) !== undefined) return 'freeze';
  for (const [kind, cause] of redisOutages) {
    if (log.during(kind, receivedAt, until) !== undefined) return cause;
  }
  if (log.during('late', receivedAt - timing.attemptTimeoutMs, until) !== undefined) return 'far end late';
  // Far ends and callers share the machine: together they were kept waiting for the better part of a time-out.
  const denied = [sender, farEnds].reduce<number>(
    (sum, process) =>
      sum +
      (process === undefined
        ? 0
        : starvation.deniedMs(process, receivedAt - timing.attemptTimeoutMs, repeat.receivedAt)),
    0,
  );
  if (denied >= timing.attemptTimeoutMs / 2) return 'no CPU';
  return undefined;
}

/** The process whose request this was: the last that was seen sending the message before the far end had it. */
function senderOf(attempt: Attempt, seen: readonly Sighting[]): number | undefined {
  return seen.findLast(({ at }) => at <= attempt.receivedAt)?.process ?? seen[0]?.process;
}

function describe(before: Attempt, repeat: Attempt, seen: readonly Sighting[]): string {
  const relative = (at: number): string => `+${at - before.receivedAt}`;
  const sightings = seen.map(({ process, at }) => `${process}@${relative(at)}`).join(' ');
  return (
    `${before.id}: taken at ${new Date(before.receivedAt).toISOString()}, answer ${before.answer} ` +
    `${relative(before.endedAt)}, taken again ${relative(repeat.receivedAt)}; seen from ${sightings}`
  );
}
