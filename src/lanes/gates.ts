import type { RedisClient } from './connection.js';
import type { Keyspace } from './keyspace.js';
import { asList, runScript } from './scripts.js';

/** When a gate breaks and for how long it closes; milliseconds. */
export interface BreakerSettings {
  readonly failures: number;
  readonly openMs: number;
  readonly maxOpenMs: number;
  /** How long a probe may take before somebody else may probe. */
  readonly probeMs: number;
}

export type GateState =
  | { readonly kind: 'open' }
  | { readonly kind: 'throttled' | 'broken' | 'paused'; readonly closedForMs: number }
  /** Broken, its closing time is over: one lane at a time may try. */
  | { readonly kind: 'probing' };

interface Seen {
  readonly kind: 'throttled' | 'broken' | 'paused' | undefined;
  /** By this process's monotonic clock. */
  readonly until: number;
  readonly failures: number;
}

const open: GateState = { kind: 'open' };

/**
 * A gate per target (I2b), kept in Redis and shared by all processes; every process looks at it a few times a second and
 * tells what it saw happen. Only differences from "open and well" are stored, so a healthy bridge writes nothing.
 */
export class Gates {
  readonly #redis: RedisClient;
  readonly #tag: string;
  readonly #breaker: BreakerSettings;
  readonly #now: () => number;
  #seen = new Map<string, Seen>();

  /** `now`: a monotonic clock in milliseconds. */
  constructor(redis: RedisClient, keys: Keyspace, breaker: BreakerSettings, now: () => number) {
    this.#redis = redis;
    this.#tag = keys.tag(0);
    this.#breaker = breaker;
    this.#now = now;
  }

  /** Looks at all gates. One round trip. */
  async refresh(): Promise<void> {
    const [now, ...fields] = asList(await this.#run('read', ''));
    const seen = new Map<string, Seen>();
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const gate = JSON.parse(String(fields[i + 1])) as { u?: number; k?: Seen['kind']; f?: number };
      const closedForMs = (gate.u ?? 0) - Number(now);
      seen.set(String(fields[i]), { kind: gate.k, until: this.#now() + closedForMs, failures: gate.f ?? 0 });
    }
    this.#seen = seen;
  }

  /** What this process last saw of the target's gate. */
  state(target: string): GateState {
    const seen = this.#seen.get(target);
    if (seen?.kind === undefined) return open;
    const closedForMs = seen.until - this.#now();
    if (closedForMs > 0) return { kind: seen.kind, closedForMs };
    return seen.kind === 'broken' ? { kind: 'probing' } : open;
  }

  /** Whether anything is known against the target: of one that is well nobody needs to be told. */
  isKnown(target: string): boolean {
    return this.#seen.has(target);
  }

  /** Everything that is not simply open, as last seen. */
  closed(): { readonly target: string; readonly state: GateState }[] {
    return [...this.#seen.keys()]
      .map((target) => ({ target, state: this.state(target) }))
      .filter(({ state }) => state.kind !== 'open');
  }

  /** The far end said "slow down"; when it did not say for how long, longer each time, from 1 s to 32 s. */
  async throttled(target: string, forMs: number | undefined): Promise<void> {
    await this.#run('throttled', target, Math.max(forMs === undefined ? 0 : 1, Math.ceil(forMs ?? 0)));
    await this.refresh();
  }

  /** The far end failed as a whole: no answer, 5xx. `atOnce` closes without waiting for more (token outage). */
  async failed(target: string, atOnce = false): Promise<void> {
    const { openMs, failures, maxOpenMs } = this.#breaker;
    await this.#run('failed', target, openMs, atOnce ? 1 : failures, maxOpenMs);
    await this.refresh();
  }

  /** The far end took something. Costs nothing while nothing is known against it. */
  async succeeded(target: string): Promise<void> {
    const { kind } = this.state(target);
    if (!this.#seen.has(target) || kind === 'paused' || kind === 'throttled') return;
    this.#seen.delete(target);
    await this.#run('succeeded', target);
  }

  /** May this process send one probe through a broken gate now? At most one at a time over all processes. */
  async probe(target: string): Promise<boolean> {
    return (await this.#run('probe', target, this.#breaker.probeMs)) === 1;
  }

  /** An operator stops (or lets go on) a target. */
  async pause(target: string): Promise<void> {
    await this.#run('pause', target);
    await this.refresh();
  }

  async resume(target: string): Promise<boolean> {
    const changed = (await this.#run('resume', target)) === 1;
    await this.refresh();
    return changed;
  }

  #run(what: string, target: string, ...args: (string | number)[]): ReturnType<typeof runScript> {
    return runScript(this.#redis, 'gate', this.#tag, what, target, ...args);
  }
}

/** Gates that are closed at this moment, by Redis's clock: for figures, without a breaker of one's own. */
export async function readGates(
  redis: RedisClient,
  keys: Keyspace,
): Promise<{ readonly target: string; readonly why: string }[]> {
  const [now, ...fields] = asList(await runScript(redis, 'gate', keys.tag(0), 'read', ''));
  const closed: { target: string; why: string }[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const { u: until = 0, k: why } = JSON.parse(String(fields[i + 1])) as { u?: number; k?: string };
    // One that broke stays closed for all but its probes until one of them comes through.
    if (why !== undefined && (why === 'broken' || until > Number(now)))
      closed.push({ target: String(fields[i]), why });
  }
  return closed;
}
