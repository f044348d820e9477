/** eGain's error object (contract 1.1) and the codes of contract 1.2, as answers. */
import type { z } from 'zod';
import type { Answer } from './http/answer.js';

export interface ErrorBody {
  readonly code: string;
  readonly developerMessage: string;
  readonly details?: readonly { readonly key: string; readonly value?: string }[];
  readonly userMessage?: string;
}

/**
 * Codes of the simulator's private range (`4xx-9nn`): used wherever eGain's own code is not known, so that nobody
 * can take them for eGain's [assumed].
 */
export const privateCodes = {
  malformedJson: '400-900',
  senderNotAllowed: '400-901',
  noSuchAccount: '400-902',
  inactive: '400-903',
  lookupContactAbsent: '400-904',
  unknownParent: '400-905',
  textTooLong: '400-906',
  unknownReference: '400-907',
  notUnique: '400-908',
  inUse: '400-909',
  fileRefused: '400-910',
  contactType: '400-911',
  tooManyMessages: '400-912',
  unusableAsset: '400-913',
  uploadSize: '400-914',
  uploadType: '400-915',
  badQuery: '400-916',
  assetUsed: '403-902',
  badSignature: '403-903',
  methodNotAllowed: '405-901',
  bodyTooLarge: '413-901',
  wrongContentType: '415-901',
} as const;

/** An answer in eGain's error shape; the status is the first part of the code. */
export function refuse(code: string, developerMessage: string, details?: ErrorBody['details']): Answer {
  const body: ErrorBody = { code, developerMessage, ...(details === undefined ? {} : { details }) };
  return { status: Number(code.slice(0, 3)), body };
}

/** `400-143`; the message ends with the attribute's name [doc: operation/updateChannel]. */
export function missing(attribute: string): Answer {
  return refuse('400-143', `Required attribute is missing in the request body: ${attribute}`, [
    { key: 'attribute', value: attribute },
  ]);
}

export function invalid(attribute: string, why: string): Answer {
  return refuse('400-152', `Value of attribute is not valid (${why}): ${attribute}`, [
    { key: 'attribute', value: attribute },
  ]);
}

export function notInList(attribute: string): Answer {
  return refuse('400-196', `Value of attribute is not in the allowed list: ${attribute}`, [
    { key: 'attribute', value: attribute },
  ]);
}

export function notFound(what: string): Answer {
  return refuse('404-101', `Not found: ${what}`);
}

export function unauthorized(): Answer {
  return refuse('401-104', "The 'Authorization' header is missing, not valid or expired");
}

/** zod's words for a value outside its list; a union is chosen by such a value here (`type` of an authentication). */
const notAllowed: ReadonlySet<string | undefined> = new Set(['invalid_value', 'invalid_union']);

/** One answer for a body of the wrong shape: what is missing is told before what is wrong. */
export function refuseShape(body: unknown, error: z.ZodError): Answer {
  const problems = error.issues.map((issue) => ({
    attribute: attributeName(issue.path),
    rank: valueAt(body, issue.path) === undefined ? 0 : notAllowed.has(issue.code) ? 1 : 2,
    why: issue.message,
  }));
  const [first] = problems.sort((a, b) => a.rank - b.rank);
  if (first === undefined) return invalid('body', 'not readable');
  if (first.attribute === '') return missing('body');
  if (first.rank === 0) return missing(first.attribute);
  return first.rank === 1 ? notInList(first.attribute) : invalid(first.attribute, first.why);
}

function attributeName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, part) =>
      typeof part === 'number' ? `${name}[${part}]` : name === '' ? String(part) : `${name}.${String(part)}`,
    '',
  );
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}
