import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface CredentialPair {
  readonly name: string;
  readonly secret: string;
}

/**
 * Finds the accepted pair that is the given one, by comparing it with all of them, always, as digests of equal length:
 * neither the length of a guess nor which half of it was right can be measured (I9).
 */
export function createCredentialMatch<P extends CredentialPair>(
  pairs: readonly P[],
): (name: string, secret: string) => P | undefined {
  const pepper = randomBytes(16).toString('hex');
  // The length in front keeps `ab` + `c` and `a` + `bc` apart.
  const digest = (name: string, secret: string): Buffer =>
    hash('sha256', `${pepper}${name.length}:${name}${secret}`, 'buffer');
  const accepted = pairs.map((pair) => digest(pair.name, pair.secret));
  return (name, secret) => {
    const given = digest(name, secret);
    let found = -1;
    for (const [index, pair] of accepted.entries())
      found += (index - found) * Number(timingSafeEqual(pair, given));
    return pairs[found];
  };
}

/** Whether a pair is one of those accepted; see `createCredentialMatch`. */
export function createCredentialCheck(
  pairs: readonly CredentialPair[],
): (name: string, secret: string) => boolean {
  const match = createCredentialMatch(pairs);
  return (name, secret) => match(name, secret) !== undefined;
}

/** The two halves of a Basic header's credentials; undefined when it is none. */
export function readBasic(credentials: string): CredentialPair | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(credentials)) return undefined;
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { name: text.slice(0, colon), secret: text.slice(colon + 1) };
}
