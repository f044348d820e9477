import type { LaneElement } from '../src/lanes/element.js';
import { messageIdOf, type Envelope } from '../src/lanes/envelope.js';
import { journeyEnd } from '../src/lanes/journeys.js';
import type { Direction } from '../src/lanes/keyspace.js';
import type { Finished, Holding, JourneyEnd, Lanes } from '../src/lanes/lanes.js';
import { channelOf } from '../src/lanes/conversations.js';
import type { Loss } from '../src/messages/model.js';
import type { Outcome } from './delivery.js';
import type { Notices } from './notices.js';
import { persist } from './persist.js';

/** What is told about a delivery: ids, times and words from closed lists, never a text (I9). */
export interface DeliveryRecord {
  readonly direction: Direction;
  readonly channel: string;
  readonly messageId: string;
  readonly lane: string;
  readonly outcome: 'delivered' | 'ignored' | 'dead' | 'held';
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
  readonly attempt: number;
  /** From acceptance to now, milliseconds. */
  readonly ageMs: number;
  readonly conversationId?: string | undefined;
  /** Of the request that brought the message, where there is tracing. */
  readonly traceparent?: string | undefined;
  readonly deadLetter?: string | undefined;
  readonly losses?: readonly Loss[] | undefined;
}

export interface DeliveryObserver {
  delivery(record: DeliveryRecord): void;
}

/** One head at its end, or held. */
export interface Ending {
  readonly holding: Holding;
  readonly element: LaneElement;
  /** This attempt's number, from 1. */
  readonly attempts: number;
  readonly target: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

type Last = Extract<Outcome, { kind: 'delivered' | 'ignored' | 'dead' }>;

export interface EndOptions {
  readonly mapping: string;
  /** Whether the lane's mapping is to live on from now. */
  readonly prolong: boolean;
  readonly release: boolean;
  /** The job that goes on with a waiting lane when this one is empty. */
  readonly carrier?: string | undefined;
  /** The job whose lock is to be renewed. */
  readonly renew?: string | undefined;
  readonly most: number;
}

/** Writes down how a message ended, tells those who must know (I6), and leaves one line and one count. */
export class Endings {
  readonly #lanes: Lanes;
  readonly #notices: Notices;
  readonly #observer: DeliveryObserver;
  readonly #now: () => number;

  /** `now`: monotonic, milliseconds. */
  constructor(parts: {
    readonly lanes: Lanes;
    readonly notices: Notices;
    readonly observer: DeliveryObserver;
    readonly now: () => number;
  }) {
    this.#lanes = parts.lanes;
    this.#notices = parts.notices;
    this.#observer = parts.observer;
    this.#now = parts.now;
  }

