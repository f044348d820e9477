import type { DeliveredMessage } from '../../src/simulator/channel/deliveries.js';
import type { SimulatorRecord } from '../../src/simulator/index.js';

/** Messages by the first time they arrived, lane by lane. */
export interface Arrivals {
  /** Message id → milliseconds since 1970; 0 where the far end keeps no time. */
  readonly first: ReadonlyMap<string, number>;
  /** What is out of order, in words. */
  readonly disorder: readonly string[];
}

/** When a message was offered to the bridge for the first time, and when it was first acknowledged. */
export interface Acceptance {
  readonly from: number;
  readonly to: number;
}

/**
 * Which of two messages was accepted first. `numbers`: as they were written, where callers keep to that order.
 * `acceptances`: where callers change it, a message was certainly accepted before another one when it was acknowledged
 * before the other one was offered.
 */
export type Sequence = 'numbers' | { readonly acceptances: ReadonlyMap<string, Acceptance> };

/** What the hub took from customers: one lane per customer. */
export function arrivalsAtHub(records: readonly SimulatorRecord[], sequence: Sequence): Arrivals {
  const order = new Order(sequence);
  for (const record of records) {
    if (record.kind !== 'message' || record.direction !== 'inbound') continue;
    const [, customer, number] = /^in-(c\d+)-(\d+)$/.exec(record.messageId ?? '') ?? [];
    if (customer === undefined) continue;
    order.add(customer, Number(number), record.messageId ?? '', Date.parse(record.at));
  }
  return order;
}

/** What the channel took from agents: one lane per conversation. `times` = when each was first taken. */
export function arrivalsAtChannel(
  received: readonly DeliveredMessage[],
  times: ReadonlyMap<string, number>,
  sequence: Sequence,
): Arrivals {
  const order = new Order(sequence);
  for (const { id, conversationId, text, type } of received) {
    if (type === 'text') order.add(conversationId, Number(text), id, times.get(id) ?? 0);
  }
  return order;
}

class Order implements Arrivals {
  readonly first = new Map<string, number>();
  readonly disorder: string[] = [];
  readonly #sequence: Sequence;
  /** By lane, of what has arrived: the highest number, or the latest first offer. */
  readonly #last = new Map<string, { readonly id: string; readonly place: number }>();

  constructor(sequence: Sequence) {
    this.#sequence = sequence;
  }

  add(lane: string, number: number, id: string, at: number): void {
    if (this.first.has(id)) return;
    this.first.set(id, at);
    const acceptance = this.#sequence === 'numbers' ? undefined : this.#sequence.acceptances.get(id);
    // Never acknowledged, as far as the caller knows: then it has no place that it could miss.
    const [place, limit] =
      this.#sequence === 'numbers'
        ? [number, number]
        : [acceptance?.from ?? Number.NEGATIVE_INFINITY, acceptance?.to ?? Infinity];
    const last = this.#last.get(lane);
    if (last !== undefined && limit < last.place)
      this.disorder.push(`${lane}: ${number} (${id}) came after ${last.id}`);
    if (last === undefined || place > last.place) this.#last.set(lane, { id, place });
  }
}

/**
 * Conversations that the customer's messages never went to: opened by a message that opened another one as well, because
 * the answer to one of the two was lost. Conversation id → the message that opened it.
 */
export function orphans(records: readonly SimulatorRecord[]): ReadonlyMap<string, string> {
  const openers = new Map<string, string>();
  const opened = new Map<string, number>();
  const lived = new Set<string>();
  for (const record of records) {
    if (record.kind !== 'message' || record.direction !== 'inbound' || record.messageId === undefined)
      continue;
    const { conversationId, messageId } = record;
    if (record.started) {
      openers.set(conversationId, messageId);
      opened.set(messageId, (opened.get(messageId) ?? 0) + 1);
    } else if (openers.get(conversationId) !== messageId) {
      lived.add(conversationId);
    }
  }
  return new Map(
    [...openers].filter(
      ([conversation, opener]) => !lived.has(conversation) && (opened.get(opener) ?? 0) > 1,
    ),
  );
}
