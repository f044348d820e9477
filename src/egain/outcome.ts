import type { EgainError } from './errors.js';
import { outcomeDefaults, type OutcomeSwitches } from './switches.js';

/**
 * What happens next with a message that eGain did not take. `retry`: again later, an attempt is spent. `throttled`:
 * eGain's gate pauses. `start-anew`: the conversation is over. `permanent`: it will never be taken. `token`: the gate
 * closes and no attempt is spent. `uncertain`: it may have been taken. Times in milliseconds from now.
 */
export type SendOutcome =
  | { readonly kind: 'retry'; readonly cause: string; readonly afterMs?: number }
  | { readonly kind: 'throttled'; readonly afterMs?: number }
  | { readonly kind: 'start-anew'; readonly code: string }
  | { readonly kind: 'permanent'; readonly code: string; readonly detail: string }
  | { readonly kind: 'token'; readonly cause: string; readonly afterMs?: number }
  | { readonly kind: 'uncertain'; readonly cause: string };

/** The failure table of the send operation, status first: only three of eGain's codes are not assumed (contract, 1.2). */
export function outcomeOf(error: EgainError, switches: OutcomeSwitches = outcomeDefaults): SendOutcome {
  const cause = causeOf(error);
  const after = error.retryAfterMs === undefined ? {} : { afterMs: error.retryAfterMs };
  switch (error.kind) {
    case 'token':
      return { kind: 'token', cause, ...after };
    case 'network-unsent':
      return { kind: 'retry', cause, ...after };
    case 'network-uncertain':
      return { kind: 'uncertain', cause };
    case 'invalid-request':
      return permanent(error);
    case 'answer':
    case 'not-egain':
      return byStatus(error, cause, after, switches);
  }
}

function byStatus(
  error: EgainError,
  cause: string,
  after: { readonly afterMs?: number },
  switches: OutcomeSwitches,
): SendOutcome {
  const status = error.status ?? 0;
  if (status === 429) return { kind: 'throttled', ...after };
  if (error.code !== undefined && switches.startAnewCodes.includes(error.code)) {
    return { kind: 'start-anew', code: error.code };
  }
  if (status === 404) {
    // A bare 404 is a wrong address or a proxy: it must never wipe the mapping of a living conversation, nor lose the
    // message while somebody corrects the address.
    if (!error.isEgainAnswer) return { kind: 'retry', cause, ...after };
    if (switches.startAnewOn404) return { kind: 'start-anew', code: error.code ?? '404' };
  }
  if ((status === 400 || status === 403) && !switches.permanentClientErrors)
    return { kind: 'retry', cause, ...after };
  if (status >= 500 && !switches.safeRetry && mayHaveBeenTaken.has(status))
    return { kind: 'uncertain', cause };
  // An accepting status whose body nobody can read: taken, most likely, but by whom?
  if (status === 202) return { kind: 'uncertain', cause };
  if (status >= 500 || status === 401 || status === 408 || status < 400)
    return { kind: 'retry', cause, ...after };
  return permanent(error);
}

/** 503 says "not now"; after these the request may have been worked on. */
const mayHaveBeenTaken: ReadonlySet<number> = new Set([500, 502, 504]);

function permanent(error: EgainError): SendOutcome {
  return {
    kind: 'permanent',
    code: error.code ?? (error.status === undefined ? error.kind : `http-${error.status}`),
    detail: error.developerMessage ?? error.message,
  };
}

/** Short and countable: for metrics and journeys. */
function causeOf(error: EgainError): string {
  // Not every answer's code is one: what goes into a log line must be a word.
  const code = /^[\w.-]{1,40}$/.test(error.code ?? '') ? ` ${error.code}` : '';
  if (error.status !== undefined) return `${error.status}${code}`;
  return error.kind;
}
