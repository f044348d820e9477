/** Who a site says its visitor is: a short JWT, signed with the channel's secret or the site's own key. */
import { importSPKI, jwtVerify } from 'jose';
import { z } from 'zod';
import { cleanText } from '../../messages/clean-text.js';
import type { Customer } from '../../messages/model.js';
import type { WebchatConfig } from './config.js';
import { readShape } from '../../messages/read-shape.js';

/** Ids the bridge makes itself; no site may vouch for one. */
export const anonymousPrefix = 'anon-';

/** An identity is made while the page is; an older one was taken from somewhere. Seconds. */
const oldest = 3600;
const skew = 60;

const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((value) => !/\p{Cc}/u.test(value))
    .transform(cleanText);

const claims = z.object({
  sub: line(255).refine((id) => !id.startsWith(anonymousPrefix)),
  name: line(255).optional(),
  email: line(255).optional(),
  email_verified: z.boolean().optional(),
  phone_number: line(64).optional(),
  phone_number_verified: z.boolean().optional(),
  locale: z.string().max(35).optional(),
  zoneinfo: line(64).optional(),
  attributes: z
    .record(z.string().max(64), z.string().max(256).transform(cleanText))
    .refine((value) => Object.keys(value).length <= 10)
    .optional(),
});

/**
 * The customer that a signed identity names: OpenID Connect's claim names, `sub`, `exp` and `aud` (the channel's name)
 * required, HS256 with one of the channel's secrets or ES256 with one of its keys. Undefined for anything else.
 * @param now milliseconds since 1970.
 */
export async function customerOfIdentity(
  jwt: string,
  channel: string,
  config: Pick<WebchatConfig, 'secrets' | 'identityKeys'>,
  now: number,
): Promise<Customer | undefined> {
  const keys = [
    ...config.secrets.map((secret) => ({ alg: 'HS256', key: () => Promise.resolve(Buffer.from(secret)) })),
    ...config.identityKeys.map((pem) => ({ alg: 'ES256', key: () => importSPKI(pem, 'ES256') })),
  ];
  for (const { alg, key } of keys) {
    try {
      const { payload } = await jwtVerify(jwt, await key(), {
        algorithms: [alg],
        audience: channel,
        requiredClaims: ['sub', 'exp', 'aud'],
        clockTolerance: skew,
        currentDate: new Date(now),
      });
      // Whoever signs for a day at once hands out passwords.
      if ((payload.exp ?? 0) > now / 1000 + oldest + skew) return undefined;
      const read = readShape(claims, payload);
      return read.success ? customerOf(read.data) : undefined;
    } catch {
      // The next secret or key may fit.
    }
  }
  return undefined;
}

function customerOf(claim: z.infer<typeof claims>): Customer {
  const { sub: id, name, email, phone_number: phone, locale: language, zoneinfo: timeZone } = claim;
  const verified = [
    ...(email !== undefined && claim.email_verified === true ? (['email'] as const) : []),
    ...(phone !== undefined && claim.phone_number_verified === true ? (['phone'] as const) : []),
  ];
  return {
    id,
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
    ...(language !== undefined && { language }),
    ...(timeZone !== undefined && { timeZone }),
    ...(verified.length > 0 && { verified }),
    ...(claim.attributes !== undefined && { attributes: claim.attributes }),
  };
}
