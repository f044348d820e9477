import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface CredentialPair {
  readonly name: string;
  readonly secret: string;
}

/**
 * Compares name and secret with every pair that is accepted, always all of them and always as digests of equal length:
 * neither the length of a guess nor which half of it was right can be measured (I9).
 */
export function createCredentialCheck(
  pairs: readonly CredentialPair[],
): (name: string, secret: string) => boolean {
  const pepper = randomBytes(32);
  const digest = (text: string): Buffer => createHmac('sha256', pepper).update(text, 'utf8').digest();
  const accepted = pairs.map((pair) => ({ name: digest(pair.name), secret: digest(pair.secret) }));
  return (name, secret) => {
    const givenName = digest(name);
    const givenSecret = digest(secret);
    let matches = 0;
    for (const pair of accepted) {
      const sameName = Number(timingSafeEqual(pair.name, givenName));
      const sameSecret = Number(timingSafeEqual(pair.secret, givenSecret));
      matches |= sameName & sameSecret;
    }
    return matches === 1;
  };
}

/** The two halves of a Basic header's credentials; undefined when it is none. */
export function readBasic(credentials: string): CredentialPair | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(credentials)) return undefined;
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { name: text.slice(0, colon), secret: text.slice(colon + 1) };
}
