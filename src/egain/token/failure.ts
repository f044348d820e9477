import { ResponseBodyError } from 'openid-client';
import { EgainError } from '../errors.js';
import { retryAfterOf } from '../retry-after.js';
import { secretOf, type TokenCredentials } from './credentials.js';

/**
 * Turns whatever went wrong at the token endpoint into one sentence. The libraries' errors hold request and answer
 * bodies, so they are not passed on as `cause`: a cleaned copy takes their place.
 */
export function tokenFailure(
  error: unknown,
  credentials: TokenCredentials,
  now: number,
  status?: number,
): EgainError {
  if (error instanceof EgainError) return error;
  const clean = cleaner(credentials);
  if (error instanceof ResponseBodyError) {
    return new EgainError(clean(`token endpoint answered ${error.status} ${error.error}`), {
      kind: 'token',
      status: error.status,
      code: clean(error.error),
      developerMessage:
        error.error_description === undefined ? undefined : clean(error.error_description.slice(0, 255)),
      retryable: isTransient(error.status),
      retryAfterMs: retryAfterOf(Object.fromEntries(error.response.headers), now),
    });
  }
  const root = innermost(error);
  const what = clean(describe(root));
  const cause = new Error(what);
  cause.name = root instanceof Error ? root.name : 'Error';
  return new EgainError(
    `token endpoint: ${status === undefined || status === 200 ? what : `answered ${status}`}`,
    {
      kind: 'token',
      status,
      retryable: status === undefined || isTransient(status),
      cause,
    },
  );
}

/** A wrong secret (400, 401) does not mend itself, but an operator may mend it meanwhile: it is said, not acted on. */
function isTransient(status: number): boolean {
  return status === 200 || status === 408 || status === 429 || status >= 500;
}

function innermost(error: unknown): unknown {
  let at = error;
  for (let depth = 0; depth < 8 && at instanceof Error && at.cause instanceof Error; depth += 1)
    at = at.cause;
  return at;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError' || ('code' in error && error.code === 'OAUTH_TIMEOUT'))
    return 'no answer in time';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return `${error.message.slice(0, 200)}${code}`;
}

function cleaner(credentials: TokenCredentials): (text: string) => string {
  const secret = secretOf(credentials);
  const forms = [secret, encodeURIComponent(secret)].filter((form) => form !== '');
  return (text) =>
    forms.reduce((result, form) => result.split(form).join('***'), text).replace(/\p{Cc}+/gu, ' ');
}
