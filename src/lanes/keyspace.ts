import { createHash, hash } from 'node:crypto';
import { AtRest } from './at-rest.js';

/** Which way a message goes, seen from eGain: `in` = from the customer, `out` = to the customer. */
export type Direction = 'in' | 'out';

/**
 * Names of everything in Redis. Lane and message names are keyed hashes: nobody who reads the key names learns a
 * phone number or an e-mail address (I13). All keys of a lane and of its queue share a hash tag (I12).
 */
export class Keyspace {
  readonly #secret: string;
  #last: { readonly id: string; readonly name: string } | undefined;
  readonly prefix: string;
  readonly shards: number;
  /** What is kept under the names and was written by people goes through this. */
  readonly atRest: AtRest;

  constructor(options: {
    readonly prefix: string;
    readonly shards: number;
    readonly secret: string;
    readonly atRest?: AtRest;
  }) {
    this.prefix = options.prefix;
    this.shards = options.shards;
    this.#secret = options.secret;
    this.atRest = options.atRest ?? new AtRest();
  }

  /** The part every key of a shard begins with; its braces make Redis Cluster keep them in one slot. */
  tag(shard: number): string {
    return `{${this.prefix}:${shard}}`;
  }

  tags(): string[] {
    return Array.from({ length: this.shards }, (_, shard) => this.tag(shard));
  }

  /** The lane of what one customer of a channel writes. */
  inboundLane(channel: string, customerId: string): string {
    return this.#name('in', channel, customerId);
  }

  /** The lane of what one conversation's customer is sent. */
  outboundLane(conversationId: string): string {
    return this.#name('out', conversationId);
  }

  /** The lane of the bridge's own notices to one customer. */
  noticeLane(channel: string, customerId: string): string {
    return this.#name('notice', channel, customerId);
  }

  /** The name under which a contact address is kept that stands for one customer. */
  contact(address: string): string {
    return this.#name('contact', address.toLowerCase());
  }

  /** The name of a message within its lane, for its duplicate mark (I3). */
  messageMark(messageKey: string): string {
    return this.journey(messageKey).slice(0, 11);
  }

  /** The name under which the journeys of a message id are kept; a message's mark is the beginning of it. */
  journey(messageId: string): string {
    const last = this.#last;
    if (last?.id === messageId) return last.name;
    const name = this.#name('message', messageId);
    // Both names of a message are asked for one after the other, and hardly ever again.
    this.#last = { id: messageId, name };
    return name;
  }

  /** The token of a link to one file of one message: 132 bits that nobody can guess, the same every time. */
  fileToken(...parts: readonly string[]): string {
    return this.#name('link', ...parts);
  }

  /** The name under which a file's record is kept, and its bytes where there is a store. */
  file(token: string): string {
    return this.#name('file', token);
  }

  /** Where an address's share of a rate is counted; nobody can tell from it whose address that is. */
  rate(kind: string, channel: string, address: string): string {
    const name = this.#name('rate', kind, channel, address);
    return `${this.tag(this.shardOf(name))}:h:${name}`;
  }

  /** What seals the offers to one customer: Redis holds nothing that it could be made of. */
  offerSecret(channel: string, customerId: string): string {
    return this.#name('offer', channel, customerId);
  }

  /** Bytes for the token of an option: the same for the same option of a message, and nobody else can tell them. */
  choiceBytes(conversationId: string, messageId: string, index: number, attempt: number): Uint8Array {
    const parts = [conversationId, messageId, String(index), String(attempt)];
    return hash('sha256', `${this.#secret}\0choice\0${parts.join('\0')}`, 'buffer');
  }

  /** The mark of a lane whose customer was forgotten; nobody can tell from it which lane that was. */
  forgottenMark(lane: string): string {
    const name = this.#name('forgotten', lane);
    return `${this.tag(this.shardOf(name))}:g:${name}`;
  }

  shardOf(lane: string): number {
    if (this.shards === 1) return 0;
    return createHash('sha1').update(lane).digest().readUInt32BE(0) % this.shards;
  }

  // The key comes first, has a fixed length, and two thirds of the digest are cut off: a plain SHA-256 is as good as
  // an HMAC here and costs a third, so little that remembering the names of busy lanes costs more.
  #name(kind: string, ...parts: string[]): string {
    return hash('sha256', `${this.#secret}\0${kind}\0${parts.join('\0')}`, 'base64url').slice(0, 22);
  }
}
