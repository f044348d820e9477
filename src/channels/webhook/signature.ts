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

function hmacs(secrets: readonly string[], id: string, timestamp: string, body: Buffer | string) {
  return keysOf(secrets).map((key) =>
    typeof body === 'string'
      ? createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8')
      : createHmac('sha256', key).update(`${id}.${timestamp}.`, 'utf8').update(body),
  );
}

/** One digest of 32 bytes per secret, in the order of the secrets. `timestamp` in seconds, as in the header. */
export function digests(...signed: Parameters<typeof hmacs>): Buffer[] {
  return hmacs(...signed).map((hmac) => hmac.digest());
}

/** The value of `webhook-signature`: one signature per secret, the first secret's first. */
export function signatureHeader(...signed: Parameters<typeof hmacs>): string {
  // Asked for as text: a buffer in between costs a quarter of the whole.
  return hmacs(...signed)
    .map((hmac) => `v1,${hmac.digest('base64')}`)
    .join(' ');
}
