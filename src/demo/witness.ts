import type { SampleChannel } from '../simulator/channel/sample-channel.js';
import type { Simulator, SimulatorRecord } from '../simulator/index.js';

/** A customer's message on its way to eGain; times in milliseconds since 1970. */
export interface InboundHops {
  readonly direction: 'in';
  readonly text: string;
  /** Absent when somebody else than the script sent it: only its arrival was seen then. */
  readonly sentAt?: number;
  readonly acceptedAt?: number;
  readonly atEgainAt: number;
  readonly conversationId: string;
  readonly opened: boolean;
}

/** A bot's or agent's message on its way to the customer. */
export interface OutboundHops {
  readonly direction: 'out';
  readonly type: string;
  readonly sender: string;
  readonly text: string;
  readonly writtenAt: number;
  /** How long eGain's callback was under way, answer included. */
  readonly callbackMs: number;
  readonly withCustomerAt: number;
  /** As the customer's side got it. */
  readonly shown: string;
}

export type Hops = InboundHops | OutboundHops;

type Pending<T> = { -readonly [K in keyof T]?: T[K] | undefined };

/** The records carry their own times, so this is only how soon a line appears. */
const lookEveryMs = 10;

/** Puts together, message by message, what the two far ends have seen; each message is told once it is complete. */
export class Witness {
  readonly #simulator: Simulator;
  readonly #tell: (hops: Hops) => void;
  readonly #inbound = new Map<string, Pending<InboundHops>>();
  readonly #outbound = new Map<string, Pending<OutboundHops>>();
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: () => void;
  #last = 0;

  constructor(simulator: Simulator, channel: SampleChannel, now: () => number, tell: (hops: Hops) => void) {
    this.#simulator = simulator;
    this.#tell = tell;
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
    this.#stopListening = channel.onMessage(({ id, text, type }) => {
      this.#outward(id, { withCustomerAt: now(), shown: text ?? type });
    });
  }

  /** The channel application sends a message under this id. */
  sends(id: string, sentAt: number): void {
    this.#inward(id, { sentAt });
  }

  accepted(id: string, acceptedAt: number): void {
    this.#inward(id, { acceptedAt });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stopListening();
    this.#look();
  }

  #look(): void {
    for (const record of this.#simulator.records(this.#last)) {
      this.#last = record.sequence;
      this.#read(record);
    }
  }

  #read(record: SimulatorRecord): void {
    const at = Date.parse(record.at);
    if (record.kind === 'callback' && record.outcome === 'delivered')
      for (const { id } of record.messages) this.#outward(id, { callbackMs: record.durationMs });
    if (record.kind !== 'message' || record.duplicate) return;
    const { id, messageId, type, text = type, conversationId, message } = record;
    if (record.direction === 'inbound')
      this.#inward(messageId ?? id, { text, atEgainAt: at, conversationId, opened: record.started });
    else
      this.#outward(id, {
        type,
        text,
        writtenAt: at,
        sender: message.sender.participant?.name ?? record.sender,
      });
  }

  #inward(id: string, news: Pending<InboundHops>): void {
    const all = { ...this.#inbound.get(id), ...news };
    this.#inbound.set(id, all);
    const { sentAt, acceptedAt, text, atEgainAt, conversationId, opened } = all;
    if (text === undefined || atEgainAt === undefined || conversationId === undefined || opened === undefined)
      return;
    const arrived = { direction: 'in' as const, text, atEgainAt, conversationId, opened };
    if (sentAt !== undefined && acceptedAt === undefined) return;
    this.#inbound.delete(id);
    this.#tell(
      sentAt === undefined || acceptedAt === undefined ? arrived : { ...arrived, sentAt, acceptedAt },
    );
  }

  #outward(id: string, news: Pending<OutboundHops>): void {
    const all = { ...this.#outbound.get(id), ...news };
    this.#outbound.set(id, all);
    const { type, sender, text, writtenAt, callbackMs, withCustomerAt, shown } = all;
    if (type === undefined || sender === undefined || text === undefined || writtenAt === undefined) return;
    if (callbackMs === undefined || withCustomerAt === undefined || shown === undefined) return;
    this.#outbound.delete(id);
    this.#tell({ direction: 'out', type, sender, text, writtenAt, callbackMs, withCustomerAt, shown });
  }
}
