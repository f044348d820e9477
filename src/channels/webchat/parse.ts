import type { z } from 'zod';
import { cleanText } from '../../messages/clean-text.js';
import type { InboundMessage } from '../../messages/model.js';
import type { FieldProblem, Parsed, RawRequest } from '../adapter.js';
import { webchatCapabilities } from './capabilities.js';
import { chatSchema, chatTypes, typeSchema, type ChatBody } from './inbound-schema.js';
import { bearerToken, readSessionToken } from './session-token.js';
import { readShape } from '../../messages/read-shape.js';

const longestText = webchatCapabilities.text.max;
const known: ReadonlySet<string> = new Set(chatTypes);

const malformed = (...problems: FieldProblem[]): Parsed => ({ ok: false, status: 400, problems });

function problemsOf(error: z.ZodError): Parsed {
  return malformed(
    ...error.issues.map(({ path, message }) => ({
      field:
        path
          .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
          .join('')
          .replace(/^\./, '') || 'body',
      expected: message,
    })),
  );
}

/**
 * One message per request. Who the customer is stands in the session's token alone, whatever the body says. Total: any
 * bytes give an answer. Only for requests that `verify` believed.
 */
export function parse(request: RawRequest): Parsed {
  const session = readSessionToken(bearerToken(request.headers.get('authorization')));
  if (session === undefined) return malformed({ field: 'authorization', expected: 'a session token' });
  let json: unknown;
  try {
    json = JSON.parse(request.body.toString('utf8'));
  } catch {
    return malformed({ field: 'body', expected: 'JSON in UTF-8' });
  }
  const typed = readShape(typeSchema, json);
  if (!typed.success) return problemsOf(typed.error);
  if (!known.has(typed.data.type)) {
    return { ok: true, events: [{ kind: 'unknown', name: cleanText(typed.data.type).slice(0, 64) }] };
  }
  const read = readShape(chatSchema, json);
  if (!read.success) return problemsOf(read.error);
  const refused = refusal(read.data);
  if (refused !== undefined) return refused;
  const { id, type, text, attachments, choices, replyTo, sentAt } = read.data;
  const message: InboundMessage = {
    id,
    type,
    customer: session.customer,
    ...(text !== undefined && { text }),
    ...(attachments !== undefined && { attachments }),
    ...(choices !== undefined && {
      choices: choices.map(({ id: option, title }) => ({
        id: option,
        ...(title !== undefined && { title }),
      })),
    }),
    ...(replyTo !== undefined && { replyTo }),
    ...(sentAt !== undefined && { sentAt }),
  };
  return { ok: true, events: [{ kind: 'message', message }] };
}

function refusal(body: ChatBody): Parsed | undefined {
  const unprocessable = (expected: string): Parsed => ({
    ok: false,
    status: 422,
    problems: [{ field: 'text', expected }],
  });
  const text = body.text ?? '';
  if (text.length > longestText) return unprocessable(`at most ${longestText} characters`);
  const empty = text.trim() === '' && (body.attachments ?? []).length === 0;
  if (body.type === 'text' && empty) return unprocessable('a text that is not empty, or attachments');
  return body.type === 'choice' && (body.choices ?? []).length === 0
    ? malformed({ field: 'choices', expected: 'at least one chosen option' })
    : undefined;
}
