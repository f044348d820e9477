import { isUtf8 } from 'node:buffer';
import type { InboundEvent } from '../../src/channels/adapter.js';
import type { ChatEvent } from '../../src/channels/webchat/events.js';
import type { AcceptStatus } from '../../src/lanes/lanes.js';
import type { InboundMessage } from '../../src/messages/model.js';
import { readRawBody } from '../body.js';
import { keep, rawRequest } from '../channel-webhook.js';
import { sessionOf, type ChatParts, type ChatRequest } from './entry.js';
import { Refusal, sendJson } from '../reply.js';

/** A text of the greatest length in the longest escapes, and what else a message has. */
const maxMessageBody = 128 * 1024;

const shown: ReadonlySet<string> = new Set(['text', 'choice', 'conversation.end']);

/** Takes what a customer says: `POST /chat/{channel}/messages`. */
export async function takeMessage(parts: ChatParts, chat: ChatRequest): Promise<void> {
  const { request, response, path, channel, entry, address } = chat;
  const startedAt = performance.now();
  parts.intake.check();
  const session = await sessionOf(parts, chat);
  await parts.limits.take('messages', channel, address, entry.settings.limits);
  const body = await readRawBody(request, maxMessageBody, parts.arrivals);
  if (!isUtf8(body)) throw new Refusal('malformed', 'body: expected JSON in UTF-8');
  const parsed = entry.adapter.parse(rawRequest(request, path, body), entry.settings);
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ field, expected }) => `${field}: expected ${expected}`);
    throw new Refusal(parsed.status === 400 ? 'malformed' : 'unprocessable', problems.join('; '));
  }
  const arrival = { caller: 'chat', channel, startedAt } as const;
  const statuses = await parts.intake.admit(() => keep(parts, arrival, entry, parsed.events));
  await showOtherTabs(parts, chat, session.customer.id, parsed.events, statuses);
  const answer = entry.adapter.reply(parsed.events, statuses);
  sendJson(response, answer.status, answer.body, answer.headers);
}

/**
 * The customer's other tabs see it too, in its place among the answers. It is kept already: if this fails, only they do
 * not.
 */
async function showOtherTabs(
  { outbox, onError }: ChatParts,
  { channel, entry }: ChatRequest,
  customerId: string,
  events: readonly InboundEvent[],
  statuses: readonly AcceptStatus[],
): Promise<void> {
  const [event] = events;
  if (event?.kind !== 'message' || statuses[0] !== 'accepted' || !shown.has(event.message.type)) return;
  const { messages, seconds } = entry.settings.outbox;
  const own = ownEvent(event.message);
  await outbox
    .append(channel, customerId, {
      key: own.key,
      event: JSON.stringify(own),
      fleeting: false,
      most: messages,
      lifeMs: seconds * 1000,
    })
    .catch(onError);
}

function ownEvent({ id, type, text, attachments, choices, replyTo }: InboundMessage): ChatEvent {
  return {
    key: `own:${id}`,
    id,
    type,
    own: true,
    ...(text !== undefined && { text }),
    ...(attachments !== undefined && { attachments: attachments.map(({ name }) => ({ name })) }),
    ...(choices !== undefined && { choices }),
    ...(replyTo !== undefined && { replyTo }),
  };
}
