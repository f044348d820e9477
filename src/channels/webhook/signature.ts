/**
 * Standard Webhooks signatures: `v1,<base64 HMAC-SHA256 of "id.timestamp.body">` over the bytes as they are on the
 * wire. Keys are decoded once per list of secrets, so that a signature costs no more than its HMAC.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const keysOfSecrets = new WeakMap<readonly string[], readonly KeyObject[]>();

/** The keys of `secrets`, in their order; kept as long as that very list lives. */
function keysOf(secrets: readonly string[]): readonly KeyObject[] {
  const known = keysOfSecrets.get(secrets);
  if (known !== undefined) return known;
  const keys = secrets.map((secret) => createSecretKey(Buffer.from(secret.slice('whsec_'.length), 'base64')));
  keysOfSecrets.set(secrets, keys);
  return keys;
}

/** One digest of 32 bytes per secret, in the order of the secrets. `timestamp` in seconds, as in the header. */
export function digests(
  secrets: readonly string[],
  id: string,
  timestamp: string,
  body: Buffer | string,
): Buffer[] {
  return keysOf(secrets).map((key) =>
    typeof body === 'string'
      ? createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest()
      : createHmac('sha256', key).update(`${id}.${timestamp}.`, 'utf8').update(body).digest(),
  );
}

/** The value of `webhook-signature`: one signature per secret, the first secret's first. */
export function signatureHeader(
  secrets: readonly string[],
  id: string,
  timestamp: string,
  body: Buffer | string,
): string {
  return digests(secrets, id, timestamp, body)
    .map((digest) => `v1,${digest.toString('base64')}`)
    .join(' ');
}
