import type { Customer } from '../messages/model.js';
import type { RedisClient } from './connection.js';
import { writeEnvelope, type Envelope } from './envelope.js';
import { journeyHead } from './journeys.js';
import type { Keyspace } from './keyspace.js';
import type { NewMessage } from './lane-model.js';

/** Something that somebody must be told, before it is known how many it stands for (I6). */
export interface NoticeDraft {
  readonly channel: string;
  readonly customerId: string;
  /** What shares a window: the same reason is told once in it, whoever finds it. */
  readonly reason: string;
  /** Names of what happened: each is counted once. */
  readonly causes: readonly string[];
  readonly make: (count: number) => Omit<NewMessage, 'mark' | 'markLifeMs'>;
}

/** A notice that tells of everything since the last one of its kind. */
export interface CountedNotice {
  readonly message: NewMessage;
  /** Where what it tells of is counted. */
  readonly heldBack: string;
}

/**
 * At most one notice per customer, reason and window, with a count, over all processes and both roles: what is refused at
 * the intake and what the workers find out later share it.
 */
export class NoticeWindow {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;
  readonly #windowMs: number;

  constructor(redis: RedisClient, keys: Keyspace, windowMs: number) {
    this.#redis = redis;
    this.#keys = keys;
    this.#windowMs = windowMs;
  }

  /**
   * Counts what the draft is about. The message is to be accepted next; its mark makes it one per window, and what was
   * held back meanwhile is told with the next one.
   */
  async count({ channel, customerId, reason, causes, make }: NoticeDraft): Promise<CountedNotice> {
    const { lane } = make(1);
    const mark = this.#keys.messageMark(`notice\0${channel}\0${customerId}\0${reason}`);
    // A set of names, so that a cause that is worked on again after a crash is not counted twice.
    const heldBack = `${this.#keys.tag(this.#keys.shardOf(lane))}:n:${lane}:${mark}`;
    await this.#redis.sadd(heldBack, ...causes.map((cause) => this.#keys.messageMark(cause)));
    await this.#redis.pexpire(heldBack, 2 * this.#windowMs);
    const count = Math.max(1, await this.#redis.scard(heldBack));
    return { message: { ...make(count), mark, markLifeMs: this.#windowMs }, heldBack };
  }

  /** The notice was accepted: what it told of is told. */
  async told({ heldBack }: CountedNotice): Promise<void> {
    await this.#redis.del(heldBack);
  }
}

/** To the customer: the text `name`, filled with `parameters`, in the customer's language. `cause` names the notice. */
export function noticeToCustomer(
  keys: Keyspace,
  told: {
    readonly channel: string;
    readonly customer: Customer;
    readonly name: string;
    readonly parameters: (count: number) => readonly string[];
    readonly causes: readonly [string, ...string[]];
    /** Of the request that brought what it is about, where there is tracing. */
    readonly trace?: string | undefined;
  },
): NoticeDraft {
  const { channel, name, parameters, causes, trace } = told;
  const { id: customerId, language } = told.customer;
  const customer: Customer = { id: customerId, ...(language === undefined ? {} : { language }) };
  const id = `notice:${causes[0]}`;
  const make = (count: number): ReturnType<NoticeDraft['make']> => ({
    lane: keys.noticeLane(channel, customerId),
    target: `out:${channel}`,
    journey: { id, head: journeyHead('out', channel) },
    payload: writeEnvelope({
      kind: 'notice',
      channel,
      customer,
      notice: { id, name, parameters: parameters(count), count },
      trace,
    }),
  });
  return { channel, customerId, reason: name, causes, make };
}

type AgentNotice = Omit<Extract<Envelope, { kind: 'agent-notice' }>, 'kind' | 'customer'>;

/** To the agent, in the customer's lane. `window` is the reason that shares a window. */
export function noticeToAgent(
  keys: Keyspace,
  customerId: string,
  window: string,
  told: AgentNotice,
): NoticeDraft {
  const { channel, messageId } = told;
  const make = (): ReturnType<NoticeDraft['make']> => ({
    lane: keys.inboundLane(channel, customerId),
    target: `in:${channel}`,
    journey: { id: `error:${messageId}`, head: journeyHead('in', channel) },
    payload: writeEnvelope({ kind: 'agent-notice', customer: { id: customerId }, ...told }),
  });
  return { channel, customerId, reason: window, causes: [messageId], make };
}
