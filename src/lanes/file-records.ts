import { randomBytes } from 'node:crypto';
import type { RedisClient } from './connection.js';
import type { Keyspace } from './keyspace.js';
import { seal, unseal } from './sealed.js';

/**
 * What is known about single files, under tokens that nobody can guess: each for its time, then gone. Redis holds where
 * the bytes are, never the bytes (I10); and that sealed by the token, which it does not hold: who reads Redis learns no
 * name of a file and no address (I13).
 */
export class FileRecords {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;

  constructor(redis: RedisClient, keys: Keyspace) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** 192 random bits. */
  newToken(): string {
    return randomBytes(24).toString('base64url');
  }

  /** The token of one file of one message, the same however often it is asked for. */
  tokenOf(direction: 'in' | 'out', channel: string, messageId: string, index: number): string {
    return this.#keys.fileToken(direction, channel, messageId, String(index));
  }

  /** The name under which the file of a token is kept; it tells nothing about the token. */
  nameOf(token: string): string {
    return this.#keys.file(token);
  }

  /** `lane`: whose it is, so that it can be forgotten with its customer. */
  async put(token: string, lane: string, record: object, lifeMs: number): Promise<void> {
    const own = seal('file', token, JSON.stringify(record));
    await this.#redis.set(
      this.#key(token),
      `${lane} ${this.#keys.atRest.seal(filePlace(this.nameOf(token)), own)}`,
      'PX',
      Math.ceil(lifeMs),
    );
  }

  async get(token: string): Promise<unknown> {
    return this.#read(token, await this.#redis.get(this.#key(token)));
  }

  /** The same, and from then on nobody has it: of two who ask, one gets it. */
  async take(token: string): Promise<unknown> {
    return this.#read(token, await this.#redis.getdel(this.#key(token)));
  }

  #read(token: string, value: string | null): unknown {
    if (value === null) return undefined;
    const own = this.#keys.atRest.open(filePlace(this.nameOf(token)), value.slice(value.indexOf(' ') + 1));
    return JSON.parse(unseal('file', token, own));
  }

  #key(token: string): string {
    const name = this.#keys.file(token);
    return `${this.#keys.tag(this.#keys.shardOf(name))}:f:${name}`;
  }
}

/** The lane that a kept record belongs to. */
export function laneOfFile(value: string): string {
  return value.slice(0, value.indexOf(' '));
}

const filePlace = (name: string): string => `file ${name}`;
