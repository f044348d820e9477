import { timingSafeEqual } from 'node:crypto';
import type { RawRequest, Verdict, VerifyEnvironment, VerifyFailure } from '../adapter.js';
import type { WebhookConfig } from './config.js';
import { digests } from './signature.js';

/** More would only be work for us: a sender in rotation has two. */
const mostSignatures = 8;

const refused = (reason: VerifyFailure): Verdict => ({ ok: false, status: 401, reason });

/** The `v1` signatures of the header as bytes; other versions and broken entries do not count. */
function presentedDigests(header: string): Buffer[] {
  return header
    .split(' ', mostSignatures)
    .filter((entry) => /^v1,[A-Za-z0-9+/]{43}=$/.test(entry))
    .map((entry) => Buffer.from(entry.slice('v1,'.length), 'base64'));
}

/**
 * Believes a request that carries, over exactly the bytes received, a signature by any of the channel's secrets and
 * a time within the tolerance, past or future (I9). Every refusal is a 401, whatever was wrong.
 */
export function verify(request: RawRequest, config: WebhookConfig, environment: VerifyEnvironment): Verdict {
  const id = request.headers.get('webhook-id') ?? '';
  const timestamp = request.headers.get('webhook-timestamp') ?? '';
  const signature = request.headers.get('webhook-signature') ?? '';
  if (id === '' || timestamp === '' || signature === '') return refused('missing-signature');
  if (!/^[\x21-\x7e]{1,255}$/.test(id) || !/^\d{1,12}$/.test(timestamp))
    return refused('malformed-signature');
  const presented = presentedDigests(signature);
  if (presented.length === 0) return refused('malformed-signature');

  const ageSeconds = Math.floor(environment.now() / 1000) - Number(timestamp);
  if (ageSeconds > config.toleranceSeconds) return refused('stale-timestamp');
  if (ageSeconds < -config.toleranceSeconds) return refused('future-timestamp');

  const expected = digests(config.secrets, id, timestamp, request.body);
  const matches = expected.some((digest) =>
    presented.some((candidate) => timingSafeEqual(digest, candidate)),
  );
  return matches ? { ok: true } : refused('wrong-signature');
}
