import { AlteredError, MissingKeyError, type AtRest } from './at-rest.js';
import { openMapping } from './conversations.js';
import { customerPlace, errorPlace, openElement, planPlace, type LaneElement } from './element.js';
import type { ScriptAnswer, ScriptRunner } from './scripts.js';

/** Life times in milliseconds, counts as numbers. */
export interface LaneSettings {
  /** Runs the script of acceptance where its answer must mean more than that one Redis has it. */
  readonly write?: ScriptRunner;
  readonly duplicateWindowMs: number;
  readonly journeysMs: number;
  readonly journeysMax: number;
  readonly deadLettersMs: number;
  readonly deadLettersMax: number;
  /** How many lanes of one target may have a job, per live worker process; the others wait in the target's room. */
  readonly window: number;
  /** Undefined = nobody asks whether a job is still in the hands of who says so. */
  readonly jobLock?: JobLock;
}

/** Where it is written who has a job in hand. */
export interface JobLock {
  /** By the shard's tag and the job's id. */
  readonly keyOf: (tag: string, jobId: string) => string;
  /** How long such a key lives from when it was last renewed, in milliseconds. */
  readonly lifeMs: number;
}

/** One message to accept. `target` undefined = the channel of the conversation's customer, found by the script. */
export interface NewMessage {
  readonly lane: string;
  readonly target?: string;
  /** Undefined for what may be dropped and coalesced (typing): no mark, no journey. */
  readonly mark?: string;
  /** How long a repeat is recognised; default is the installation's duplicate window. */
  readonly markLifeMs?: number;
  /** The id people know the message by, and how its journey begins (see `journeys.ts`). */
  readonly journey?: { readonly id: string; readonly head: string };
  /** For telling, not kept here: the payload has it. */
  readonly conversationId?: string;
  readonly payload: string;
}

export type AcceptStatus = 'accepted' | 'duplicate';

/** A lane that needs a BullMQ job: its id says which lane and which generation. */
export interface JobOrder {
  readonly shard: number;
  readonly jobId: string;
  readonly target: string;
}

export interface Accepted {
  /** Parallel to the messages given. */
  readonly statuses: readonly AcceptStatus[];
  readonly orders: readonly JobOrder[];
}

/** What a job holds in hand: the lane, by whom, and how many of its messages were finished before. */
export interface Holding {
  readonly lane: string;
  readonly owner: string;
  readonly finished: number;
}

/** A lane as its new owner finds it. */
export interface TakenLane {
  readonly now: number;
  readonly target: string;
  readonly finished: number;
  readonly attempts: number;
  /** Starts on this head that ended without an outcome, this one included. */
  readonly starts: number;
  readonly plan: string;
  /** Inbound: the open conversation. Outbound: "<channel> <customer as JSON>". Empty when there is none. */
  readonly mapping: string;
  readonly lastError: string;
  /** What the customer told before there was a conversation, as JSON; only without a mapping, else empty. */
  readonly info: string;
  /** Whether the lane's customer was offered something lately that one of these elements may answer. */
  readonly offers: boolean;
  readonly elements: readonly LaneElement[];
  /** The id of the key that is missing to read the plan, the mapping or the info: then nothing of the lane can go out. */
  readonly lockedBy?: string;
}

export type Taken =
  | { readonly kind: 'stale' }
  | { readonly kind: 'early'; readonly waitMs: number }
  | ({ readonly kind: 'taken' } & TakenLane);

/** `fenced`: somebody else has the lane. `already`: this head was finished before, the answer just got lost. */
export type Refusal = { readonly kind: 'fenced' | 'already' };
export type Finished =
  | Refusal
  | {
      readonly kind: 'more';
      readonly now: number;
      /** As in `TakenLane`, when these elements were read. */
      readonly offers: boolean;
      readonly elements: readonly LaneElement[];
      readonly orders: readonly JobOrder[];
    }
  | { readonly kind: 'empty'; readonly orders: readonly JobOrder[] }
  /** The head is finished, but the job is not its worker's any more: what follows in the lane is for another one. */
  | { readonly kind: 'lost'; readonly orders: readonly JobOrder[] }
  /** The lane is empty, and its owner has got another lane of the same target in hand. */
  | {
      readonly kind: 'next';
      readonly orders: readonly JobOrder[];
      readonly lane: string;
      readonly generation: string;
      readonly taken: TakenLane;
    };

