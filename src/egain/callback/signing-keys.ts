import { hkdfSync } from 'node:crypto';

export interface SigningKey {
  readonly kid: string;
  readonly key: Uint8Array;
}

/** A configured key: its name travels in the token, so that one can be replaced while tokens of the other live. */
export interface SigningSecret {
  readonly kid: string;
  readonly secret: string;
}

/** Who issues and who accepts the bridge's own callback tokens. */
export const ownIssuer = 'egain-channel-bridge';
export const ownAudience = 'egain-callback';
export const ownAlgorithm = 'HS256';
/** No token of ours lives longer, in seconds. */
export const longestLifeSeconds = 3600;

/**
 * HS256 keys of full strength from configured secrets. Every process derives the same, so a token is good at any of them
 * and after a restart; the first one signs, all of them verify.
 */
export function signingKeys(secrets: readonly SigningSecret[]): readonly SigningKey[] {
  if (secrets.length === 0) throw new Error('callback tokens need at least one signing secret');
  return secrets.map(({ kid, secret }) => {
    if (secret.length < 16) throw new Error('a signing secret must have at least 16 characters');
    const key = hkdfSync('sha256', secret, '', 'egain-channel-bridge callback key', 32);
    return { kid, key: new Uint8Array(key) };
  });
}
