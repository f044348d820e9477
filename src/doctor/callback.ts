import type { Dispatcher } from 'undici';
import type { BridgeConfig } from '../../config/schema.js';
import { failure, ok, warning, wordsOf, type Finding } from './finding.js';
import { reach } from './reach.js';

const check = 'callback';

/**
 * Does a bridge answer where eGain is told to call? Tried from here: an address that only the internet sees may be fine
 * all the same, so a way that is closed is a warning.
 */
export async function checkCallback(
  { publicUrl }: BridgeConfig,
  dispatcher: Dispatcher,
  timeoutMs: number,
): Promise<Finding> {
  const url = new URL('egain/callback', `${publicUrl.replace(/\/$/, '')}/`);
  const start = 'start the bridge, and let publicUrl be the address its public port has on the internet';
  let answer;
  try {
    answer = await reach(url.href, { method: 'POST', dispatcher, timeoutMs });
  } catch (error) {
    return warning(check, `${url.href} cannot be reached from here: ${wordsOf(error)}`, start);
  }
  const challenge = String(answer.headers['www-authenticate'] ?? '');
  if (answer.status === 401 && challenge.includes('egain-callback')) {
    if (url.protocol === 'https:' || isLoopback(url.hostname)) return ok(check, `${url.href} is a bridge’s`);
    return failure(
      check,
      `${url.href} is not https: eGain’s password would travel in the open`,
      'put TLS in front',
    );
  }
  if (answer.status === 503)
    return warning(check, `${url.href} answers 503`, 'look at the log of the bridge there');
  return failure(check, `${url.href} answers ${answer.status}, which a bridge does not`, start);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
