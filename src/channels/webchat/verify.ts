import type { RawRequest, Verdict, VerifyEnvironment } from '../adapter.js';
import type { WebchatConfig } from './config.js';
import { bearerToken, checkSessionToken, type SessionClaims } from './session-token.js';

/** `/chat/support/messages` → `support`. */
const channelOf = (path: string): string => path.split('/')[2] ?? '';

/**
 * Believes a request that carries a session token of this channel, made by the bridge, still valid, and used from where
 * the session was opened (I9). A browser always names the origin of a page that is not the bridge's own.
 */
export function verify(request: RawRequest, config: WebchatConfig, environment: VerifyEnvironment): Verdict {
  const token = bearerToken(request.headers.get('authorization'));
  if (token === '') return { ok: false, status: 401, reason: 'missing-signature' };
  const checked = checkSessionToken(token, config.secrets, environment.now());
  if (!checked.ok) return { ok: false, status: 401, reason: checked.reason };
  const { session } = checked;
  if (session.channel !== channelOf(request.path))
    return { ok: false, status: 401, reason: 'wrong-signature' };
  return isFromThere(request.headers.get('origin'), session, config)
    ? { ok: true }
    : { ok: false, status: 403, reason: 'wrong-origin' };
}

function isFromThere(origin: string | undefined, session: SessionClaims, config: WebchatConfig): boolean {
  const stillAllowed = session.own || config.origins.includes(session.origin);
  return stillAllowed && (origin === undefined ? session.own : origin === session.origin);
}
