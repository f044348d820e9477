import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSampleChannel } from '../../src/simulator/channel/sample-channel.js';
import type { SimulatorRecord } from '../../src/simulator/index.js';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type World } from '../support/world.js';

/** How long anything may take that is waited for and not measured, on a busy machine. */
const patienceMs = 300_000;

export interface HangingChannel {
  /** From an agent's message to its arrival at the channel that is well; 99th of a hundred, milliseconds. */
  readonly normalP99Ms: number;
  readonly duringP99Ms: number;
  /** Lanes of the hanging channel that held a message when the second measurement ended. */
  readonly lanesHanging: number;
  /** Requests that hung meanwhile: there must have been some. */
  readonly hung: number;
}

/** One channel hangs with a message in each of its lanes; the other one's messages are timed before and meanwhile. */
export async function hangingChannel(options: {
  readonly lanes: number;
  readonly seconds: number;
  readonly perSecond: number;
}): Promise<HangingChannel> {
  const world = await startWorld({
    switches: { deduplicate: true },
    keep: 10 * options.lanes + 200_000,
    overrides: { delivery: { attemptTimeoutMs: 3000 } },
  });
  const chat = await startSampleChannel({ secrets: [world.secret], channel: 'chat' });
  try {
    const bridge = await world.startBridge({
      overrides: {
        channels: {
          chat: {
            adapter: 'webhook',
            url: chat.url,
            secrets: [world.secret],
            manifest: { type: 'custom.chat', displayName: 'Chat' },
            account: { address: 'acme-chat' },
          },
        },
      },
    });
    connect(world, bridge);
    chat.connect(bridge.url);
    const well = 50;
    await inBatches(options.lanes, (n) => world.channel.send({ customer: { id: `h${n}` }, text: 'hello' }));
    await inBatches(well, (n) => chat.send({ customer: { id: `w${n}` }, text: 'hello' }));
    const { control } = world.simulator;
    await eventually(() => control.conversations().length === options.lanes + well, {
      timeoutMs: patienceMs,
    });
    const of = (channel: string): string[] =>
      control.conversations().flatMap(({ id, channelType }) => (channelType === channel ? [id] : []));
    const [hanging, fine] = [of('custom.support'), of('custom.chat')];

    const measure = async (): Promise<number> => {
      const ways: number[] = [];
      const stop = chat.onMessage(({ text }) => void ways.push(Date.now() - Number(text)));
      const total = options.seconds * options.perSecond;
      const began = performance.now();
      for (let sent = 0; sent < total; sent += 1) {
        await sleep(Math.max(0, began + (sent * 1000) / options.perSecond - performance.now()));
        control.act(fine[sent % fine.length] ?? '', { do: 'text', text: String(Date.now()) });
      }
      await eventually(() => ways.length >= total, { timeoutMs: patienceMs });
      stop();
      return percentile(ways, 99);
    };

    await measure();
    const normalP99Ms = await measure();
    world.channel.setFaults([{ kind: 'hang', share: 1 }]);
    for (const id of hanging) control.act(id, { do: 'text', text: 'into the void' });
    // A thousand callbacks at once are work like any other; what hangs is looked at, not their arrival.
    await control.whenIdle();
    await eventually(() => world.channel.requests().length > 0, { timeoutMs: patienceMs });
    const duringP99Ms = await measure();
    const lanesHanging = await waitingLanes(world);
    return { normalP99Ms, duringP99Ms, lanesHanging, hung: world.channel.requests().length };
  } finally {
    await world.stop();
    await chat.close();
  }
}

export interface RefusedTokens {
  /** Tokens asked for while every call was answered 401, over all processes. */
  readonly renewals: number;
  /** Between two of them, milliseconds; Infinity when there were less than two. */
  readonly shortestGapMs: number;
  readonly refusedCalls: number;
  /** From the end of the refusals until every message had arrived. */
  readonly drainedAfterMs: number;
  readonly lost: number;
  readonly repeats: number;
}

/** eGain answers 401 to everything for a while, with a message in each of many lanes and two processes. */
export async function refusedTokens(options: {
  readonly lanes: number;
  readonly forMs: number;
}): Promise<RefusedTokens> {
  const world = await startWorld({ keep: 20 * options.lanes + 200_000 });
  try {
    await twoProcesses(world);
    await world.channel.send({ id: 'first', customer: { id: 'first' }, text: 'a token is there' });
    await eventually(() => taken(world).has('first'), { timeoutMs: patienceMs });
    const before = world.simulator.records().at(-1)?.sequence ?? 0;
    world.simulator.control.addFault({ id: '401', operation: 'sendMessage', kind: 'status', status: 401 });
    const began = performance.now();
    await inBatches(options.lanes, (n) =>
      world.channel.send({ id: `m${n}`, customer: { id: `c${n}` }, text: 'hello' }),
    );
    await sleep(Math.max(0, began + options.forMs - performance.now()));
    const records = requests(world.simulator.records(before));
    world.simulator.control.removeFault('401');
    const ended = performance.now();
    await eventually(() => taken(world).size > options.lanes, { timeoutMs: patienceMs, everyMs: 100 });
    const renewedAt = records
      .filter(({ operation }) => operation === 'requestToken')
      .map(({ receivedAt }) => Date.parse(receivedAt));
    const gaps = renewedAt.slice(1).map((at, index) => at - (renewedAt[index] ?? at));
    return {
      renewals: renewedAt.length,
      shortestGapMs: Math.min(...gaps),
      refusedCalls: records.filter(({ status }) => status === 401).length,
      drainedAfterMs: Math.round(performance.now() - ended),
      lost: options.lanes + 1 - taken(world).size,
      repeats: arrivals(world) - taken(world).size,
    };
  } finally {
    await world.stop();
  }
}

