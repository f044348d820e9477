import { Cluster, type Redis } from 'ioredis';
import { untilReady, type RedisClient } from './connection.js';
import { GatheringRedis } from './gathering-redis.js';
import { scriptSource, type ScriptAnswer, type ScriptName } from './scripts.js';

/** A write was done, but not by as many replicas as asked for in time: whoever sent it must be told to repeat it. */
export class ReplicationError extends Error {
  override readonly name = 'ReplicationError';

  constructor(confirmed: number, wanted: number) {
    super(`${confirmed} of ${wanted} replicas confirmed the write in time`);
  }
}

interface Request {
  readonly tag: string;
  readonly name: ScriptName;
  readonly args: readonly (string | number)[];
  readonly resolve: (answer: ScriptAnswer) => void;
  readonly reject: (error: unknown) => void;
}

interface Line {
  readonly client: Redis;
  busy: boolean;
  readonly loaded: Set<ScriptName>;
}

/** What waits for one master, and the connections that may carry it there. */
interface Master {
  readonly lines: Line[];
  waiting: Request[];
}

/** Connections per master: while one waits for the replicas the next ones take what has come meanwhile. */
const linesPerMaster = 4;
const mostPerRound = 500;
const keyOfMaster = '';

/**
 * Runs scripts and answers only when enough replicas have what they wrote. `WAIT` stalls everything behind it on its
 * connection, so these connections carry nothing else, and one `WAIT` serves every request that came since the last one.
 */
export class ReplicatedWriter {
  readonly #main: RedisClient;
  readonly #connect: (address: { readonly host: string; readonly port: number } | undefined) => Redis;
  readonly #replicas: number;
  readonly #timeoutMs: number;
  readonly #masters = new Map<string, Master>();
  readonly #slots = new Map<string, number>();
  #closed = false;

  /**
   * `main`: knows the cluster's present masters. `connect`: a connection that fails at once while Redis is away, to this
   * node or, without a cluster, to the one there is; the writer closes it.
   */
  constructor(parts: {
    readonly main: RedisClient;
    readonly connect: (address: { readonly host: string; readonly port: number } | undefined) => Redis;
    readonly replicas: number;
    readonly timeoutMs: number;
  }) {
    this.#main = parts.main;
    this.#connect = parts.connect;
    this.#replicas = parts.replicas;
    this.#timeoutMs = parts.timeoutMs;
  }

  /** @throws {ReplicationError}, and whatever Redis or the connection answers. */
  async run(name: ScriptName, tag: string, ...args: readonly (string | number)[]): Promise<ScriptAnswer> {
    const master = this.#master(await this.#addressOf(tag));
    return new Promise((resolve, reject) => {
      master.waiting.push({ tag, name, args, resolve, reject });
      this.#next(master);
    });
  }

  close(): void {
    this.#closed = true;
    for (const { lines } of this.#masters.values()) for (const { client } of lines) client.disconnect();
    this.#masters.clear();
  }

  #next(master: Master): void {
    if (master.waiting.length === 0) return;
    const line = master.lines.find(({ busy }) => !busy);
    if (line === undefined) return;
    const requests = master.waiting.splice(0, mostPerRound);
    line.busy = true;
    void this.#round(line, requests).finally(() => {
      line.busy = false;
      this.#next(master);
    });
  }

  /** Every request of a round is answered by it: none of this throws. */
  async #round(line: Line, requests: readonly Request[]): Promise<void> {
    const { client, loaded } = line;
    try {
      await untilReady(client, this.#timeoutMs);
      for (const name of new Set(requests.map((request) => request.name))) {
        if (loaded.has(name)) continue;
        await client.script('LOAD', scriptSource(name).text);
        loaded.add(name);
      }
      const answers = requests.map(({ name, tag, args }) =>
        client.evalsha(scriptSource(name).sha, 1, `${tag}:generation`, tag, ...args).then(
          (value): Answer => ({ ok: true, value: value as ScriptAnswer }),
          (error: unknown): Answer => ({ ok: false, error }),
        ),
      );
      // A duplicate writes nothing, and what its first arrival wrote came by another connection: WAIT looks only at this
      // connection's last write, so there must be one.
      const [{ tag } = { tag: '' }] = requests;
      const confirmation = Promise.all([
        client.set(`${tag}:replicated`, 1, 'PX', 60_000),
        client.wait(this.#replicas, this.#timeoutMs),
      ]);
      // Whoever asks for a round mostly does so at a turn's end.
      if (client instanceof GatheringRedis) client.hurry();
      const [, confirmed] = await confirmation;
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        const request = requests[index];
        if (!answer.ok) {
          this.#refresh(line, answer.error);
          request?.reject(answer.error);
        } else if (confirmed < this.#replicas) {
          request?.reject(new ReplicationError(confirmed, this.#replicas));
        } else request?.resolve(answer.value);
      }
    } catch (error) {
      this.#refresh(line, error);
      for (const request of requests) request.reject(error);
    }
  }

  /** After a failure: a restarted Redis has forgotten the scripts, and a cluster may have another master now. */
  #refresh(line: Line, error: unknown): void {
    line.loaded.clear();
    if (this.#closed || !(this.#main instanceof Cluster)) return;
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return;
    this.#main.refreshSlotsCache(() => undefined);
  }

  async #addressOf(tag: string): Promise<string> {
    if (!(this.#main instanceof Cluster)) return keyOfMaster;
    let slot = this.#slots.get(tag);
    if (slot === undefined) {
      slot = await this.#main.cluster('KEYSLOT', tag);
      this.#slots.set(tag, slot);
    }
    const [master] = this.#main.slots[slot] ?? [];
    if (master === undefined) throw new Error('CLUSTERDOWN no node is known to have the slot');
    return master;
  }

  #master(address: string): Master {
    const known = this.#masters.get(address);
    if (known !== undefined) return known;
    const colon = address.lastIndexOf(':');
    const node =
      address === keyOfMaster
        ? undefined
        : { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
    const lines = Array.from({ length: linesPerMaster }, (): Line => {
      const client = this.#connect(node);
      const loaded = new Set<ScriptName>();
      client.on('close', () => loaded.clear());
      return { client, busy: false, loaded };
    });
    const master: Master = { lines, waiting: [] };
    this.#masters.set(address, master);
    return master;
  }
}

type Answer =
  { readonly ok: true; readonly value: ScriptAnswer } | { readonly ok: false; readonly error: unknown };
