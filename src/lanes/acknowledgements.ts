import type { RedisClient } from './connection.js';
import { openElement } from './element.js';
import { GatheringRedis } from './gathering-redis.js';
import type { Keyspace } from './keyspace.js';
import {
  readOrders,
  readRefusal,
  readTaken,
  type Acknowledgement,
  type Finished,
  type Holding,
  type LaneSettings,
} from './lane-model.js';
import { asList, runScript, type ScriptAnswer } from './scripts.js';

interface Waiting {
  readonly args: readonly (string | number)[];
  readonly resolve: (answer: ScriptAnswer[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * With so many it goes: Redis does nothing else meanwhile, and while it is at them the next ones come. Where far ends take
 * their time, all lanes that are answered together would otherwise wait for each other every time.
 */
const enough = 16;

/**
 * Writes down how messages ended. What ends within one turn of the event loop goes to Redis as one script: a command
 * costs more than what it says.
 */
export class Acknowledgements {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;
  readonly #settings: LaneSettings;
  readonly #waiting = new Map<number, Waiting[]>();

  constructor(redis: RedisClient, keys: Keyspace, settings: LaneSettings) {
    this.#redis = redis;
    this.#keys = keys;
    this.#settings = settings;
  }

  /** The head was delivered or ignored. @throws what Redis or the connection throws: it may have been kept or not. */
  async acknowledge(holding: Holding, what: Acknowledgement): Promise<Finished> {
    const { lane, owner, finished } = holding;
    const { journey, most, keepMappingMs = 0 } = what;
    const shard = this.#keys.shardOf(lane);
    const answer = await this.#send(shard, [
      lane,
      owner,
      finished,
      journey === undefined ? '' : this.#keys.journey(journey.id),
      journey?.value ?? '',
      keepMappingMs,
      this.#place(what, shard),
      this.#lock(shard, what.renew) ?? '',
      most,
      this.#told(what),
    ]);
    const [now, kind] = [Number(answer[0]), answer[1]];
    switch (kind) {
      case 'more': {
        const { atRest } = this.#keys;
        const elements = answer.slice(4).map((element) => openElement(atRest, lane, String(element)));
        const orders = readOrders(shard, asList(answer[2] ?? null), 0);
        return { kind, now, offers: answer[3] === 1, elements, orders };
      }
      case 'lost':
      case 'empty':
        return { kind, orders: readOrders(shard, asList(answer[2] ?? null), 0) };
      case 'next': {
        const next = String(answer[3]);
        return {
          kind,
          orders: readOrders(shard, asList(answer[2] ?? null), 0),
          lane: next,
          generation: String(answer[4]),
          taken: readTaken(this.#keys.atRest, next, now, answer.slice(5)),
        };
      }
      default:
        return readRefusal(kind);
    }
  }

  /** Whether what a message tells about this lane can be written together with its end. */
  isNear(lane: string, other: string): boolean {
    return this.#keys.shardOf(lane) === this.#keys.shardOf(other);
  }

  #place({ release, carrier }: Acknowledgement, shard: number): string {
    if (!release) return '';
    return this.#lock(shard, carrier) ?? 'job';
  }

  #lock(shard: number, jobId: string | undefined): string | undefined {
    return jobId === undefined ? undefined : this.#settings.jobLock?.keyOf(this.#keys.tag(shard), jobId);
  }

  #told({ opened, said }: Acknowledgement): string {
    if (opened === undefined && said === undefined) return '';
    return JSON.stringify({
      ...(opened === undefined
        ? {}
        : {
            b: opened.outboundLane,
            w: opened.customer,
            m: Math.ceil(opened.memoryMs),
            o: opened.conversationId,
            l: Math.ceil(opened.idleMs),
            ...(opened.infoTold ? { i: 1 } : {}),
          }),
      ...(said === undefined
        ? {}
        : { t: said.inboundLane, c: said.conversationId, k: Math.ceil(said.idleMs) }),
    });
  }

  #send(shard: number, args: readonly (string | number)[]): Promise<ScriptAnswer[]> {
    return new Promise((resolve, reject) => {
      let waiting = this.#waiting.get(shard);
      if (waiting === undefined) {
        waiting = [];
        this.#waiting.set(shard, waiting);
        setImmediate(() => this.#flush(shard));
      }
      waiting.push({ args, resolve, reject });
      if (waiting.length >= enough) this.#flush(shard);
    });
  }

  #flush(shard: number): void {
    const waiting = this.#waiting.get(shard);
    if (waiting === undefined) return;
    this.#waiting.delete(shard);
    void this.#run(shard, waiting);
    if (this.#redis instanceof GatheringRedis) this.#redis.hurry();
  }

  async #run(shard: number, waiting: readonly Waiting[]): Promise<void> {
    const { journeysMs, window, jobLock } = this.#settings;
    const args: (string | number)[] = [journeysMs, window, jobLock?.lifeMs ?? 0];
    for (const one of waiting) args.push(...one.args);
    try {
      const [now, ...answers] = asList(
        await runScript(this.#redis, 'acknowledge', this.#keys.tag(shard), ...args),
      );
      waiting.forEach(({ resolve }, index) => resolve([now ?? null, ...asList(answers[index] ?? null)]));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
