import type { Disturbance } from './schedule.js';

/** `late`: the far ends themselves. */
export type IncidentKind = Disturbance['kind'] | 'late';

/** What this test itself did to the processes, and when: the only thing besides the far ends' records that excuses a repeat. */
export interface Incident {
  readonly kind: IncidentKind;
  /** Number of the bridge process, for `kill`, `freeze` and `rollout`. */
  readonly process?: number;
  /** Milliseconds since 1970. `to` = it is back; undefined while it is not. */
  readonly from: number;
  to: number | undefined;
}

export class IncidentLog {
  readonly all: Incident[] = [];

  begin(kind: Incident['kind'], process?: number): Incident {
    const incident: Incident = {
      kind,
      from: Date.now(),
      to: undefined,
      ...(process === undefined ? {} : { process }),
    };
    this.all.push(incident);
    return incident;
  }

  /** The first one of this kind (and process) that was going on at some time between two moments. */
  during(kind: Incident['kind'], from: number, to: number, process?: number): Incident | undefined {
    return this.all.find(
      (incident) =>
        incident.kind === kind &&
        (process === undefined || incident.process === process) &&
        incident.from <= to &&
        (incident.to ?? Infinity) >= from,
    );
  }
}

const watchEveryMs = 100;
const lateFromMs = 700;

/** The far ends live in this process: when it is late itself, a caller's time-out is no fault of the caller. */
export function watchOwnLateness(log: IncidentLog): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - last > watchEveryMs + lateFromMs) log.all.push({ kind: 'late', from: last, to: now });
    last = now;
  }, watchEveryMs);
  return () => clearInterval(timer);
}
