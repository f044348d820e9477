import type { AcceptStatus, NewMessage } from '../src/lanes/lanes.js';
import type { NoticeDraft } from '../src/lanes/notice-window.js';
import type { Tracing } from '../src/operations/tracing/tracing.js';
import type { CallerKind, RequestObserver } from './handler.js';
import type { Intake } from './intake.js';

/** A request that is believed and understood. */
export interface Arrival {
  readonly caller: CallerKind;
  readonly channel?: string;
  /** Monotonic, milliseconds. */
  readonly startedAt: number;
  /** The caller's own, where the caller is a program we know: anybody can load a chat's page. */
  readonly traceparent?: string | undefined;
}

export interface KeepingParts {
  readonly intake: Intake;
  readonly observer: RequestObserver;
  readonly tracing?: Tracing | undefined;
}

/** What a request brought, and what others are to be told because of it. */
export interface Brought {
  readonly messages: readonly NewMessage[];
  readonly notices?: readonly NoticeDraft[];
}

/**
 * Keeps what a request brought, in its trace, counted and told. `make` gets the traceparent to keep with the messages.
 * @returns a status per message. @throws {Refusal} 503 unless Redis confirmed every one of them.
 */
export async function keepAndTell(
  { intake, observer, tracing }: KeepingParts,
  arrival: Arrival,
  make: (traceparent: string | undefined) => Brought,
): Promise<readonly AcceptStatus[]> {
  const trace = tracing?.accept(arrival);
  const { messages, notices } = make(trace?.traceparent);
  let statuses: readonly AcceptStatus[];
  try {
    statuses = await intake.accept(messages, notices);
  } catch (error) {
    trace?.failed();
    throw error;
  }
  const { caller, channel, startedAt } = arrival;
  observer.accepted({ caller, channel, startedAt, messages, statuses, traceparent: trace?.traceparent });
  if (trace !== undefined) {
    const ids = messages.flatMap(({ journey }) => (journey === undefined ? [] : [journey.id]));
    trace.kept(ids, statuses.filter((status) => status === 'duplicate').length);
  }
  return statuses;
}

/** The caller's own place in a trace; a header given twice is none. */
export function traceparentIn(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string | undefined {
  const { traceparent } = headers;
  return typeof traceparent === 'string' ? traceparent : undefined;
}
