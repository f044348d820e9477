import { messagePlace } from './element.js';
import type { Keyspace } from './keyspace.js';
import {
  AcceptError,
  readOrders,
  type Accepted,
  type AcceptStatus,
  type JobOrder,
  type LaneSettings,
  type NewMessage,
} from './lane-model.js';
import { asList, type ScriptRunner } from './scripts.js';

/** What one shard says: a letter per message, `d` for a duplicate. */
interface Answer {
  readonly marks: string;
  readonly orders: readonly JobOrder[];
}

/** What one request has for one shard. */
interface Waiting {
  readonly messages: readonly NewMessage[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** What goes to one shard with the next script. */
interface Gathered {
  readonly requests: Waiting[];
  messages: number;
}

/**
 * With so many messages it goes: Redis does nothing else meanwhile, and a turn of the event loop may take long. A request
 * that brings more is not parted, nor held back for others.
 */
const enough = 16;

/**
 * The way into the lanes. What requests bring within one turn of the event loop goes to each shard as one script: a
 * command costs more than what it says.
 */
export class Acceptance {
  readonly #keys: Keyspace;
  readonly #settings: LaneSettings;
  readonly #write: ScriptRunner;
  readonly #hurry: () => void;
  readonly #waiting = new Map<number, Gathered>();

  /** `hurry`: what was written now need not wait for anything else. */
  constructor(keys: Keyspace, settings: LaneSettings, write: ScriptRunner, hurry: () => void) {
    this.#keys = keys;
    this.#settings = settings;
    this.#write = write;
    this.#hurry = hurry;
  }

  /** As `Lanes.accept`. */
  accept(messages: readonly NewMessage[]): Promise<Accepted> {
    const [only] = messages;
    return only !== undefined && messages.length === 1 ? this.#acceptOne(only) : this.#acceptAll(messages);
  }

  async #acceptAll(messages: readonly NewMessage[]): Promise<Accepted> {
    const shards = new Map<number, number[]>();
    messages.forEach((message, index) => {
      const shard = this.#keys.shardOf(message.lane);
      const list = shards.get(shard);
      if (list === undefined) shards.set(shard, [index]);
      else list.push(index);
    });
    const statuses = new Array<AcceptStatus>(messages.length).fill('accepted');
    const orders: JobOrder[] = [];
    const results = await Promise.allSettled(
      [...shards].map(async ([shard, indexes]) => {
        const ofShard = indexes.flatMap((index) => messages[index] ?? []);
        const { marks, orders: due } = await new Promise<Answer>((resolve, reject) => {
          this.#send(shard, { messages: ofShard, resolve, reject });
        });
        indexes.forEach((index, position) => {
          if (marks[position] === 'd') statuses[index] = 'duplicate';
        });
        orders.push(...due);
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw new AcceptError(orders, failed.reason);
    return { statuses, orders };
  }

  /** The usual request: it needs no sorting by shards. */
  #acceptOne(message: NewMessage): Promise<Accepted> {
    return new Promise((resolve, reject) => {
      this.#send(this.#keys.shardOf(message.lane), {
        messages: [message],
        resolve: ({ marks, orders }) => {
          resolve({ statuses: [marks === 'd' ? 'duplicate' : 'accepted'], orders });
        },
        reject: (error) => {
          reject(new AcceptError([], error));
        },
      });
    });
  }

  #send(shard: number, request: Waiting): void {
    let waiting = this.#waiting.get(shard);
    if (waiting === undefined) {
      waiting = { requests: [], messages: 0 };
      this.#waiting.set(shard, waiting);
      setImmediate(() => this.#flush(shard));
    }
    waiting.requests.push(request);
    waiting.messages += request.messages.length;
    // Under a flood the turn may be far from its end.
    if (waiting.messages >= enough) this.#flush(shard);
  }

  #flush(shard: number): void {
    const waiting = this.#waiting.get(shard);
    if (waiting === undefined) return;
    this.#waiting.delete(shard);
    void this.#run(shard, waiting.requests);
    this.#hurry();
  }

  /** Everybody is answered by it: none of this throws. */
  async #run(shard: number, waiting: readonly Waiting[]): Promise<void> {
    const { window, journeysMs, journeysMax, duplicateWindowMs } = this.#settings;
    const args: (string | number)[] = [window, journeysMs, journeysMax];
    try {
      for (const { messages } of waiting) {
        for (const {
          lane,
          mark = '',
          markLifeMs = duplicateWindowMs,
          target = '',
          journey,
          payload,
        } of messages)
          args.push(
            lane,
            mark,
            markLifeMs,
            target,
            journey === undefined ? '' : this.#keys.journey(journey.id),
            journey?.head ?? '',
            this.#keys.atRest.seal(messagePlace(lane), payload),
          );
      }
      const answer = asList(await this.#write('accept', this.#keys.tag(shard), ...args));
      const marks = String(answer[0]);
      // Which of them a job is for does not matter to whoever adds it; with nobody left to, the repair pass does.
      let orders = readOrders(shard, answer, 1);
      let from = 0;
      for (const { messages, resolve, reject } of waiting) {
        const own = marks.slice(from, from + messages.length);
        from += messages.length;
        if (own.includes('f')) {
          reject(new Error('what stands in a lane’s place in Redis is no lane'));
          continue;
        }
        resolve({ marks: own, orders });
        orders = [];
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
