import type { EgainError } from '../../egain/errors.js';

/** What went wrong between us and eGain, in one sentence that names field, limit or code, and what to do where that is known. */
export function sentenceFor(error: EgainError): string {
  const hint = hintFor(error);
  const sentence = `${error.message}${extraOf(error)}${hint === undefined ? '' : `; ${hint}`}`;
  return sentence.replaceAll(/\s+/g, ' ').trim();
}

/** Details that the message does not tell already. */
function extraOf({ kind, message, developerMessage, details = [] }: EgainError): string {
  if (kind === 'invalid-request') return '';
  const told =
    developerMessage !== undefined && !message.includes(developerMessage) ? [developerMessage] : [];
  const news = details.filter(({ value }) => value !== undefined && !message.includes(value));
  const parts = [...told, ...news.map(({ key, value }) => `${key}: ${value ?? ''}`)];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function hintFor(error: EgainError): string | undefined {
  switch (error.kind) {
    case 'token':
      return error.status === 400 || error.status === 401
        ? 'check EGAIN_TOKEN_URL, EGAIN_CLIENT_ID, EGAIN_CLIENT_SECRET and EGAIN_SCOPE, or egain.token in the configuration file'
        : 'check that EGAIN_TOKEN_URL (egain.token.url) is right and can be reached';
    case 'network-unsent':
      return 'check that EGAIN_API_URL (egain.apiUrl) is right and can be reached';
    case 'network-uncertain':
      return changes(error)
        ? 'whether eGain has done it is not known: look before you repeat it'
        : 'try it again';
    case 'not-egain':
      return (
        'that is not how eGain answers: is EGAIN_API_URL (egain.apiUrl) right, or does a proxy stand in between?' +
        // An accepting status with a spoilt body most likely is eGain's after all.
        (changes(error) && (error.status ?? 0) < 300
          ? ' It may have been done: look before you repeat it'
          : '')
      );
    case 'answer':
      return byStatus(error);
    case 'invalid-request':
      return undefined;
  }
}

/** By its name an operation that only reads can be told from one that changes something. */
function changes({ message }: EgainError): boolean {
  return !/^(get|fetch|download)/.test(message);
}

function byStatus({ status, retryAfterMs }: EgainError): string | undefined {
  switch (status) {
    case 401:
      return 'the token is fresh, so this client application may not use this API: check egain.token';
    case 403:
      return 'see in eGain which scopes the client application has';
    case 429:
      return retryAfterMs === undefined
        ? 'try it again in a minute'
        : `try it again in ${Math.ceil(retryAfterMs / 1000)} s`;
    default:
      return status !== undefined && status >= 500 ? 'try it again later' : undefined;
  }
}
