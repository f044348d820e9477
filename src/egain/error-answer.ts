import { EgainError, egainCode, type ErrorDetail } from './errors.js';
import { retryAfterOf, type AnswerHeaders } from './retry-after.js';

export interface FailedAnswer {
  readonly operation: string;
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface ErrorObject {
  readonly code?: string;
  readonly developerMessage?: string;
  readonly details?: readonly ErrorDetail[];
}

/** eGain's own limits for the texts of an error object [assumed: sibling v4]. */
const maxText = 255;
const maxDetails = 30;

/** Timeouts, conflicts of load and failures on the other side; 401 because it is only seen after a renewed token. */
const retryableStatus = (status: number): boolean =>
  status === 401 || status === 408 || status === 429 || status >= 500;

/** Makes the error for an answer outside 2xx; never throws, whatever the body holds. */
export function errorFromAnswer(answer: FailedAnswer): EgainError {
  const found = readErrorObject(answer.text);
  const about = [found?.code, found?.developerMessage].filter((part) => part !== undefined).join(' ');
  return new EgainError(
    `${answer.operation}: eGain answered ${answer.status}${about === '' ? '' : ` ${about}`}`,
    {
      kind: found === undefined ? 'not-egain' : 'answer',
      status: answer.status,
      code: found?.code,
      developerMessage: found?.developerMessage,
      details: found?.details,
      retryable: retryableStatus(answer.status),
      retryAfterMs: retryAfterOf(answer.headers, answer.now),
    },
  );
}

function readErrorObject(text: string): ErrorObject | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return salvage(text);
  }
  if (!isRecord(parsed)) return undefined;
  const inner = isRecord(parsed['error']) ? parsed['error'] : undefined;
  const code = word(parsed['code']) ?? word(parsed['error']) ?? word(inner?.['code']);
  if (code === undefined) return undefined;
  const developerMessage =
    word(parsed['developerMessage']) ??
    word(parsed['error_description']) ??
    word(parsed['message']) ??
    word(inner?.['message']);
  const details = readDetails(parsed['details']);
  return {
    code,
    ...(developerMessage === undefined ? {} : { developerMessage }),
    ...(details.length === 0 ? {} : { details }),
  };
}

/** A body cut by a proxy still shows its code, which decides more than the rest of it. */
function salvage(text: string): ErrorObject | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  const code = /"code"\s*:\s*"([^"]{1,40})"/.exec(text)?.[1];
  return code !== undefined && egainCode.test(code) ? { code } : undefined;
}

function readDetails(value: unknown): ErrorDetail[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, maxDetails).flatMap((entry: unknown) => {
    const key = isRecord(entry) ? word(entry['key']) : undefined;
    if (key === undefined || !isRecord(entry)) return [];
    const text = word(entry['value']);
    return [text === undefined ? { key } : { key, value: text }];
  });
}

function word(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') return undefined;
  // Control characters would let an answer forge log lines.
  return value.slice(0, maxText).replace(/\p{Cc}+/gu, ' ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
