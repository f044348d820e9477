import { z } from 'zod';
import { isEventId } from '../../src/lanes/outbox.js';
import { parseJson, readRawBody, readText } from '../body.js';
import { confirmed, sessionOf, type ChatParts, type ChatRequest } from './entry.js';
import { Refusal, sendJson } from '../reply.js';
import { readShape } from '../../src/messages/read-shape.js';

const maxAcknowledgement = 1024;

const tabExpected = '8 to 64 letters, digits, dashes and underscores, chosen by the tab';
const tabPattern = /^[\w-]{8,64}$/;
const bodySchema = z.object({ cursor: z.string().refine(isEventId) });

/**
 * Tells what is said to the customer, from the event after `Last-Event-ID` on, until either side leaves:
 * `GET /chat/{channel}/events`. The tab has shown everything up to that event.
 */
export async function streamEvents(parts: ChatParts, chat: ChatRequest): Promise<void> {
  const { request, response, channel, entry, address } = chat;
  parts.intake.check();
  const session = await sessionOf(parts, chat);
  const tab = tabOf(chat);
  const cursor = request.headers['last-event-id'] ?? '';
  if (typeof cursor !== 'string' || (cursor !== '' && !isEventId(cursor)))
    throw new Refusal('malformed', 'last-event-id: expected the id of an event');
  const lane = parts.keys.inboundLane(channel, session.customer.id);
  await confirmed(parts.outbox.acknowledge(lane, tab, cursor));
  parts.streams.open(response, {
    lane,
    tab,
    cursor,
    expiresAt: session.expiresAt,
    sessionId: session.id,
    group: `${channel}:${address}`,
    mostOfGroup: entry.settings.limits.streams,
  });
}

/** The tab has shown everything up to an event: `POST /chat/{channel}/events`. */
export async function acknowledgeEvents(parts: ChatParts, chat: ChatRequest): Promise<void> {
  const { request, response, channel, entry, address } = chat;
  const session = await sessionOf(parts, chat);
  const tab = tabOf(chat);
  await parts.limits.take('acknowledgements', channel, address, entry.settings.limits);
  const read = readShape(
    bodySchema,
    parseJson(readText(await readRawBody(request, maxAcknowledgement, parts.arrivals))),
  );
  if (!read.success) throw new Refusal('malformed', 'cursor: expected the id of an event');
  const lane = parts.keys.inboundLane(channel, session.customer.id);
  await confirmed(parts.outbox.acknowledge(lane, tab, read.data.cursor));
  sendJson(response, 200, '{}');
}

function tabOf({ request }: ChatRequest): string {
  const tab = request.headers['chat-tab'];
  if (typeof tab === 'string' && tabPattern.test(tab)) return tab;
  throw new Refusal('malformed', `chat-tab: expected ${tabExpected}`);
}
