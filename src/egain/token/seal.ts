import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

export interface SealedToken {
  readonly token: string;
  /** Full life at issue, in milliseconds; what is left of it is the Redis TTL. */
  readonly lifeMs: number;
}

export interface Sealer {
  /** Part of the Redis key: another secret, client, scope or endpoint never sees this token. */
  readonly id: string;
  seal(value: SealedToken): string;
  /** Undefined when it was not sealed with this key or was changed since. */
  open(sealed: string): SealedToken | undefined;
  /** Lets Redis compare tokens without knowing one. */
  fingerprint(token: string): string;
}

const algorithm = 'aes-256-gcm';

/** All keys come from the client's secret, so nothing else has to be configured and a rotated secret simply misses. */
export function createSealer(secret: string, identity: readonly string[]): Sealer {
  const salt = Buffer.from(JSON.stringify(identity));
  const derive = (purpose: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, salt, `egain-channel-bridge token ${purpose}`, bytes));
  const key = derive('encryption', 32);
  const fingerprintKey = derive('fingerprint', 32);
  const id = derive('name', 9).toString('base64url');

  return {
    id,
    seal: (value) => {
      const iv = randomBytes(12);
      const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(id));
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < 28) return undefined;
      try {
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, 12)).setAAD(Buffer.from(id));
        decipher.setAuthTag(bytes.subarray(12, 28));
        const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
        return readSealed(JSON.parse(text));
      } catch {
        return undefined;
      }
    },
    fingerprint: (token) =>
      createHmac('sha256', fingerprintKey).update(token).digest('base64url').slice(0, 22),
  };
}

function readSealed(value: unknown): SealedToken | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('token' in value) || typeof value.token !== 'string') return undefined;
  if (!('lifeMs' in value) || typeof value.lifeMs !== 'number') return undefined;
  return { token: value.token, lifeMs: value.lifeMs };
}
