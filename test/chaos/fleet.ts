import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.js';
import type { Exit } from '../support/spawn-process.js';
import type { BridgeProcess, World } from '../support/world.js';
import type { IncidentLog } from './incidents.js';
import { ObservedPath, type Sighting } from './observed-path.js';
import { RoundRobin } from './round-robin.js';
import { timing } from './settings.js';

/** How a process left that was asked to, and after how many milliseconds. */
export type Leaving = Exit & { readonly tookMs: number };

interface Member {
  readonly number: number;
  readonly port: number;
  readonly managementPort: number;
  readonly paths: readonly ObservedPath[];
  readonly overrides: Readonly<Record<string, unknown>>;
  running: BridgeProcess | undefined;
  /** Started, and neither killed nor frozen. */
  well: boolean;
  /** It is being ended by us. */
  expected: boolean;
  starts: number;
  /** Restarts follow each other. */
  turn: Promise<void>;
}

/** The bridge processes of a run, behind one address, each with its own way to both far ends. */
export class Fleet {
  readonly front: RoundRobin;
  /** Processes that ended without having been asked to: there must be none. */
  readonly crashes: string[] = [];
  readonly sightings: readonly Sighting[];
  /** How those ended that a roll-out replaced. */
  readonly replaced: Leaving[] = [];
  #rollingOut = false;
  readonly #world: World;
  readonly #log: IncidentLog;
  readonly #members: readonly Member[];
  readonly #started: { readonly name: string; readonly process: BridgeProcess }[] = [];

  /** The folder of another build: then every second process is of that one, and each start changes its process's. */
  readonly #otherBuild: string | undefined;

  private constructor(
    world: World,
    log: IncidentLog,
    members: readonly Member[],
    front: RoundRobin,
    sightings: readonly Sighting[],
    otherBuild: string | undefined,
  ) {
    this.#otherBuild = otherBuild;
    this.#world = world;
    this.#log = log;
    this.#members = members;
    this.front = front;
    this.sightings = sightings;
  }

