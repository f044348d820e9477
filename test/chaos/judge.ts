import type { ReceivedRequest } from '../../src/simulator/channel/deliveries.js';
import type { SimulatorRecord } from '../../src/simulator/index.js';
import type { Exit } from '../support/spawn-process.js';
import type { World } from '../support/world.js';
import type { AgentsDesk } from './agents.js';
import { attemptsAtChannel, attemptsAtHub } from './attempts.js';
import type { CustomersSender } from './customers.js';
import { arrivalsAtChannel, arrivalsAtHub, orphans, type Acceptance } from './deliveries.js';
import type { FaultCounts } from './far-end-faults.js';
import type { IncidentLog } from './incidents.js';
import type { Sighting } from './observed-path.js';
import { recoveries } from './recoveries.js';
import type { Remains } from './remains.js';
import { judgeRepeats, type Repeats } from './repeats.js';
import type { StarvationWatch } from './starvation.js';
import { timing, type ChaosSettings, type FaultName } from './settings.js';

/** Beside the grace period, for a machine that has other things to do; milliseconds. */
const leavingMs = 5000;

export interface Evidence {
  readonly settings: ChaosSettings;
  readonly world: World;
  readonly log: IncidentLog;
  readonly customers: CustomersSender;
  readonly agents: AgentsDesk;
  readonly remains: Remains;
  readonly exits: readonly (Exit & { readonly tookMs: number })[];
  readonly crashes: readonly string[];
  readonly sightings: readonly Sighting[];
  readonly starvation: StarvationWatch;
  readonly struck: FaultCounts;
  readonly settled: boolean;
  readonly disturbedMs: number;
  readonly settledMs: number;
}

/** What is promised, each as a list of what broke it; all must be empty. */
export interface Broken {
  readonly lost: readonly string[];
  readonly disorder: readonly string[];
  readonly unexplainedRepeats: readonly string[];
  readonly stuck: readonly string[];
  readonly deadLetters: readonly string[];
  readonly refused: readonly string[];
  readonly crashes: readonly string[];
  readonly badExits: readonly string[];
}

export interface Verdict {
  readonly settings: ChaosSettings;
  readonly broken: Broken;
  readonly figures: Figures;
}

export interface Figures {
  readonly accepted: { readonly inbound: number; readonly outbound: number };
  readonly delivered: { readonly inbound: number; readonly outbound: number };
  readonly deadLettered: { readonly inbound: number; readonly outbound: number };
  readonly faults: FaultCounts;
  /** How the senders' requests ended: a status, or what kept the answer away. */
  readonly answers: Readonly<Record<string, number>>;
  readonly repeats: { readonly inbound: Repeats; readonly outbound: Repeats };
  /** Messages into conversations that were opened by a message whose answer was lost. */
  readonly orphaned: { readonly conversations: number; readonly messages: number };
  /** From acceptance to first delivery, milliseconds. */
  readonly longestHoldMs: number;
  readonly recoveryMs: ReturnType<typeof recoveries>;
  readonly incidents: Readonly<Record<string, number>>;
  readonly exitMs: number;
  readonly disturbedMs: number;
  readonly settledMs: number;
}

