import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { HubMessage } from './types.js';
import { isJsonObject, isUsualMessage } from './usual-message.js';
import { readShape } from '../messages/read-shape.js';

export type CallbackItem =
  | {
      readonly ok: true;
      /** The very value that was given, when nothing of it had to be read differently. */
      readonly message: HubMessage;
      /** The hub's id, else the sender's, else a new one. */
      readonly id: string;
      readonly conversationId: string;
      /** What a repeat is recognised by (I3); absent when the hub gave nothing to recognise it by. */
      readonly dedupeKey?: string;
    }
  | { readonly ok: false; readonly field: string; readonly reason: string; readonly raw: unknown };

/** `field` names what is malformed, never its value. */
export type ParsedCallback =
  | { readonly ok: true; readonly items: readonly CallbackItem[] }
  | { readonly ok: false; readonly field: string; readonly expected: string };

/** A sibling sends up to 1000 in one request [assumed: sibling ECE]. */
const mostMessages = 1000;

/** Ids and texts that came as another primitive are read, anything else counts as absent. */
const word = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);
const attachment = z.looseObject({
  id: word,
  name: word,
  contentType: word,
  size: z.union([z.number(), z.string()]).optional().catch(undefined),
  url: word,
});
const attachmentList = z.array(z.unknown()).transform((list) =>
  list.flatMap((entry) => {
    const read = attachment.safeParse(entry);
    return read.success ? [read.data] : [];
  }),
);
const content = z.union([
  z.string(),
  z.looseObject({ text: word, html: word, redact: z.boolean().optional().catch(undefined) }),
]);

/**
 * Only type and conversation can be relied on; a strange optional field must not cost the message. What `isUsualMessage`
 * lets by must pass here unchanged.
 */
export const hubMessage = z.looseObject({
  id: word,
  messageId: word,
  type: z.union([
    z.looseObject({ value: z.string().min(1) }),
    z
      .string()
      .min(1)
      .transform((value) => ({ value })),
  ]),
  content: content.optional().catch(undefined),
  sender: z
    .looseObject({ type: z.string(), participant: z.looseObject({ name: word }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  conversation: z.looseObject({
    id: z.union([z.string().min(1), z.number().transform(String)]),
  }),
  attachments: z
    .union([
      z.looseObject({ attachment: attachmentList }),
      attachmentList.transform((list) => ({ attachment: list })),
    ])
    .optional()
    .catch(undefined),
  parent: z.looseObject({ messageId: word }).optional().catch(undefined),
  created: word,
});

/**
 * Takes a callback body apart, item by item: one bad item does not spoil the others (I1). Shape [wild: DM bridge]:
 * `{ messages: { message: [...] } }`; a single object in place of the list is read as well.
 */
export function parseCallback(body: unknown, newId: () => string = randomUUID): ParsedCallback {
  if (!isJsonObject(body)) return { ok: false, field: '', expected: 'a JSON object' };
  const { messages } = body;
  if (!isJsonObject(messages)) return { ok: false, field: 'messages', expected: 'an object' };
  const given = messages['message'];
  const list: readonly unknown[] | undefined = Array.isArray(given)
    ? given
    : isJsonObject(given)
      ? [given]
      : undefined;
  if (list === undefined) return { ok: false, field: 'messages.message', expected: 'a list of messages' };
  if (list.length > mostMessages) {
    return { ok: false, field: 'messages.message', expected: `at most ${mostMessages} messages` };
  }
  return { ok: true, items: list.map((raw, index) => parseItem(raw, index, newId)) };
}

function parseItem(raw: unknown, index: number, newId: () => string): CallbackItem {
  const read = readMessage(raw);
  if (!read.ok) {
    const path = ['messages.message', String(index), ...read.path.map(String)];
    return { ok: false, field: path.join('.'), reason: 'missing or not of the expected type', raw };
  }
  const { message } = read;
  const conversationId = message.conversation.id;
  const hubId = filled(message.id);
  const senderId = filled(message.messageId);
  const strange = strangeId(hubId, senderId, conversationId);
  if (strange !== undefined) {
    return { ok: false, field: `messages.message.${index}.${strange}`, reason: idExpected, raw };
  }
  const dedupeKey = hubId ?? (senderId === undefined ? undefined : `${conversationId}:${senderId}`);
  return {
    ok: true,
    message,
    id: hubId ?? senderId ?? newId(),
    conversationId,
    ...(dedupeKey === undefined ? {} : { dedupeKey }),
  };
}

type ReadMessage =
  | { readonly ok: true; readonly message: HubMessage }
  | { readonly ok: false; readonly path: readonly PropertyKey[] };

function readMessage(raw: unknown): ReadMessage {
  if (isUsualMessage(raw)) return { ok: true, message: raw };
  const read = readShape(hubMessage, raw);
  return read.success
    ? { ok: true, message: read.data }
    : { ok: false, path: read.error.issues[0]?.path ?? [] };
}

/** Ids go into log lines and on to the channel; the hub's own are UUIDs. */
const longestId = 255;
const idExpected = `expected at most ${longestId} characters, none of them a control character`;

/** The field of the first id that is none. */
function strangeId(
  hubId: string | undefined,
  senderId: string | undefined,
  conversationId: string,
): string | undefined {
  if (!isId(hubId)) return 'id';
  if (!isId(senderId)) return 'messageId';
  return isId(conversationId) ? undefined : 'conversation.id';
}

function isId(value: string | undefined): boolean {
  if (value === undefined) return true;
  return value.length <= longestId && !/\p{Cc}/u.test(value);
}

function filled(id: string | undefined): string | undefined {
  return id === undefined || id === '' ? undefined : id;
}
