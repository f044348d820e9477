import { hkdfSync } from 'node:crypto';

export interface SigningKey {
  readonly kid: string;
  readonly key: Uint8Array;
}

/** Who issues and who accepts the bridge's own callback tokens. */
export const ownIssuer = 'egain-channel-bridge';
export const ownAudience = 'egain-callback';
export const ownAlgorithm = 'HS256';
/** No token of ours lives longer, in seconds. */
export const longestLifeSeconds = 3600;

/**
 * HS256 keys of full strength from configured secrets. Every process derives the same keys and names, so a token is good
 * at any of them and after a restart; the first secret signs, all of them verify.
 */
export function signingKeys(secrets: readonly string[]): readonly SigningKey[] {
  if (secrets.length === 0) throw new Error('callback tokens need at least one signing secret');
  return secrets.map((secret) => {
    if (secret.length < 16) throw new Error('a signing secret must have at least 16 characters');
    const derive = (purpose: string, bytes: number): Buffer =>
      Buffer.from(hkdfSync('sha256', secret, '', `egain-channel-bridge callback ${purpose}`, bytes));
    return { kid: derive('kid', 6).toString('base64url'), key: new Uint8Array(derive('key', 32)) };
  });
}
