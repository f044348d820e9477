/** What went wrong at eGain, and what to do about it, in one sentence. */
import type { EgainError } from '../egain/index.js';

const byStatus: Readonly<Record<number, string>> = {
  401: 'the access token is not accepted: check egain.token',
  403: 'the client application of egain.token lacks a scope: reading and changing need app.conversation.conversationmgr.manage',
  404: 'it is not there any more: provision plan shows what is',
  409: 'it was changed in eGain after it was read: provision plan shows how',
};

export function describeFailure(error: EgainError): string {
  const about = [error.message, details(error)].filter((part) => part !== '').join(' ');
  const hint = hintFor(error);
  return (hint === undefined ? about : `${about}; ${hint}`).replaceAll(/\s+/g, ' ');
}

function hintFor(error: EgainError): string | undefined {
  const { kind, status = 0, retryAfterMs } = error;
  switch (kind) {
    case 'token':
      return 'check egain.token';
    case 'network-unsent':
      return 'check egain.apiUrl and the way to it';
    case 'network-uncertain':
      return 'whether eGain carried it out is not known: provision plan shows what is there';
    case 'invalid-request':
      return undefined;
    case 'not-egain':
    case 'answer':
      if (status === 429) {
        return retryAfterMs === undefined
          ? 'too many requests: run it again in a minute'
          : `too many requests: run it again in ${Math.ceil(retryAfterMs / 1000)} s`;
      }
      if (kind === 'not-egain' && status !== 401) {
        return 'this is not what eGain answers: check egain.apiUrl and what lies between, such as a proxy';
      }
      return status >= 500 ? 'the failure is on eGain’s side: run it again later' : byStatus[status];
  }
}

/** What eGain names beyond its message, e.g. who uses an object. */
function details({ message, details: all = [], kind }: EgainError): string {
  if (kind !== 'answer') return '';
  const news = all.filter(({ value }) => value === undefined || !message.includes(value));
  return news.length === 0
    ? ''
    : `(${news.map(({ key, value }) => (value === undefined ? key : `${key}: ${value}`)).join(', ')})`;
}