/** A conversation that a message opened, to be written in the order of I2 together with the message's end. */
export interface OpenedConversation {
  readonly conversationId: string;
  readonly outboundLane: string;
  /** "<channel> <customer as JSON>" */
  readonly customer: string;
  readonly memoryMs: number;
  readonly idleMs: number;
  /** What the customer had told before has been passed on. */
  readonly infoTold: boolean;
}

/** Something was said in a customer's open conversation: its idle time begins anew. */
export interface SaidInConversation {
  readonly inboundLane: string;
  readonly conversationId: string;
  readonly idleMs: number;
}

/** What is written down when a head was delivered or ignored. */
export interface Acknowledgement {
  readonly journey?: JourneyEnd | undefined;
  /** Prolongs the lane's mapping. */
  readonly keepMappingMs?: number | undefined;
  readonly opened?: OpenedConversation | undefined;
  readonly said?: SaidInConversation | undefined;
  /** Lets a waiting lane of the same target have the place when this one is empty. */
  readonly release: boolean;
  /** Who has this job in hand goes on with that waiting lane itself. */
  readonly carrier?: string | undefined;
  /** The job that has the lane in hand, when it is time to renew its lock: see `lost`. */
  readonly renew?: string | undefined;
  /** Messages to read ahead. */
  readonly most: number;
}

/** What is written down when a head becomes a dead letter. */
export interface Death {
  readonly reason: string;
  readonly detail: string;
  readonly journey?: JourneyEnd | undefined;
  readonly release: boolean;
  /** When the head that is meant was accepted, where an operator says so and not its owner. */
  readonly acceptedAt?: number;
}

export type Buried =
  | Refusal
  | { readonly kind: 'none' }
  | { readonly kind: 'more' | 'empty'; readonly deadLetter: string; readonly orders: readonly JobOrder[] };

/** How a journey ends, ready to be stored; undefined for messages without one. */
export interface JourneyEnd {
  readonly id: string;
  readonly value: string;
}

/** A batch was not kept as a whole. `orders` are for what was kept; the sender must be told to repeat. */
export class AcceptError extends Error {
  readonly orders: readonly JobOrder[];

  constructor(orders: readonly JobOrder[], cause: unknown) {
    super('Redis did not keep every message of the batch', { cause });
    this.name = 'AcceptError';
    this.orders = orders;
  }
}

export function readOrders(shard: number, answer: readonly ScriptAnswer[], from: number): JobOrder[] {
  const orders: JobOrder[] = [];
  for (let i = from; i + 1 < answer.length; i += 2) {
    orders.push({ shard, jobId: String(answer[i]), target: String(answer[i + 1]) });
  }
  return orders;
}

/** @throws for a word that no script says. */
export function readRefusal(answer: ScriptAnswer | undefined): Refusal {
  if (answer === 'fenced' || answer === 'already') return { kind: answer };
  throw new TypeError('a Redis script answered with a word its caller does not know');
}

/** What `own` of `prelude.lua` says about a lane. */
export function readTaken(
  atRest: AtRest,
  lane: string,
  now: number,
  answer: readonly ScriptAnswer[],
): TakenLane {
  const [target, finished, attempts, starts, plan, mapping, lastError, info, offers, ...elements] = answer;
  const facts = {
    now,
    target: String(target),
    finished: Number(finished),
    attempts: Number(attempts),
    starts: Number(starts),
    offers: offers === 1,
    elements: elements.map((element) => openElement(atRest, lane, String(element))),
  };
  try {
    return {
      ...facts,
      plan: opened(atRest, planPlace(lane), plan),
      mapping: openMapping(atRest, lane, String(mapping)),
      lastError: opened(atRest, errorPlace(lane), lastError),
      info: opened(atRest, customerPlace(lane), info),
    };
  } catch (error) {
    // What was changed may not be guessed at either: the lane stands still, and somebody is told.
    if (!(error instanceof MissingKeyError) && !(error instanceof AlteredError)) throw error;
    const lockedBy = error instanceof MissingKeyError ? error.keyId : 'altered';
    return { ...facts, plan: '', mapping: '', lastError: '', info: '', lockedBy };
  }
}

function opened(atRest: AtRest, place: string, answer: ScriptAnswer | undefined): string {
  return atRest.open(place, String(answer));
}
