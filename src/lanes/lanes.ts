import { Acceptance } from './acceptance.js';
import { Acknowledgements } from './acknowledgements.js';
import type { RedisClient } from './connection.js';
import { errorPlace, planPlace } from './element.js';
import { GatheringRedis } from './gathering-redis.js';
import type { Keyspace } from './keyspace.js';
import {
  readOrders,
  readRefusal,
  readTaken,
  type Accepted,
  type Acknowledgement,
  type Buried,
  type Death,
  type Finished,
  type Holding,
  type JobOrder,
  type JourneyEnd,
  type LaneSettings,
  type NewMessage,
  type Refusal,
  type Taken,
} from './lane-model.js';
import { asList, runScript, type ScriptAnswer } from './scripts.js';

export { AcceptError } from './lane-model.js';
export type * from './lane-model.js';

/**
 * The ordered mailboxes. Every method is one atomic script on one shard (`accept`: one per shard touched).
 * All throw what Redis or the connection throws.
 */
export class Lanes {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;
  readonly #settings: LaneSettings;
  readonly #acceptance: Acceptance;
  readonly #acknowledgements: Acknowledgements;

  constructor(redis: RedisClient, keys: Keyspace, settings: LaneSettings) {
    this.#redis = redis;
    this.#keys = keys;
    this.#settings = settings;
    const write = settings.write ?? ((name, tag, ...args) => runScript(redis, name, tag, ...args));
    this.#acceptance = new Acceptance(keys, settings, write, () => {
      if (redis instanceof GatheringRedis) redis.hurry();
    });
    this.#acknowledgements = new Acknowledgements(redis, keys, settings);
  }

  /**
   * Keeps messages, in array order per lane, each with its duplicate mark (I1, I3).
   * @throws when any shard failed: what other shards accepted keeps its mark, so that the caller's repeat is recognised.
   */
  accept(messages: readonly NewMessage[]): Promise<Accepted> {
    return this.#acceptance.accept(messages);
  }

  /** Becomes the lane's owner and reads up to `most` messages. */
  async take(lane: string, generation: string, owner: string, most: number): Promise<Taken> {
    const lock = this.#lock(lane, generation);
    const life = this.#settings.jobLock?.lifeMs ?? 0;
    const answer = asList(await this.#run('take', lane, generation, owner, most, lock, life));
    if (answer[0] === 'stale') return { kind: 'stale' };
    if (answer[0] === 'early') return { kind: 'early', waitMs: Number(answer[1]) };
    return { kind: 'taken', ...readTaken(this.#keys.atRest, lane, Number(answer[1]), answer.slice(2)) };
  }

  /** The head was delivered or ignored. */
  acknowledge(holding: Holding, what: Acknowledgement): Promise<Finished> {
    return this.#acknowledgements.acknowledge(holding, what);
  }

  /** A job leaves a lane that is not its own: the lane gets one of its own, unless it is somebody else's by now. */
  async handOver(lane: string, generation: string, owner: string): Promise<JobOrder[]> {
    const answer = asList(await this.#run('hand-over', lane, generation, owner));
    return readOrders(this.#keys.shardOf(lane), answer, 0);
  }

  /**
   * The head becomes a dead letter. `owner` '' = an operator's word, which fences the worker out; it counts for the very
   * head with `finished` messages before it that was accepted `acceptedAt`, and is answered `already` when that is gone.
   */
  async bury(holding: Holding, death: Death): Promise<Buried> {
    const { journey } = death;
    const answer = asList(
      await this.#run(
        'bury',
        holding.lane,
        ...this.#ending(holding, journey),
        death.reason,
        this.#keys.atRest.seal(errorPlace(holding.lane), death.detail),
        this.#settings.deadLettersMs,
        this.#settings.deadLettersMax,
        death.release ? this.#settings.window : 0,
        death.acceptedAt ?? '',
      ),
    );
    const kind = answer[0];
    if (kind === 'none') return { kind };
    if (kind !== 'more' && kind !== 'empty') return readRefusal(kind);
    const shard = this.#keys.shardOf(holding.lane);
    return { kind, deadLetter: `${shard}-${String(answer[1])}`, orders: readOrders(shard, answer, 2) };
  }

  /** The head is tried again after `delayMs`; the place goes to a waiting lane of the target meanwhile. */
  async hold(
    holding: Holding,
    options: {
      readonly delayMs: number;
      readonly countsAsAttempt: boolean;
      readonly error: string;
      /** What the journey remembers of it: letters, digits, dots, dashes; a word from a closed list or a status (I13). */
      readonly code?: string | undefined;
      readonly release: boolean;
    },
  ): Promise<Refusal | { readonly kind: 'held'; readonly orders: readonly JobOrder[] }> {
    const answer = asList(
      await this.#run(
        'hold',
        holding.lane,
        holding.owner,
        holding.finished,
        Math.ceil(options.delayMs),
        options.countsAsAttempt ? 1 : 0,
        this.#keys.atRest.seal(errorPlace(holding.lane), options.error),
        options.release ? this.#settings.window : 0,
        options.code ?? '',
      ),
    );
    if (answer[0] !== 'held') return readRefusal(answer[0]);
    return { kind: 'held', orders: readOrders(this.#keys.shardOf(holding.lane), answer, 1) };
  }

  /**
   * Gives the lane's job back; it waits in its target's room. `carrier`: the job that has the lane in hand, if not its own.
   * False when the job was not the lane's any more.
   */
  async park(lane: string, generation: string, owner: string, carrier?: string): Promise<boolean> {
    return (await this.#run('park', lane, generation, owner, this.#lock(lane, generation, carrier))) === 1;
  }

  /** Is the lane still this owner's, and the head the one it took? */
  async owns(holding: Holding): Promise<boolean> {
    const state = `${this.#keys.tag(this.#keys.shardOf(holding.lane))}:s:${holding.lane}`;
    const [owner, finished] = await this.#redis.hmget(state, 'o', 'n');
    return owner === holding.owner && Number(finished ?? 0) === holding.finished;
  }

  /** Keeps how far a message in parts has come (I5). */
  async checkpoint(holding: Holding, plan: string): Promise<'kept' | 'fenced' | 'already'> {
    const { lane, owner, finished } = holding;
    const sealed = this.#keys.atRest.seal(planPlace(lane), plan);
    const answer = await this.#run('checkpoint', lane, owner, finished, sealed);
    return answer === 'kept' ? answer : readRefusal(answer).kind;
  }

  /** Lanes that jobs of other lanes went on with, each with the key of the job's lock and whose it was then. */
  async carried(
    shard: number,
  ): Promise<{ readonly lock: string; readonly owner: string; readonly lane: string }[]> {
    const found = await this.#redis.hgetall(`${this.#keys.tag(shard)}:carried`);
    return Object.entries(found).map(([lock, value]) => {
      const space = value.indexOf(' ');
      return { lock, owner: value.slice(0, space), lane: value.slice(space + 1) };
    });
  }

  /** Gives jobs to waiting lanes; with `overdueMs` only to those whose head was accepted longer ago than that. */
  async release(shard: number, target: string, most: number, overdueMs?: number): Promise<JobOrder[]> {
    const tag = this.#keys.tag(shard);
    const answer = await runScript(
      this.#redis,
      'release',
      tag,
      target,
      most,
      this.#settings.window,
      overdueMs ?? '',
    );
    return readOrders(shard, asList(answer), 0);
  }

  /** Lanes whose job was promised `ageMs` ago and never confirmed, or whose job left them without a word. */
  async unjobbed(shard: number, ageMs: number, most: number): Promise<JobOrder[]> {
    return readOrders(
      shard,
      asList(await runScript(this.#redis, 'repair', this.#keys.tag(shard), ageMs, most)),
      0,
    );
  }

  /** These jobs are in BullMQ's hands now. */
  async confirm(shard: number, jobIds: readonly string[]): Promise<void> {
    await this.#redis.zrem(`${this.#keys.tag(shard)}:unjobbed`, ...jobIds);
  }

  /** Targets of a shard that have lanes waiting for room. */
  async waitingTargets(shard: number): Promise<string[]> {
    return this.#redis.smembers(`${this.#keys.tag(shard)}:targets`);
  }

  /** Removes a lane with everything in it. Returns how many messages were waiting. */
  async forget(lane: string): Promise<number> {
    return Number(await this.#run('forget-lane', lane));
  }

  /** Puts a dead letter back to its lane's tail; undefined when there is no such dead letter. */
  async revive(shard: number, number: string): Promise<JobOrder[] | undefined> {
    const tag = this.#keys.tag(shard);
    const { window, journeysMs } = this.#settings;
    const answer = asList(await runScript(this.#redis, 'revive', tag, number, window, journeysMs));
    return answer[0] === 'none' ? undefined : readOrders(shard, answer, 1);
  }

  /** What the scripts that take a head off its lane want to know first. */
  #ending({ owner, finished }: Holding, journey: JourneyEnd | undefined): (string | number)[] {
    const { journeysMs } = this.#settings;
    return journey === undefined
      ? [owner, finished, '', '', journeysMs]
      : [owner, finished, this.#keys.journey(journey.id), journey.value, journeysMs];
  }

  #lock(lane: string, generation: string, carrier = `${lane}.${generation}`): string {
    return this.#settings.jobLock?.keyOf(this.#keys.tag(this.#keys.shardOf(lane)), carrier) ?? '';
  }

  #run(
    name: Parameters<typeof runScript>[1],
    lane: string,
    ...args: (string | number)[]
  ): Promise<ScriptAnswer> {
    return runScript(this.#redis, name, this.#keys.tag(this.#keys.shardOf(lane)), lane, ...args);
  }
}
