import type { RedisClient } from './connection.js';
import type { AtRest } from './at-rest.js';
import { customerPlace } from './element.js';
import type { Keyspace } from './keyspace.js';
import type { Holding, JobOrder, OpenedConversation, SaidInConversation } from './lanes.js';
import { asList, runScript } from './scripts.js';

/** Whom a conversation belongs to. */
export interface ConversationCustomer {
  readonly channel: string;
  readonly customerId: string;
  readonly language?: string;
  /** IANA name. */
  readonly timeZone?: string;
}

/** The text of an outbound lane's mapping; the channel stands in front so that a script can read it. */
export function writeCustomer(customer: ConversationCustomer): string {
  const { channel, customerId: id, language, timeZone } = customer;
  return `${channel} ${JSON.stringify({ id, language, timeZone })}`;
}

/** The channel that a mapping names; undefined when it is empty, that is: not known. */
export function channelOf(mapping: string): string | undefined {
  const space = mapping.indexOf(' ');
  return space < 0 ? undefined : mapping.slice(0, space);
}

/** Undefined when the mapping is empty, that is: not known. */
export function readCustomer(mapping: string): ConversationCustomer | undefined {
  const space = mapping.indexOf(' ');
  if (space < 0) return undefined;
  const { id, language, timeZone } = JSON.parse(mapping.slice(space + 1)) as {
    id: string;
    language?: string;
    timeZone?: string;
  };
  return {
    channel: mapping.slice(0, space),
    customerId: id,
    ...(language === undefined ? {} : { language }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

/** A mapping as it is kept: the channel in front stays readable. `name`: of the outbound lane or the contact. */
export function sealMapping(atRest: AtRest, name: string, mapping: string): string {
  const space = mapping.indexOf(' ');
  return `${mapping.slice(0, space)} ${atRest.seal(customerPlace(name), mapping.slice(space + 1))}`;
}

/** @throws {MissingKeyError} {AlteredError}; an inbound lane's (a conversation's id), or none, is what it was. */
export function openMapping(atRest: AtRest, name: string, mapping: string): string {
  const space = mapping.indexOf(' ');
  if (space < 0) return mapping;
  return `${mapping.slice(0, space)} ${atRest.open(customerPlace(name), mapping.slice(space + 1))}`;
}

/**
 * Customer ↔ conversation, each way in the shard of the lane that reads it. The caller keeps the order of design
 * section 4 (I2): `bind`, then `setOpen`, then acknowledge; each is idempotent.
 */
export class Conversations {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;
  readonly #window: number;

  constructor(redis: RedisClient, keys: Keyspace, options: { readonly window: number }) {
    this.#redis = redis;
    this.#keys = keys;
    this.#window = options.window;
  }

  /** Conversation → customer, for `lifeMs`. An outbound lane that waited for it gets its job at once. */
  async bind(conversationId: string, customer: ConversationCustomer, lifeMs: number): Promise<JobOrder[]> {
    const lane = this.#keys.outboundLane(conversationId);
    const shard = this.#keys.shardOf(lane);
    const answer = asList(
      await runScript(
        this.#redis,
        'bind',
        this.#keys.tag(shard),
        lane,
        this.#sealed(lane, customer),
        lifeMs,
        this.#window,
      ),
    );
    const orders: JobOrder[] = [];
    for (let i = 0; i + 1 < answer.length; i += 2) {
      orders.push({ shard, jobId: String(answer[i]), target: String(answer[i + 1]) });
    }
    return orders;
  }

  /**
   * What `bind`, `setOpen` and `dropInfo` would do, to be written together with the end of the message that opened the
   * conversation; undefined when the two lanes lie apart.
   */
  opening(
    lane: string,
    conversation: { readonly id: string; readonly memoryMs: number; readonly idleMs: number },
    customer: ConversationCustomer,
    infoTold: boolean,
  ): OpenedConversation | undefined {
    const { id: conversationId, memoryMs, idleMs } = conversation;
    const outboundLane = this.#keys.outboundLane(conversationId);
    if (this.#keys.shardOf(outboundLane) !== this.#keys.shardOf(lane)) return undefined;
    return {
      conversationId,
      outboundLane,
      customer: this.#sealed(outboundLane, customer),
      memoryMs,
      idleMs,
      infoTold,
    };
  }

  /** What `touch` would do, to be written together with the end of a message of `lane`; undefined when they lie apart. */
  saying(
    lane: string,
    customer: ConversationCustomer,
    conversationId: string,
    idleMs: number,
  ): SaidInConversation | undefined {
    const inboundLane = this.#keys.inboundLane(customer.channel, customer.customerId);
    if (this.#keys.shardOf(inboundLane) !== this.#keys.shardOf(lane)) return undefined;
    return { inboundLane, conversationId, idleMs };
  }

  /** Customer → open conversation (undefined = none any more), only as the inbound lane's owner. */
  async setOpen(
    holding: Holding,
    conversationId: string | undefined,
    lifeMs: number,
  ): Promise<'kept' | 'fenced'> {
    const tag = this.#tagOf(holding.lane);
    const answer = await runScript(
      this.#redis,
      'open-conversation',
      tag,
      holding.lane,
      holding.owner,
      conversationId ?? '',
      lifeMs,
    );
    return answer === 'kept' ? 'kept' : 'fenced';
  }

  /** The conversation is over; the customer's mapping goes only if it still names it. */
  async end(customer: ConversationCustomer, conversationId: string): Promise<void> {
    const lane = this.#keys.inboundLane(customer.channel, customer.customerId);
    await runScript(this.#redis, 'end-conversation', this.#tagOf(lane), lane, conversationId);
  }

  /** Something was said in the conversation: its idle time begins anew. */
  async touch(customer: ConversationCustomer, conversationId: string, lifeMs: number): Promise<void> {
    const lane = this.#keys.inboundLane(customer.channel, customer.customerId);
    await runScript(this.#redis, 'touch-conversation', this.#tagOf(lane), lane, conversationId, lifeMs);
  }

  /** The customer's open conversation, if any. */
  async open(channel: string, customerId: string): Promise<string | undefined> {
    const lane = this.#keys.inboundLane(channel, customerId);
    return (await this.#redis.get(`${this.#tagOf(lane)}:m:${lane}`)) ?? undefined;
  }

  /** Whose a conversation is, as far as it is remembered. */
  async customerOf(conversationId: string): Promise<ConversationCustomer | undefined> {
    const lane = this.#keys.outboundLane(conversationId);
    return this.#read(lane, await this.#redis.get(`${this.#tagOf(lane)}:m:${lane}`));
  }

  /** Whom a contact address stands for, written before eGain hears of it: see `customerOfContact`. */
  async rememberContact(address: string, customer: ConversationCustomer, lifeMs: number): Promise<void> {
    const name = this.#keys.contact(address);
    await this.#redis.set(this.#contactKey(address), this.#sealed(name, customer), 'PX', lifeMs);
  }

  /** The language the customer told when their open conversation began. */
  async languageOf(channel: string, customerId: string): Promise<string | undefined> {
    const conversationId = await this.open(channel, customerId);
    if (conversationId === undefined) return undefined;
    return (await this.customerOf(conversationId))?.language;
  }

  /** Whose a conversation is when its opening was never answered, but a callback tells the customer's contact. */
  async customerOfContact(address: string): Promise<ConversationCustomer | undefined> {
    return this.#read(this.#keys.contact(address), await this.#redis.get(this.#contactKey(address)));
  }

  /** Whether this conversation's customer was forgotten. */
  async wasForgotten(conversationId: string): Promise<boolean> {
    const lane = this.#keys.outboundLane(conversationId);
    return (await this.#redis.exists(this.#keys.forgottenMark(lane))) === 1;
  }

  #contactKey(address: string): string {
    const name = this.#keys.contact(address);
    return `${this.#tagOf(name)}:a:${name}`;
  }

  /** Customer data told before any conversation is open, kept for the next start. JSON text. */
  async keepInfo(lane: string, info: string, lifeMs: number): Promise<void> {
    const sealed = this.#keys.atRest.seal(customerPlace(lane), info);
    await this.#redis.set(this.#infoKey(lane), sealed, 'PX', lifeMs);
  }

  async pendingInfo(lane: string): Promise<string | undefined> {
    const kept = await this.#redis.get(this.#infoKey(lane));
    return kept === null ? undefined : this.#keys.atRest.open(customerPlace(lane), kept);
  }

  async dropInfo(lane: string): Promise<void> {
    await this.#redis.del(this.#infoKey(lane));
  }

  #sealed(name: string, customer: ConversationCustomer): string {
    return sealMapping(this.#keys.atRest, name, writeCustomer(customer));
  }

  #read(name: string, kept: string | null): ConversationCustomer | undefined {
    return readCustomer(openMapping(this.#keys.atRest, name, kept ?? ''));
  }

  #infoKey(lane: string): string {
    return `${this.#tagOf(lane)}:i:${lane}`;
  }

  #tagOf(lane: string): string {
    return this.#keys.tag(this.#keys.shardOf(lane));
  }
}
