import type { RedisClient } from './connection.js';
import type { Keyspace } from './keyspace.js';

/**
 * The web chat's sessions that are open, each recorded beside the lane of the one customer it may speak for and read of. A
 * token is worth nothing without its record: one command ends it in all processes. Every method throws what Redis or the
 * connection throws.
 */
export class ChatSessions {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;

  constructor(redis: RedisClient, keys: Keyspace) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Opens a session of the customer of `lane`, or lets it live on. */
  async open(lane: string, id: string, lifeMs: number): Promise<void> {
    await this.#redis.set(this.signal(lane, id), '1', 'PX', lifeMs);
  }

  async isOpen(lane: string, id: string): Promise<boolean> {
    return (await this.#redis.exists(this.signal(lane, id))) === 1;
  }

  /** Ends it for good; whoever streams to it is told. */
  async end(lane: string, id: string): Promise<void> {
    const signal = this.signal(lane, id);
    await this.#redis.del(signal);
    await this.#redis.publish(signal, '');
  }

  /** The name of a session's record, and of the pub/sub channel on which its end is announced. */
  signal(lane: string, id: string): string {
    return `${this.#keys.tag(this.#keys.shardOf(lane))}:v:${lane}:${id}`;
  }
}
