import { readBacklog, type TargetBacklog } from '../lanes/backlog.js';
import { readGates } from '../lanes/gates.js';
import type { MemoryUsage } from '../lanes/memory.js';
import type { OperatorAccess } from './access.js';
import type { DriftRecord } from './drift-record.js';
import { readDrift } from './drift-record.js';
import { readProcesses, readSpans, spanMs, type RunningProcess, type Span } from './figures.js';

/** Where the access token of all processes stands; milliseconds. */
export interface TokenView {
  readonly token?: { readonly ageMs: number; readonly leftMs: number };
  readonly cooling?: { readonly leftMs: number; readonly reason: string };
}

/** What the overview is asked of besides Redis. */
export interface OverviewSources extends Pick<OperatorAccess, 'redis' | 'keys'> {
  /** Names of the configured channels. */
  readonly channels: readonly string[];
  readonly token: () => Promise<TokenView>;
  /** As last seen by this process; undefined where none is looked at. */
  readonly memory: () => Promise<MemoryUsage | undefined>;
}

/** Messages per span of time, over all channels. */
export interface RatePoint {
  readonly at: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly held: number;
  readonly dead: number;
}

export interface DirectionView extends TargetBacklog {
  readonly direction: 'in' | 'out';
  readonly channel: string;
  /** Within the time that was asked about. */
  readonly delivered: number;
  readonly held: number;
  readonly dead: number;
  /** Why nothing is delivered there at the moment; undefined while it is. */
  readonly closed: string | undefined;
}

/** What failed, how often. `kind`: a message ended undelivered, a caller was refused, a far end did not do as asked. */
export interface FailureCount {
  readonly kind: 'dead-letter' | 'refused' | 'upstream';
  readonly where: string;
  readonly reason: string;
  readonly count: number;
}

export interface Overview {
  readonly spanMs: number;
  readonly rates: readonly RatePoint[];
  readonly directions: readonly DirectionView[];
  readonly failures: readonly FailureCount[];
  readonly deadLetters: number;
  readonly token: TokenView & {
    readonly fetched: number;
    readonly failed: number;
    readonly discarded: number;
  };
  readonly drift: DriftRecord | undefined;
  readonly memory: MemoryUsage | undefined;
  readonly processes: readonly RunningProcess[];
}

/** Everything at a glance, of the whole installation. @param forMs how far back rates and failures go */
export async function overview(sources: OverviewSources, forMs: number): Promise<Overview> {
  const { redis, keys, channels } = sources;
  const { prefix } = keys;
  const [spans, backlog, gates, token, drift, memory, processes] = await Promise.all([
    readSpans(redis, prefix, forMs),
    readBacklog(redis, keys),
    readGates(redis, keys),
    sources.token(),
    readDrift(redis, prefix),
    sources.memory(),
    readProcesses(redis, prefix),
  ]);
  const sum = totals(spans);
  return {
    spanMs,
    rates: spans
      .map(rateOf)
      .filter(({ accepted, delivered, held, dead }) => accepted + delivered + held + dead > 0),
    directions: directionsOf(channels, backlog.targets, gates, sum),
    failures: failuresOf(sum),
    deadLetters: backlog.deadLetters,
    token: {
      ...token,
      fetched: sum.of('token', 'fetched'),
      failed: sum.of('token', 'failed'),
      discarded: sum.of('token', 'discarded'),
    },
    drift,
    memory,
    processes,
  };
}

function rateOf({ at, counts }: Span): RatePoint {
  const point = { accepted: 0, delivered: 0, held: 0, dead: 0 };
  for (const { what, labels, count } of counts) {
    if (what === 'accepted') point.accepted += count;
    if (what !== 'deliveries') continue;
    const [, , outcome] = labels;
    if (outcome === 'delivered' || outcome === 'held' || outcome === 'dead') point[outcome] += count;
  }
  return { at, ...point };
}

interface Totals {
  of(what: Span['counts'][number]['what'], ...labels: readonly string[]): number;
  readonly all: readonly Span['counts'][number][];
}

function totals(spans: readonly Span[]): Totals {
  const sums = new Map<string, Span['counts'][number]>();
  const nameOf = (what: string, labels: readonly string[]): string => [what, ...labels].join('|');
  for (const { counts } of spans)
    for (const each of counts) {
      const name = nameOf(each.what, each.labels);
      sums.set(name, { ...each, count: each.count + (sums.get(name)?.count ?? 0) });
    }
  return { of: (what, ...labels) => sums.get(nameOf(what, labels))?.count ?? 0, all: [...sums.values()] };
}

function directionsOf(
  channels: readonly string[],
  backlog: readonly TargetBacklog[],
  gates: readonly { readonly target: string; readonly why: string }[],
  sum: Totals,
): DirectionView[] {
  const waiting = new Map(backlog.map((each) => [each.target, each]));
  const configured = channels.flatMap((name) => [`in:${name}`, `out:${name}`]);
  // Of a channel that is gone, and of conversations nobody knows, only what waits is of interest.
  const others = backlog
    .filter(
      ({ target, running, waiting: room, backingOff }) =>
        !configured.includes(target) && running + room + backingOff > 0,
    )
    .map(({ target }) => target);
  return [...configured, ...others].map((target) => {
    const colon = target.indexOf(':');
    const direction = target.startsWith('in:') ? 'in' : 'out';
    const channel = target.slice(colon + 1);
    const own = gates.find((gate) => gate.target === target);
    const shared = direction === 'in' ? gates.find((gate) => gate.target === 'egain') : undefined;
    return {
      ...(waiting.get(target) ?? { target, running: 0, waiting: 0, backingOff: 0, oldestMs: 0 }),
      direction,
      channel,
      delivered: sum.of('deliveries', direction, channel, 'delivered'),
      held: sum.of('deliveries', direction, channel, 'held'),
      dead: sum.of('deliveries', direction, channel, 'dead'),
      closed: (own ?? shared)?.why,
    };
  });
}

/** Statuses of far ends that are no failures. */
const fine = new Set(['1xx', '2xx', '3xx']);

function failuresOf({ all }: Totals): FailureCount[] {
  return all
    .flatMap(({ what, labels, count }): FailureCount[] => {
      const [first = '', second = '', third = ''] = labels;
      if (what === 'dead')
        return [{ kind: 'dead-letter', where: `${first}:${second}`, reason: third, count }];
      if (what === 'refused') return [{ kind: 'refused', where: first, reason: second, count }];
      if (what === 'upstream' && !fine.has(second))
        return [{ kind: 'upstream', where: first, reason: second, count }];
      return [];
    })
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count || one.kind.localeCompare(other.kind));
}
