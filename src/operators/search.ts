import { findJourneys, type Journey } from '../lanes/journeys.js';
import { journeysOfLanes } from '../lanes/lane-journeys.js';
import type { OperatorAccess } from './access.js';
import { whereItIs, type Whereabouts } from './whereabouts.js';

export type Question =
  | { readonly by: 'message'; readonly id: string; readonly channel?: string | undefined }
  | { readonly by: 'customer'; readonly channel: string; readonly customerId: string }
  | { readonly by: 'conversation'; readonly conversationId: string };

/** A journey with where its message is now. */
export interface FoundMessage extends Omit<Journey, 'messageId'>, Whereabouts {
  /** Undefined where it is not kept: a journey that was found by its lane and has ended. */
  readonly messageId?: string | undefined;
}

export interface Found {
  /** In the order of acceptance. */
  readonly messages: readonly FoundMessage[];
  /** False when there are more than were asked for, which are older. */
  readonly complete: boolean;
  /** The lanes that were looked through. */
  readonly lanes: readonly string[];
  /** The customer's open conversation, where one was asked about. */
  readonly openConversation?: string | undefined;
}

/** What happened to one message, to everything of one customer or of one conversation. @throws what Redis throws */
export async function search(access: OperatorAccess, question: Question, most: number): Promise<Found> {
  switch (question.by) {
    case 'message':
      return byMessage(access, question);
    case 'customer':
      return byCustomer(access, question, most);
    case 'conversation':
      return byConversation(access, question.conversationId, most);
  }
}

async function byMessage(
  access: OperatorAccess,
  { id, channel }: Extract<Question, { by: 'message' }>,
): Promise<Found> {
  const { redis, keys } = access;
  const journeys = (await findJourneys(redis, keys, id)).filter(
    // An outbound message's channel is known only once its conversation was looked up.
    (journey) => channel === undefined || journey.channel === channel || journey.channel === '',
  );
  const messages = await Promise.all(
    journeys.map(async (journey) => ({
      ...journey,
      ...(await whereItIs(access, journey, (other) => other === id)),
    })),
  );
  return { messages, complete: true, lanes: journeys.map(({ lane }) => lane) };
}

async function byCustomer(
  access: OperatorAccess,
  { channel, customerId }: Extract<Question, { by: 'customer' }>,
  most: number,
): Promise<Found> {
  const { redis, keys, conversations } = access;
  const inbound = keys.inboundLane(channel, customerId);
  const openConversation = await conversations.open(channel, customerId);
  const written = await journeysOfLanes(redis, keys, [inbound], most);
  const known = new Set(written.journeys.flatMap(({ end }) => end?.conversationId ?? []));
  if (openConversation !== undefined) known.add(openConversation);
  const others = [keys.noticeLane(channel, customerId), ...[...known].map((id) => keys.outboundLane(id))];
  const told = await journeysOfLanes(redis, keys, others, most);
  return {
    ...(await latest(access, [...written.journeys, ...told.journeys], most)),
    ...(written.complete && told.complete ? {} : { complete: false }),
    lanes: [inbound, ...others],
    openConversation,
  };
}

async function byConversation(access: OperatorAccess, conversationId: string, most: number): Promise<Found> {
  const { redis, keys, conversations } = access;
  const outbound = keys.outboundLane(conversationId);
  const customer = await conversations.customerOf(conversationId);
  const told = await journeysOfLanes(redis, keys, [outbound], most);
  if (customer === undefined) {
    return {
      ...(await latest(access, told.journeys, most)),
      ...(told.complete ? {} : { complete: false }),
      lanes: [outbound],
    };
  }
  const inbound = keys.inboundLane(customer.channel, customer.customerId);
  const isOpen = (await conversations.open(customer.channel, customer.customerId)) === conversationId;
  const written = await journeysOfLanes(redis, keys, [inbound], most);
  const theirs = written.journeys.filter(({ end }) =>
    // What still waits will go into the conversation that is open.
    end === undefined ? isOpen : end.conversationId === conversationId,
  );
  return {
    ...(await latest(access, [...theirs, ...told.journeys], most)),
    ...(written.complete && told.complete ? {} : { complete: false }),
    lanes: [inbound, outbound],
    openConversation: isOpen ? conversationId : undefined,
  };
}

async function latest(
  access: OperatorAccess,
  journeys: readonly (Journey & { readonly name: string })[],
  most: number,
): Promise<Pick<Found, 'messages' | 'complete'>> {
  const sorted = [...journeys].sort((one, other) => other.acceptedAt - one.acceptedAt);
  const messages = await Promise.all(
    sorted
      .slice(0, most)
      .reverse()
      .map(async ({ name, ...journey }) => ({
        ...journey,
        messageId: undefined,
        ...(await whereItIs(access, journey, (id) => access.keys.journey(id) === name)),
      })),
  );
  return { messages, complete: sorted.length <= most };
}