/** Holds what the callers were told against what the far ends have, with nothing of the bridge's own account of it. */
export function judge(evidence: Evidence): Verdict {
  const { world, log, customers, agents, remains, sightings, starvation } = evidence;
  const records = world.simulator.records();
  const hubAttempts = attemptsAtHub(records);
  const channelAttempts = attemptsAtChannel(world.channel.requests());
  const inbound = judgeRepeats(hubAttempts, sightings, log, starvation);
  const outbound = judgeRepeats(channelAttempts, sightings, log, starvation);

  const callbacks = acceptancesOf(records);
  const callbackAt = new Map([...callbacks].flatMap(([id, { to }]) => (to < Infinity ? [[id, to]] : [])));
  const written = new Map(
    customers.sent.map(({ id, triedAt, acceptedAt }) => [id, { from: triedAt, to: acceptedAt }]),
  );
  const reordered = evidence.settings.faults.has('reorder');
  const atHub = arrivalsAtHub(records, reordered ? { acceptances: written } : 'numbers');
  const atChannel = arrivalsAtChannel(
    world.channel.received(),
    firstTimes(world.channel.requests()),
    reordered ? { acceptances: callbacks } : 'numbers',
  );
  // An opening whose repeat opened another conversation is itself a repeat, so its cause was judged above.
  const orphaned = orphans(records);
  const excused = new Set(
    remains.deadLetters
      .filter(
        ({ reason, conversationId }) => reason === 'unknown-conversation' && orphaned.has(conversationId),
      )
      .map(({ id }) => id),
  );
  const lostInbound = customers.sent.filter(({ id }) => !atHub.first.has(id));
  const lostOutbound = agents.sent.filter(
    ({ id }) => callbackAt.has(id) && !atChannel.first.has(id) && !excused.has(id),
  );
  const holds = [
    ...customers.sent.map(({ id, acceptedAt }) => (atHub.first.get(id) ?? acceptedAt) - acceptedAt),
    ...agents.sent.map(({ id }) => (atChannel.first.get(id) ?? 0) - (callbackAt.get(id) ?? Infinity)),
  ];
  const expected = evidence.settings.customers * evidence.settings.messages;
  return {
    settings: evidence.settings,
    broken: {
      lost: [
        ...lostInbound.map(({ id }) => `inbound ${id}`),
        ...lostOutbound.map(({ id, customer, number }) => `outbound ${number} to ${customer} (${id})`),
      ],
      disorder: [...atHub.disorder, ...atChannel.disorder],
      unexplainedRepeats: [...inbound.unexplained, ...outbound.unexplained],
      stuck: [
        ...(evidence.settled
          ? []
          : [
              `${remains.waiting} messages still lie in lanes`,
              ...remains.gates.map((gate) => `gate ${gate}`),
              ...remains.lanes,
            ]),
        ...(customers.sent.length === expected
          ? []
          : [`${customers.sent.length} of ${expected} were acknowledged`]),
        ...(callbackAt.size === expected
          ? []
          : [`${callbackAt.size} of ${expected} callbacks were answered 2xx`]),
      ],
      deadLetters: remains.deadLetters
        .filter(({ id }) => !excused.has(id))
        .map(({ id, reason, detail }) => `${id}: ${reason} (${detail})`),
      refused: customers.refused,
      crashes: evidence.crashes,
      badExits: evidence.exits
        .filter(({ code, tookMs }) => code !== 0 || tookMs > timing.drainGraceMs + leavingMs)
        .map(
          ({ code, signal, tookMs }) => `code ${String(code)}, signal ${String(signal)}, after ${tookMs} ms`,
        ),
    },
    figures: {
      accepted: { inbound: customers.sent.length, outbound: callbackAt.size },
      delivered: { inbound: atHub.first.size, outbound: atChannel.first.size },
      deadLettered: perDirection(remains.deadLetters.map(({ id }) => id)),
      faults: countFaults(evidence),
      answers: Object.fromEntries(customers.endings),
      repeats: { inbound, outbound },
      orphaned: { conversations: orphaned.size, messages: excused.size },
      longestHoldMs: holds.reduce((longest, hold) => Math.max(longest, hold), 0),
      recoveryMs: recoveries(log, sightings, [...hubAttempts, ...channelAttempts]),
      incidents: count(log),
      exitMs: Math.max(...evidence.exits.map(({ tookMs }) => tookMs)),
      disturbedMs: evidence.disturbedMs,
      settledMs: evidence.settledMs,
    },
  };
}

function firstTimes(requests: readonly ReceivedRequest[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { messageId, outcome, at } of requests) {
    if (messageId !== undefined && outcome === 'taken') times.set(messageId, at);
  }
  return times;
}

/** From the hub's own records of its callbacks, by message id; `to` is Infinity while none was answered 2xx. */
function acceptancesOf(records: readonly SimulatorRecord[]): Map<string, Acceptance> {
  const found = new Map<string, Acceptance>();
  for (const record of records) {
    if (record.kind !== 'callback' || record.outcome === 'dropped') continue;
    const at = Date.parse(record.at);
    for (const { id } of record.messages) {
      const { from, to } = found.get(id) ?? { from: Infinity, to: Infinity };
      found.set(id, {
        from: Math.min(from, at - record.durationMs),
        to: record.outcome === 'delivered' ? Math.min(to, at) : to,
      });
    }
  }
  return found;
}

/** Each family by how often it struck: at the far ends, by the senders, by what was done to processes and Redis. */
function countFaults({ settings, struck, customers, log }: Evidence): FaultCounts {
  const counts: Partial<Record<FaultName, number>> = {};
  for (const name of settings.faults) {
    const incidents = log.all.filter(({ kind }) => kind === name).length;
    counts[name] = (struck[name] ?? 0) + (customers.misbehaved.get(name) ?? 0) + incidents;
  }
  return counts;
}

function perDirection(ids: readonly string[]): { readonly inbound: number; readonly outbound: number } {
  const inbound = ids.filter((id) => id.startsWith('in-')).length;
  return { inbound, outbound: ids.length - inbound };
}

function count(log: IncidentLog): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of log.all) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