export interface DeadEgain {
  readonly acceptPerSecond: number;
  /** Calls after the breaker had opened, over all processes: the probes. */
  readonly probes: number;
  readonly probesPerMinute: number;
  /** The most calls under way at once meanwhile. */
  readonly mostAtOnce: number;
  /** From eGain's return to the first message it took. */
  readonly noticedAfterMs: number;
  /** Calls in the first second from that message on. */
  readonly inFirstSecond: number;
  /** Only with `answerMs`: how many requests eGain had before it at the same time. */
  readonly mostUnderWay?: number;
  readonly mostInASecond: number;
  readonly drainedAfterMs: number;
  readonly lost: number;
  readonly repeats: number;
}

/**
 * eGain is dead while messages are accepted into many lanes, one each; two processes. Then it is back, and takes
 * `answerMs` for each answer.
 */
export async function deadEgain(options: {
  readonly lanes: number;
  readonly deadMs: number;
  readonly answerMs?: number;
  readonly tell?: (line: string) => void;
}): Promise<DeadEgain> {
  const { lanes, deadMs, answerMs = 0, tell = () => undefined } = options;
  const world = await startWorld({
    redis: { appendonly: 'everysec' },
    keep: 10 * lanes + 200_000,
    overrides: { delivery: { holdMs: 3_600_000 } },
  });
  try {
    await twoProcesses(world);
    const { control } = world.simulator;
    control.addFault({ id: 'dead', operation: 'sendMessage', kind: 'reset', when: 'before' });
    const began = performance.now();
    await inBatches(lanes, (n) =>
      world.channel.send({ id: `m${n}`, customer: { id: `c${n}` }, text: 'hello' }),
    );
    const filledMs = performance.now() - began;
    tell(`${lanes} lanes filled in ${Math.round(filledMs / 1000)} s`);
    await sleep(Math.max(0, deadMs - filledMs));
    const whileDead = calls(world.simulator.records());
    const sequence = world.simulator.records().at(-1)?.sequence ?? 0;
    if (answerMs > 0)
      control.addFault({ operation: 'sendMessage', kind: 'delay', ms: answerMs, when: 'after' });
    control.removeFault('dead');
    const backAt = Date.now();
    await eventually(() => taken(world).size >= lanes, {
      timeoutMs: patienceMs + lanes * 10,
      everyMs: 250,
    });
    const drainedAfterMs = Date.now() - backAt;
    const after = calls(world.simulator.records(sequence)).map(({ receivedAt }) => Date.parse(receivedAt));
    const first = Math.min(...after);
    const perSecond = new Map<number, number>();
    for (const at of after) {
      const second = Math.floor((at - first) / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    // What was under way when the breaker opened is no probe: they begin with the first pause.
    const times = whileDead.map(({ receivedAt }) => Date.parse(receivedAt)).sort((a, b) => a - b);
    const opened = times.findIndex((at, index) => at - (times[index - 1] ?? at) > 2000);
    const probes = opened < 0 ? [] : times.slice(opened);
    const probedMs = backAt - (times[opened - 1] ?? backAt);
    return {
      acceptPerSecond: Math.round(lanes / (filledMs / 1000)),
      probes: probes.length,
      probesPerMinute: (probes.length * 60_000) / probedMs,
      mostAtOnce: mostWithin(probes, 1000),
      noticedAfterMs: first - backAt,
      inFirstSecond: perSecond.get(0) ?? 0,
      ...(answerMs > 0 && { mostUnderWay: mostTogether(after, answerMs) }),
      mostInASecond: Math.max(...perSecond.values()),
      drainedAfterMs,
      lost: lanes - taken(world).size,
      repeats: arrivals(world) - taken(world).size,
    };
  } finally {
    await world.stop();
  }
}

async function twoProcesses(world: World): Promise<void> {
  const [bridge] = await Promise.all([world.startBridge(), world.startBridge()]);
  connect(world, bridge);
}

/** The channel's senders: 50 at a time, each until it is taken. */
async function inBatches(
  count: number,
  send: (n: number) => Promise<{ readonly status: number }>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      while (next < count) {
        next += 1;
        const n = next;
        while ((await send(n)).status !== 202) await sleep(50);
      }
    }),
  );
}

type RequestRecord = Extract<SimulatorRecord, { kind: 'request' }>;

function requests(records: readonly SimulatorRecord[]): RequestRecord[] {
  return records.flatMap((record) => (record.kind === 'request' ? [record] : []));
}

function calls(records: readonly SimulatorRecord[]): RequestRecord[] {
  return requests(records).filter(({ operation }) => operation === 'sendMessage');
}

function messages(world: World): string[] {
  return world.simulator
    .records()
    .flatMap((record) =>
      record.kind === 'message' && record.direction === 'inbound' ? [record.messageId ?? randomUUID()] : [],
    );
}

const taken = (world: World): ReadonlySet<string> => new Set(messages(world));
const arrivals = (world: World): number => messages(world).length;

/** None is answered sooner, so what came within this time was there together; timers are a little early at times. */
function mostTogether(times: readonly number[], answerMs: number): number {
  return mostWithin(
    [...times].sort((a, b) => a - b),
    answerMs - 10,
  );
}

/** The most of these times that lie within so many milliseconds. */
function mostWithin(times: readonly number[], ms: number): number {
  let most = 0;
  let from = 0;
  times.forEach((at, index) => {
    while ((times[from] ?? at) < at - ms) from += 1;
    most = Math.max(most, index - from + 1);
  });
  return most;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

async function waitingLanes(world: World): Promise<number> {
  return (await world.redis.client().keys('*:l:*')).length;
}