  async end(
    envelope: Envelope | undefined,
    ending: Ending,
    outcome: Last,
    options: EndOptions,
  ): Promise<Finished> {
    const finished = await (outcome.kind === 'dead'
      ? this.#bury(envelope, ending, outcome, options)
      : this.#persist(ending, () =>
          this.#lanes.acknowledge(ending.holding, {
            journey: this.#journey(envelope, ending, outcome, options.mapping),
            keepMappingMs:
              outcome.kind === 'delivered' && options.prolong ? outcome.keepMappingMs : undefined,
            opened: outcome.kind === 'delivered' ? outcome.opened : undefined,
            said: outcome.kind === 'delivered' ? outcome.said : undefined,
            release: options.release,
            carrier: options.carrier,
            renew: options.renew,
            most: options.most,
          }),
        ));
    if (outcome.kind !== 'dead' && finished.kind !== 'fenced' && finished.kind !== 'already') {
      this.#observe(envelope, ending, options.mapping, {
        outcome: outcome.kind,
        ...(outcome.kind === 'ignored'
          ? { reason: outcome.reason }
          : {
              conversationId: outcome.conversationId,
              ...(outcome.losses === undefined || outcome.losses.length === 0
                ? {}
                : { losses: outcome.losses }),
            }),
      });
    }
    return finished;
  }

  held(envelope: Envelope | undefined, ending: Ending, mapping: string, error: string): void {
    this.#observe(envelope, ending, mapping, { outcome: 'held', reason: error });
  }

  async #bury(
    envelope: Envelope | undefined,
    ending: Ending,
    outcome: Extract<Last, { kind: 'dead' }>,
    options: EndOptions,
  ): Promise<Finished> {
    const { reason, detail } = outcome;
    if (envelope !== undefined && this.#notices.concerns(envelope)) {
      // The notice comes first, so that a crash between the two tells the customer twice rather than never; its own
      // duplicate mark makes it once. Only who still owns the lane may say that the message is dead.
      const mine = await this.#persist(ending, () => this.#lanes.owns(ending.holding));
      if (!mine) return { kind: 'fenced' };
      await this.#persist(ending, () => this.#notices.undelivered(envelope, options.mapping, reason));
    }
    const buried = await this.#persist(ending, () =>
      this.#lanes.bury(ending.holding, {
        reason,
        detail,
        journey: this.#journey(envelope, ending, outcome, options.mapping),
        release: options.release,
      }),
    );
    if (buried.kind === 'none') return { kind: 'fenced' };
    if (buried.kind !== 'empty' && buried.kind !== 'more') return { kind: buried.kind };
    this.#observe(envelope, ending, options.mapping, {
      outcome: 'dead',
      reason,
      detail,
      deadLetter: buried.deadLetter,
    });
    // What is read ahead was read before: the caller takes the lane anew.
    return buried.kind === 'empty'
      ? { kind: 'empty', orders: buried.orders }
      : { kind: 'more', now: ending.now(), offers: false, elements: [], orders: [] };
  }

  #persist<T>(ending: Ending, write: () => Promise<T>): Promise<T> {
    return persist(write, { signal: ending.signal, now: this.#now });
  }

  #journey(
    envelope: Envelope | undefined,
    ending: Ending,
    outcome: Last,
    mapping: string,
  ): JourneyEnd | undefined {
    if (envelope === undefined || ending.element.ephemeral) return undefined;
    const { direction, channel } = whereabouts(envelope, mapping);
    return {
      id: messageIdOf(envelope),
      value: journeyEnd({
        direction,
        channel,
        acceptedAt: ending.element.revived?.originalAcceptedAt ?? ending.element.acceptedAt,
        at: Math.round(ending.now()),
        outcome: outcome.kind,
        reason: outcome.kind === 'delivered' ? undefined : outcome.reason,
        attempts: ending.attempts,
        ...(outcome.kind === 'delivered'
          ? { conversationId: outcome.conversationId, farId: outcome.farId }
          : {}),
      }),
    };
  }

  #observe(
    envelope: Envelope | undefined,
    ending: Ending,
    mapping: string,
    what: Pick<DeliveryRecord, 'outcome' | 'reason' | 'detail' | 'conversationId' | 'deadLetter' | 'losses'>,
  ): void {
    const { direction, channel } = whereabouts(envelope, mapping);
    this.#observer.delivery({
      direction,
      channel,
      messageId: envelope === undefined ? '?' : messageIdOf(envelope),
      lane: ending.holding.lane,
      attempt: ending.attempts,
      ageMs: Math.round(ending.now() - ending.element.acceptedAt),
      traceparent: envelope?.trace,
      ...what,
      conversationId: what.conversationId ?? conversationIdOf(envelope, mapping),
    });
  }
}

/** The conversation a message is of; undefined for one that is to open it, or that is of none. */
export function conversationIdOf(envelope: Envelope | undefined, mapping: string): string | undefined {
  if (envelope?.kind === 'outbound') return envelope.conversationId;
  return envelope?.kind === 'inbound' && mapping !== '' ? mapping : undefined;
}

function whereabouts(
  envelope: Envelope | undefined,
  mapping: string,
): { direction: Direction; channel: string } {
  if (envelope === undefined) return { direction: 'in', channel: '?' };
  if (envelope.kind === 'misfit') return { direction: 'out', channel: '?' };
  if (envelope.kind === 'outbound') return { direction: 'out', channel: channelOf(mapping) ?? '?' };
  return { direction: envelope.kind === 'notice' ? 'out' : 'in', channel: envelope.channel };
}