  static async start(world: World, log: IncidentLog, count: number, otherBuild?: string): Promise<Fleet> {
    const sightings: Sighting[] = [];
    const members = await Promise.all(
      Array.from({ length: count }, (_, number) =>
        member(world, number, (sighting) => sightings.push(sighting)),
      ),
    );
    const front = await RoundRobin.open(members.map(({ port }) => port));
    const fleet = new Fleet(world, log, members, front, sightings, otherBuild);
    await Promise.all(members.map((one) => fleet.#start(one)));
    return fleet;
  }

  /**
   * SIGKILL, and the same instance again after `downMs`. Resolves when it has started. Not done while it is still coming
   * back, or is the only one that is well: on a slow machine restarts would overlap until nobody is left.
   */
  async kill(number: number, downMs: number): Promise<void> {
    const others = this.#members.filter((other) => other.number !== number);
    if (this.#members[number]?.well !== true || !(others.length === 0 || others.some(({ well }) => well)))
      return;
    await this.#inTurn(number, async (one) => {
      one.well = false;
      one.expected = true;
      const incident = this.#log.begin('kill', number);
      one.running?.signal('SIGKILL');
      await one.running?.exited;
      await sleep(downMs);
      await this.#start(one);
      incident.to = Date.now();
    });
  }

  /** SIGSTOP, and SIGCONT after `forMs`. */
  freeze(number: number, forMs: number): Promise<void> {
    return this.#inTurn(number, async (one) => {
      one.well = false;
      const incident = this.#log.begin('freeze', number);
      one.running?.signal('SIGSTOP');
      await sleep(timing.healthCheckMs);
      this.front.avoid(one.port, true);
      await sleep(Math.max(0, forMs - timing.healthCheckMs));
      one.running?.signal('SIGCONT');
      incident.to = Date.now();
      one.well = true;
      this.front.avoid(one.port, false);
    });
  }

  /** SIGTERM and a new process in its place, one after the other. Resolves when the last one has started. */
  async rollOut(): Promise<void> {
    if (this.#rollingOut) return;
    this.#rollingOut = true;
    for (const { number } of this.#members) {
      await this.#inTurn(number, async (one) => {
        const incident = this.#log.begin('rollout', number);
        one.well = false;
        this.replaced.push(await this.#ask(one));
        await this.#start(one);
        incident.to = Date.now();
      });
    }
    this.#rollingOut = false;
  }

  /** SIGTERM to all of them; how each ended and in how many milliseconds. */
  async leave(): Promise<readonly Leaving[]> {
    return Promise.all(
      this.#members.map(async (one) => {
        await one.turn;
        return this.#ask(one);
      }),
    );
  }

  /** Process ids by number, as they are now. */
  pids(): readonly (number | undefined)[] {
    return this.#members.map(({ running }) => running?.pid);
  }

  /** What every process there was has logged, by a name for each. */
  logs(): ReadonlyMap<string, string> {
    return new Map(
      this.#started.map(({ name, process }) => [name, `${process.stdout()}${process.stderr()}`]),
    );
  }

  async close(): Promise<void> {
    await this.front.close();
    for (const one of this.#members) for (const path of one.paths) await path.close();
  }

  async #ask(one: Member): Promise<Leaving> {
    if (one.running === undefined) throw new Error(`process ${one.number} is not running`);
    const since = Date.now();
    one.expected = true;
    one.running.signal('SIGTERM');
    return { ...(await one.running.exited), tookMs: Date.now() - since };
  }

  /** As an orchestrator does: a process that cannot start, because Redis is away, is started again. */
  async #start(one: Member): Promise<void> {
    const { port, managementPort, overrides } = one;
    const until = Date.now() + timing.startMs;
    const build = (one.number + one.starts) % 2 === 1 ? this.#otherBuild : undefined;
    one.starts += 1;
    let started: BridgeProcess;
    for (;;) {
      started = await this.#world.startBridge({ port, managementPort, overrides, build, untilReady: false });
      const ready = await started.line(/bridge started/, 60_000).catch((error: unknown) => error);
      if (typeof ready === 'string') break;
      await started.stop();
      if (Date.now() > until) throw ready;
      await sleep(500);
    }
    one.running = started;
    one.expected = false;
    void started.exited.then(({ code, signal }) => {
      if (one.running !== started || one.expected) return;
      const lastWords = `${started.stdout()}${started.stderr()}`.slice(-500);
      this.crashes.push(
        `process ${one.number} ended by itself, code ${String(code)}, signal ${String(signal)}: ${lastWords}`,
      );
    });
    this.#started.push({ name: `process-${one.number}-${this.#started.length}`, process: started });
    one.well = true;
  }

  #inTurn(number: number, work: (member: Member) => Promise<void>): Promise<void> {
    const one = this.#members[number];
    if (one === undefined) throw new RangeError(`there is no process ${number}`);
    one.turn = one.turn.then(() => work(one));
    return one.turn;
  }
}

async function member(world: World, number: number, seen: (sighting: Sighting) => void): Promise<Member> {
  const egain = new URL(world.simulator.url);
  const channel = new URL(world.channel.url);
  const toEgain = await ObservedPath.open({
    process: number,
    farPort: Number(egain.port),
    id: /"messageId":"([^"]+)"/g,
    seen,
  });
  const toChannel = await ObservedPath.open({
    process: number,
    farPort: Number(channel.port),
    id: /webhook-id: ([^\r\n]+)\r/gi,
    seen,
  });
  egain.port = String(toEgain.port);
  channel.port = String(toChannel.port);
  return {
    number,
    port: await freePort(),
    managementPort: await freePort(),
    paths: [toEgain, toChannel],
    overrides: { egain: { apiUrl: egain.href }, channels: { support: { url: channel.href } } },
    running: undefined,
    well: false,
    expected: false,
    starts: 0,
    turn: Promise.resolve(),
  };
}
