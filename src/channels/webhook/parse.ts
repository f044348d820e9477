import type { z } from 'zod';
import { cleanText } from '../../messages/clean-text.js';
import {
  inboundTypes,
  type Attachment,
  type Choice,
  type Customer,
  type InboundMessage,
  type InboundType,
} from '../../messages/model.js';
import type { FieldProblem, Parsed, RawRequest } from '../adapter.js';
import { inboundSchema, typeSchema, type InboundBody } from './inbound-schema.js';
import { readShape } from '../../messages/read-shape.js';

/** In UTF-16 units; a manifest sets the limit that customers meet, this one only bounds the work. */
const longestText = 65_536;

const knownTypes: ReadonlySet<string> = new Set(inboundTypes);

const freeForm: ReadonlySet<PropertyKey> = new Set(['attributes', 'result']);

/** `customer.id`, `attachments[0].url`: names of fields only; what stands in a free-form object is the caller's. */
function fieldOf(path: readonly PropertyKey[]): string {
  const free = path.findIndex((key) => freeForm.has(key));
  const known = free === -1 ? path : path.slice(0, free + 1);
  return known
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function malformed(error: z.ZodError): Parsed {
  const problems = error.issues.map((issue) => ({
    field: fieldOf(issue.path) === '' ? 'body' : fieldOf(issue.path),
    expected: issue.path.some((key) => freeForm.has(key))
      ? 'texts by name, each at most 4096 characters'
      : issue.message,
  }));
  return { ok: false, status: 400, problems };
}

/** What `replyTo` is to the types that cannot do without it. */
const replyToOf: Readonly<Partial<Record<InboundType, string>>> = {
  'message.edit': 'the id of the message to change',
  'message.delete': 'the id of the message to delete',
  'message.undo': 'the id of the deleted message',
  'authentication.success': 'the id of the message that asked for it',
  'authentication.failure': 'the id of the message that asked for it',
};

/** Fields that a type cannot do without, beyond those every message has. */
function missingFor(body: InboundBody): FieldProblem[] {
  const expected = replyToOf[body.type];
  if (expected !== undefined && body.replyTo === undefined) return [{ field: 'replyTo', expected }];
  if (body.type === 'choice' && (body.choices ?? []).length === 0) {
    return [{ field: 'choices', expected: 'at least one chosen option' }];
  }
  if (body.type === 'error' && body.error === undefined) {
    return [{ field: 'error', expected: 'an object with a code' }];
  }
  return [];
}

function refusedContent(body: InboundBody): FieldProblem[] {
  const text = body.text ?? '';
  if (text.length > longestText) return [{ field: 'text', expected: `at most ${longestText} characters` }];
  if (text.trim() !== '') return [];
  if (body.type === 'message.edit') return [{ field: 'text', expected: 'a text that is not empty' }];
  return body.type === 'text' && (body.attachments ?? []).length === 0
    ? [{ field: 'text', expected: 'a text that is not empty, or attachments' }]
    : [];
}

type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];
type Present<T> = Omit<T, Optional<T>> & { [K in Optional<T>]?: Exclude<T[K], undefined> };

/** Without the fields that are undefined: stored and sent on, an absent field must stay absent. */
function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}

function toMessage(body: InboundBody): InboundMessage {
  return present({
    ...body,
    customer: present(body.customer) satisfies Customer,
    attachments: body.attachments?.map((file) => present(file) satisfies Attachment),
    choices: body.choices?.map((choice) => present(choice) satisfies Choice),
    error: body.error === undefined ? undefined : present(body.error),
  });
}

function readJson(body: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body.toString('utf8').replace(/^\ufeff/, '')) };
  } catch {
    return undefined;
  }
}

/**
 * One message per request, in the shape of design section 6.1. A body that does not have it is a 400 that names the
 * fields; an empty or oversized text is a 422; a `type` not in the list is an `unknown` event, so that a channel may
 * be ahead of the bridge. Total: any bytes give an answer, none an exception.
 */
export function parse(request: RawRequest): Parsed {
  const json = readJson(request.body);
  if (json === undefined) {
    return { ok: false, status: 400, problems: [{ field: 'body', expected: 'JSON in UTF-8' }] };
  }
  const typed = readShape(typeSchema, json.value);
  if (!typed.success) return malformed(typed.error);
  if (!knownTypes.has(typed.data.type)) {
    return { ok: true, events: [{ kind: 'unknown', name: cleanText(typed.data.type).slice(0, 64) }] };
  }
  const read = readShape(inboundSchema, json.value);
  if (!read.success) return malformed(read.error);
  const missing = missingFor(read.data);
  if (missing.length > 0) return { ok: false, status: 400, problems: missing };
  const refused = refusedContent(read.data);
  if (refused.length > 0) return { ok: false, status: 422, problems: refused };
  return { ok: true, events: [{ kind: 'message', message: toMessage(read.data) }] };
}
