import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, startWorld, type World } from '../support/world.js';
import { AgentsDesk } from './agents.js';
import { CustomersSender } from './customers.js';
import { disturb } from './disturb.js';
import { misbehave } from './far-end-faults.js';
import { Fleet } from './fleet.js';
import { IncidentLog, watchOwnLateness } from './incidents.js';
import { judge, type Verdict } from './judge.js';
import { readRemains } from './remains.js';
import { planSchedule } from './schedule.js';
import { StarvationWatch } from './starvation.js';
import { bridgeOverrides, orphansWaitMs, timing, type ChaosSettings } from './settings.js';

/** How long all may take to settle after the last disturbance, beside what orphans wait. */
const settleMs = 60_000;

export interface RunOptions {
  /** Hears now and then how far it has come, in words. */
  readonly tell?: (line: string) => void;
  /** Where the processes' logs are kept, down to the finest. */
  readonly logs?: string;
  /** The folder of another build, half of whose processes run beside this one's. */
  readonly otherBuild?: string;
}

/** One run from start to end: the processes, both far ends, what goes wrong, and what came of it. */
export async function runChaos(settings: ChaosSettings, options: RunOptions = {}): Promise<Verdict> {
  const world = await startWorld({
    redis: { appendonly: 'always' },
    seed: settings.seed,
    keep: 2_000_000,
    overrides: {
      ...bridgeOverrides(settings),
      ...(options.logs === undefined ? {} : { logging: { level: 'trace' } }),
    },
    switches: {
      deduplicate: settings.deduplicate,
      ...(settings.faults.has('clock') ? { tokenLifeSeconds: 2 } : {}),
      callbackBatch: 3,
      callbackDeadlineMs: timing.callbackDeadlineMs,
      callbackRetry: { retries: 100_000, firstDelayMs: 200, factor: 1.5, maxDelayMs: 1000 },
    },
  });
  const { tell = () => undefined, logs } = options;
  const log = new IncidentLog();
  const stopWatching = watchOwnLateness(log);
  let fleet: Fleet | undefined;
  let customers: CustomersSender | undefined;
  let starvation: StarvationWatch | undefined;
  let ticker: NodeJS.Timeout | undefined;
  const over = new AbortController();
  try {
    fleet = await Fleet.start(world, log, settings.processes, options.otherBuild);
    connect(world, fleet.front);
    starvation = new StarvationWatch(() => fleet?.pids() ?? []);
    customers = new CustomersSender(fleet.front.url, world.secret, settings.faults);
    const agents = new AgentsDesk(world.simulator);
    const behaveAgain = misbehave(world, settings);
    const began = Date.now();
    const { sent, endings } = customers;
    ticker = setInterval(() => {
      const seconds = Math.round((Date.now() - began) / 1000);
      const received = world.channel.received().length;
      const pending = world.simulator.control.pendingCallbacks;
      tell(
        `${seconds} s: ${sent.length} acknowledged inbound; ${received} received outbound, ${pending} callbacks open; ${[...endings].map(([ending, count]) => `${ending} ${count}`).join(', ')}`,
      );
    }, 5000);
    const traffic = Promise.all([
      customers.writeAll(settings, settings.disturbedMs * 0.9, over.signal),
      agents.answerAll(settings, settings.disturbedMs * 0.8, over.signal),
    ]);
    // Heard where it is waited for; it may fail before that, and after nobody waits any more.
    traffic.catch(() => undefined);
    const disturbed = disturb(planSchedule(settings), { fleet, world, log, began });
    await sleep(Math.max(0, began + settings.disturbedMs - Date.now()));
    await disturbed;
    const struck = behaveAgain();
    tell('all is well again');
    const quietFrom = Date.now();
    const limitMs = settleMs + orphansWaitMs(settings);
    const settled = await Promise.race([
      untilSettled(world, traffic, tell, over.signal),
      // What does not settle is judged as it is then: the verdict names what is stuck.
      sleep(limitMs, false, { signal: over.signal }),
    ]);
    over.abort();
    const settledAt = Date.now();
    const remains = await readRemains(world.redis.client());
    tell(settled ? 'all has settled' : 'not all has settled');
    const exits = await fleet.leave();
    if (logs !== undefined) {
      await keepLogs(logs, fleet.logs());
      await keepLogs(logs, new Map([['incidents', JSON.stringify(log.all, undefined, 1)]]));
      await keepLogs(
        logs,
        new Map([['sightings', fleet.sightings.map((one) => JSON.stringify(one)).join('\n')]]),
      );
    }
    return judge({
      settings,
      world,
      log,
      customers,
      agents,
      remains,
      exits: [...fleet.replaced, ...exits],
      struck,
      crashes: fleet.crashes,
      sightings: fleet.sightings,
      starvation,
      settled,
      disturbedMs: quietFrom - began,
      settledMs: settledAt - quietFrom,
    });
  } finally {
    over.abort();
    clearInterval(ticker);
    stopWatching();
    starvation?.stop();
    await customers?.close();
    await fleet?.close();
    await world.stop();
  }
}

async function untilSettled(
  world: World,
  traffic: Promise<unknown>,
  tell: (line: string) => void,
  stop: AbortSignal,
): Promise<boolean> {
  await traffic;
  tell('all is acknowledged');
  await world.simulator.control.whenIdle();
  tell('all callbacks are answered');
  const redis = world.redis.client();
  while ((await readRemains(redis)).waiting > 0) await sleep(100, undefined, { signal: stop });
  return true;
}

async function keepLogs(folder: string, logs: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of logs) await writeFile(join(folder, `${name}.log`), text);
}
