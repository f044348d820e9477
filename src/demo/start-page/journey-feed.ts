import { findJourneys, type Journey } from '../../lanes/journeys.js';
import type { RedisClient } from '../../lanes/connection.js';
import type { Keyspace } from '../../lanes/keyspace.js';
import { WaitingLanes, type WaitingLane } from '../../lanes/waiting.js';
import { htmlToText } from '../../messages/html.js';
import type { SimulatorRecord } from '../../simulator/index.js';
import type { Card } from './card.js';

export interface JourneyFeedParts {
  readonly redis: RedisClient;
  readonly keys: Keyspace;
  /** The simulator's records after this sequence number. */
  readonly records: (since: number) => readonly SimulatorRecord[];
}

type Listener = (card: Card) => void;

/** Messages remembered for pages that open later. */
const kept = 200;
/** Of one lane, read in one look. */
const perLane = 50;

/**
 * Follows every message by what Redis knows of it: its place in its lane while it waits, its journey when it has ended. The
 * texts come from the simulator, which has them anyway. Nothing is read while nobody listens.
 */
export class JourneyFeed {
  readonly #parts: JourneyFeedParts;
  readonly #waiting: WaitingLanes;
  readonly #cards = new Map<string, Card>();
  readonly #listeners = new Set<Listener>();
  #last = 0;

  constructor(parts: JourneyFeedParts) {
    this.#parts = parts;
    this.#waiting = new WaitingLanes(parts.redis, parts.keys);
  }

  /** Tells what is known, and from now on what changes. @returns the function that stops it */
  subscribe(listener: Listener): () => void {
    for (const card of this.#cards.values()) listener(card);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks once at everything that may have changed. */
  async look(): Promise<void> {
    if (this.#listeners.size === 0) return;
    for (const record of this.#parts.records(this.#last)) this.#read(record);
    for await (const lane of this.#waiting.list()) await this.#readLane(lane);
    const open = [...this.#cards.values()].filter(({ endedAt }) => endedAt === undefined);
    await Promise.all(open.map((card) => this.#readJourney(card)));
    for (const id of [...this.#cards.keys()].slice(0, Math.max(0, this.#cards.size - kept)))
      this.#cards.delete(id);
  }

  #read(record: SimulatorRecord): void {
    this.#last = record.sequence;
    if (record.kind !== 'message' || record.duplicate || record.type.startsWith('typing.')) return;
    const { direction, id, messageId, type, text = '', message, sender } = record;
    const name = message.sender.participant?.name;
    const files = message.attachments?.attachment.map((file) => file.name ?? 'a file') ?? [];
    const html = message.content?.html;
    const words = html === undefined ? text || titleOf(message.content?.json) : htmlToText(html);
    const known = { type, text: [words, ...files].filter((part) => part !== '').join(' · ') };
    if (direction === 'inbound') this.#note(messageId ?? id, 'in', { ...known, who: name ?? 'customer' });
    else this.#note(id, 'out', { ...known, who: name ?? sender, writtenAt: Date.parse(record.at) });
  }

  async #readLane({ lane, state, lastError, attempts }: WaitingLane): Promise<void> {
    const messages = await this.#waiting.messages(lane, perLane);
    for (const [ahead, { id, acceptedAt, ephemeral }] of messages.entries()) {
      // Typing has no journey that would tell its end.
      if (ephemeral) continue;
      const head = ahead === 0;
      const retrying = head && (state === 'backing-off' || attempts > 0);
      // The journey tells which way a message goes; until it is read, one without a card is a customer's.
      this.#note(id, this.#cards.get(id)?.direction ?? 'in', {
        keptAt: acceptedAt,
        state: retrying ? 'retrying' : 'waiting',
        ahead,
        ...(head ? { attempts } : {}),
        ...(head && lastError !== undefined ? { reason: lastError } : {}),
      });
    }
  }

  async #readJourney({ id, state }: Card): Promise<void> {
    const journeys = await findJourneys(this.#parts.redis, this.#parts.keys, id);
    const journey = journeys.at(-1);
    if (journey !== undefined) this.#note(id, journey.direction, fromJourney(journey, state));
  }

  #note(id: string, direction: Card['direction'], news: Partial<Card>): void {
    const before = this.#cards.get(id);
    const state = direction === 'in' ? 'waiting' : 'written';
    const blank: Card = { id, direction, who: '', text: '', type: 'text', attempts: 0, state };
    const card: Card = { ...(before ?? blank), direction, ...news };
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(card)) return;
    this.#cards.set(id, card);
    for (const listener of this.#listeners) listener(card);
  }
}

/** What a rich message calls itself. */
function titleOf(json: unknown): string {
  const title: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'title') : undefined;
  return typeof title === 'string' ? title : '';
}

function fromJourney({ acceptedAt, end }: Journey, before: Card['state']): Partial<Card> {
  // It may have come into its lane since the lanes were read, or stand further behind than they are read.
  if (end === undefined) return { keptAt: acceptedAt, state: before === 'written' ? 'waiting' : before };
  const { at, outcome, reason, attempts } = end;
  return {
    keptAt: acceptedAt,
    endedAt: at,
    state: outcome,
    attempts,
    ...(reason === undefined ? {} : { reason }),
  };
}
