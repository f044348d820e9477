import type { RedisClient } from '../src/lanes/connection.js';
import { readCustomer } from '../src/lanes/conversations.js';
import { messageIdOf, writeEnvelope, type Envelope } from '../src/lanes/envelope.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import { journeyHead } from '../src/lanes/journeys.js';
import type { Lanes, NewMessage } from '../src/lanes/lanes.js';
import type { Customer } from '../src/messages/model.js';
import type { TextName } from '../src/messages/texts.js';
import { persist } from './persist.js';
import type { Queues } from './queues.js';

export interface NoticeSettings {
  /** Tell customers that their message did not arrive. */
  readonly customer: boolean;
  /** Tell the agent side by a message of type `error` that a message did not reach the customer. */
  readonly agent: boolean;
  /** At most one notice per customer and reason in this time, milliseconds. */
  readonly windowMs: number;
}

/** Notices go through lanes like everything else; a notice never causes a notice (I6). */
export class Notices {
  readonly #redis: RedisClient;
  readonly #keys: Keyspace;
  readonly #lanes: Lanes;
  readonly #queues: Queues;
  readonly #settings: NoticeSettings;

  constructor(parts: {
    readonly redis: RedisClient;
    readonly keys: Keyspace;
    readonly lanes: Lanes;
    readonly queues: Queues;
    readonly settings: NoticeSettings;
  }) {
    this.#redis = parts.redis;
    this.#keys = parts.keys;
    this.#lanes = parts.lanes;
    this.#queues = parts.queues;
    this.#settings = parts.settings;
  }

  /** Is anybody told when this one dies? */
  concerns(envelope: Envelope): boolean {
    if (envelope.kind === 'inbound') return this.#settings.customer && toldOf.has(envelope.message.type);
    return envelope.kind === 'outbound' && this.#settings.agent;
  }

  /**
   * Tells a customer about one file, by the text `name` filled with `parameters`: at most once per text and window, as
   * with messages. `cause`: what it was about.
   */
  async aboutFile(
    whose: { readonly channel: string; readonly customer: Customer },
    name: TextName,
    parameters: readonly string[],
    cause: { readonly id: string; readonly signal: AbortSignal },
  ): Promise<void> {
    if (!this.#settings.customer) return;
    const { channel, customer } = whose;
    const id = `notice:${cause.id}`;
    const tell = (): Promise<void> =>
      this.#tell(channel, customer, name, cause.id, (who, count) => ({
        lane: this.#keys.noticeLane(channel, who.id),
        target: `out:${channel}`,
        journey: { id, head: journeyHead('out', channel) },
        payload: writeEnvelope({
          kind: 'notice',
          channel,
          customer: who,
          notice: { id, name, parameters, count },
        }),
      }));
    await persist(tell, { signal: cause.signal, now: () => performance.now() });
  }

  /** Tells the other side that a message ended undelivered: at most once per customer, reason and window. */
  async undelivered(envelope: Envelope, mapping: string, reason: string): Promise<void> {
    if (envelope.kind === 'inbound') {
      // The customer was told about each of the files.
      if (fileReasons.has(reason)) return;
      await this.#tell(
        envelope.channel,
        envelope.message.customer,
        'bridge_undelivered',
        messageIdOf(envelope),
        (customer, count) => ({
          lane: this.#keys.noticeLane(envelope.channel, customer.id),
          target: `out:${envelope.channel}`,
          journey: { id: `notice:${messageIdOf(envelope)}`, head: journeyHead('out', envelope.channel) },
          payload: writeEnvelope({
            kind: 'notice',
            channel: envelope.channel,
            customer,
            notice: {
              id: `notice:${messageIdOf(envelope)}`,
              name: 'bridge_undelivered',
              parameters: [String(count)],
              count,
            },
            trace: envelope.trace,
          }),
        }),
      );
      return;
    }
    if (envelope.kind === 'outbound') await this.notForCustomer(envelope, mapping, { reason, params: [] });
  }

  /** Tells the agent side, where that is switched on, what of their message the customer does not get. */
  async notForCustomer(
    envelope: Extract<Envelope, { kind: 'outbound' }>,
    mapping: string,
    { reason, params }: { readonly reason: string; readonly params: readonly string[] },
  ): Promise<void> {
    const whose = readCustomer(mapping);
    if (!this.#settings.agent || whose === undefined) return;
    const { channel, customerId } = whose;
    await this.#tell(channel, { id: customerId }, `error:${reason}`, envelope.id, (customer) => ({
      lane: this.#keys.inboundLane(channel, customerId),
      target: `in:${channel}`,
      journey: { id: `error:${envelope.id}`, head: journeyHead('in', channel) },
      payload: writeEnvelope({
        kind: 'agent-notice',
        channel,
        customer,
        messageId: envelope.id,
        ...senderIdOf(envelope.message),
        conversationId: envelope.conversationId,
        reason,
        ...(params.length === 0 ? {} : { parameters: params }),
        trace: envelope.trace,
      }),
    }));
  }

  async #tell(
    channel: string,
    customer: Customer,
    reason: string,
    causeId: string,
    make: (customer: Customer, count: number) => Omit<NewMessage, 'mark' | 'markLifeMs'>,
  ): Promise<void> {
    const { id, language } = customer;
    const who: Customer = { id, ...(language === undefined ? {} : { language }) };
    const notice = make(who, 1);
    const { windowMs } = this.#settings;
    const mark = this.#keys.messageMark(`notice\0${channel}\0${id}\0${reason}`);
    const tag = this.#keys.tag(this.#keys.shardOf(notice.lane));
    // What was held back since the last notice is told with the next one. A set of ids, so that a cause that is worked
    // on again after a crash is not counted twice.
    const heldBack = `${tag}:n:${notice.lane}:${mark}`;
    await this.#redis.sadd(heldBack, this.#keys.messageMark(causeId));
    await this.#redis.pexpire(heldBack, 2 * windowMs);
    const count = Math.max(1, await this.#redis.scard(heldBack));
    const { statuses, orders } = await this.#lanes.accept([
      { ...make(who, count), mark, markLifeMs: windowMs },
    ]);
    if (statuses[0] === 'accepted') await this.#redis.del(heldBack);
    await this.#queues.add(orders);
  }
}

/** The id an agent's side gave its message, which a notice may have to name it by (contract 16 #4). */
function senderIdOf(message: unknown): { readonly senderId?: string } {
  if (typeof message !== 'object' || message === null || !('messageId' in message)) return {};
  return typeof message.messageId === 'string' ? { senderId: message.messageId } : {};
}

/** A message that ended because of its files, and what was left of it went. */
const fileReasons: ReadonlySet<string> = new Set(['file-expired', 'file-refused']);

/** Typing and presence may fall by the wayside unmentioned. */
const toldOf: ReadonlySet<string> = new Set([
  'text',
  'choice',
  'message.edit',
  'message.delete',
  'message.undo',
  'conversation.end',
  'customer.info',
]);
