import { readCustomer } from '../src/lanes/conversations.js';
import { messageIdOf, type Envelope } from '../src/lanes/envelope.js';
import type { Keyspace } from '../src/lanes/keyspace.js';
import type { Lanes } from '../src/lanes/lanes.js';
import {
  noticeToAgent,
  noticeToCustomer,
  type NoticeDraft,
  type NoticeWindow,
} from '../src/lanes/notice-window.js';
import type { Customer } from '../src/messages/model.js';
import type { TextName } from '../src/messages/texts.js';
import { persist } from './persist.js';
import type { Queues } from './queues.js';

export interface NoticeSettings {
  /** Tell customers that their message did not arrive. */
  readonly customer: boolean;
  /** Tell the agent side by a message of type `error` that a message did not reach the customer. */
  readonly agent: boolean;
}

/** Notices go through lanes like everything else; a notice never causes a notice (I6). */
export class Notices {
  readonly #window: NoticeWindow;
  readonly #keys: Keyspace;
  readonly #lanes: Lanes;
  readonly #queues: Queues;
  readonly #settings: NoticeSettings;

  constructor(parts: {
    readonly window: NoticeWindow;
    readonly keys: Keyspace;
    readonly lanes: Lanes;
    readonly queues: Queues;
    readonly settings: NoticeSettings;
  }) {
    this.#window = parts.window;
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
    const draft = noticeToCustomer(this.#keys, {
      ...whose,
      name,
      parameters: () => parameters,
      causes: [cause.id],
    });
    await persist(() => this.#tell(draft), { signal: cause.signal, now: () => performance.now() });
  }

  /** Tells the other side that a message ended undelivered: at most once per customer, reason and window. */
  async undelivered(envelope: Envelope, mapping: string, reason: string): Promise<void> {
    if (envelope.kind === 'inbound') {
      // The customer was told about each of the files.
      if (fileReasons.has(reason)) return;
      await this.#tell(
        noticeToCustomer(this.#keys, {
          channel: envelope.channel,
          customer: envelope.message.customer,
          name: 'bridge_undelivered',
          parameters: (count) => [String(count)],
          causes: [messageIdOf(envelope)],
          trace: envelope.trace,
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
    await this.#tell(
      noticeToAgent(this.#keys, customerId, `error:${reason}`, {
        channel,
        messageId: envelope.id,
        ...senderIdOf(envelope.message),
        conversationId: envelope.conversationId,
        reason,
        ...(params.length === 0 ? {} : { parameters: params }),
        trace: envelope.trace,
      }),
    );
  }

  async #tell(draft: NoticeDraft): Promise<void> {
    const counted = await this.#window.count(draft);
    const { statuses, orders } = await this.#lanes.accept([counted.message]);
    // First, for they may be others' as well: what was accepted in the same turn shares its script.
    await this.#queues.add(orders);
    if (statuses[0] === 'accepted') await this.#window.told(counted);
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
