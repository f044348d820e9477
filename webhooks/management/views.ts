/** What the rooms know, in the words of the API. */
import type * as z from 'zod';
import type { DeadLetter } from '../../src/lanes/dead-letters.js';
import type { Envelope } from '../../src/lanes/envelope.js';
import type { WaitingLane } from '../../src/lanes/waiting.js';
import type { DriftRecord } from '../../src/operators/drift-record.js';
import type { Overview } from '../../src/operators/overview.js';
import type { FoundMessage } from '../../src/operators/search.js';
import { stateOf, timelineOf } from '../../src/operators/timeline.js';
import type * as schemas from './schemas.js';

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | undefined): string | null => (ms === undefined ? null : iso(ms));

export function viewOverview(
  { spanMs, rates, directions, failures, deadLetters, token, drift, memory, processes }: Overview,
  facts: { readonly now: number; readonly minutes: number; readonly declared: boolean },
): z.input<typeof schemas.overview> {
  return {
    at: iso(facts.now),
    minutes: facts.minutes,
    spanSeconds: spanMs / 1000,
    rates: rates.map((point) => ({ ...point, at: iso(point.at) })),
    directions: directions.map((view) => ({
      direction: view.direction,
      channel: view.channel,
      lanes: { running: view.running, waiting: view.waiting, backingOff: view.backingOff },
      oldestMs: view.oldestMs,
      delivered: view.delivered,
      held: view.held,
      dead: view.dead,
      closed: view.closed ?? null,
    })),
    failures: [...failures],
    deadLetters,
    token: {
      held: token.token !== undefined,
      ageMs: token.token?.ageMs ?? null,
      leftMs: token.token?.leftMs ?? null,
      coolingMs: token.cooling?.leftMs ?? 0,
      coolingReason: token.cooling?.reason ?? null,
      fetched: token.fetched,
      failed: token.failed,
      discarded: token.discarded,
    },
    provisioning: viewProvisioning(drift, facts.declared),
    redis: { usedBytes: memory?.usedBytes ?? null, limitBytes: memory?.limitBytes ?? null },
    processes: processes.map((each) => ({
      ...each,
      startedAt: iso(each.startedAt),
      seenAt: iso(each.seenAt),
    })),
  };
}

export function viewProvisioning(
  drift: DriftRecord | undefined,
  declared: boolean,
): z.input<typeof schemas.provisioning> {
  if (drift === undefined) return { declared, drift: null };
  const { at, differences, objects, problems } = drift;
  return {
    declared,
    drift: {
      at: iso(at),
      ...(differences === undefined ? {} : { differences }),
      objects: [...objects],
      problems: [...problems],
    },
  };
}

export function viewMessage(message: FoundMessage): z.input<typeof schemas.searchAnswer>['messages'][number] {
  const { messageId, direction, channel, lane, acceptedAt, end, waiting, deadLetter } = message;
  return {
    id: messageId ?? null,
    direction,
    channel: channel === '' ? '?' : channel,
    lane,
    state: stateOf(message) ?? 'gone',
    acceptedAt: iso(acceptedAt),
    endedAt: isoOrNull(end?.at),
    attempts: end?.attempts ?? (waiting?.ahead === 0 ? waiting.attempts : 0),
    reason: end?.reason ?? null,
    ahead: waiting?.ahead ?? null,
    conversationId: end?.conversationId ?? null,
    farId: end?.farId ?? null,
    deadLetter: deadLetter ?? null,
    steps: timelineOf(message).map(({ at, what, answer, count }) => ({
      at: isoOrNull(at),
      what,
      answer: answer ?? null,
      count: count ?? null,
    })),
  };
}

export function viewDeadLetter(letter: DeadLetter): z.input<typeof schemas.deadLetter> {
  return {
    id: letter.id,
    lane: letter.lane,
    ...targetOf(letter.target),
    reason: letter.reason,
    code: /^(?:http-)?\d{3}(?:-\d{1,6})?\b/i.exec(letter.detail)?.[0] ?? null,
    messageId: letter.messageId,
    type: typeOf(letter.envelope),
    attempts: letter.attempts,
    acceptedAt: iso(letter.acceptedAt),
    diedAt: iso(letter.at),
  };
}

export function viewLane(lane: WaitingLane): z.input<typeof schemas.lanes>['lanes'][number] {
  return {
    lane: lane.lane,
    ...targetOf(lane.target),
    state: lane.state,
    waiting: lane.waiting,
    headAcceptedAt: iso(lane.headAcceptedAt),
    attempts: lane.attempts,
    lastError: lane.lastError ?? null,
    tryAgainAt: isoOrNull(lane.tryAgainAt),
  };
}

function targetOf(target: string): { direction: 'in' | 'out'; channel: string } {
  return {
    direction: target.startsWith('in:') ? 'in' : 'out',
    channel: target.slice(target.indexOf(':') + 1),
  };
}

/** What kind of thing it was; never what it said. */
function typeOf(envelope: Envelope | undefined): string | null {
  switch (envelope?.kind) {
    case undefined:
      return null;
    case 'inbound':
      return envelope.message.type;
    case 'outbound': {
      const { message } = envelope;
      const type: unknown =
        typeof message === 'object' && message !== null ? Reflect.get(message, 'type') : undefined;
      const value: unknown = typeof type === 'object' && type !== null ? Reflect.get(type, 'value') : type;
      return typeof value === 'string' && /^[\w.]{1,64}$/.test(value) ? value : null;
    }
    case 'notice':
    case 'agent-notice':
    case 'misfit':
      return envelope.kind;
  }
}
