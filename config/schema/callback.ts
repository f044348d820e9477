/** How eGain proves at our callback that it is eGain: exactly the ways listed here are accepted (I9). */
import * as z from 'zod';
import { count, secret, text, webAddress } from './fields.js';

const basic = z.strictObject({
  type: z.literal('basic').describe('User name and password in every callback.'),
  username: text().describe('User name eGain sends.'),
  password: secret().describe('Password eGain sends.'),
});

/** RFC 7518, 3.2: a key for HS256 must not be shorter than its hash. */
const shortestSigningKey = 32;

const ownToken = z.strictObject({
  type: z.literal('bearer').describe('A bearer token in every callback.'),
  issuer: z.literal('bridge').describe('Tokens are issued by the bridge itself, at /egain/token.'),
  clients: z
    .array(
      z.strictObject({
        id: text().describe('Client id eGain asks with.'),
        secret: secret().describe('Client secret eGain asks with.'),
      }),
    )
    .min(1)
    .describe('Who may ask for a token; two while one is being replaced.'),
  keys: z
    .array(
      z.strictObject({
        kid: text(64).describe('Name of the key, carried in the token.'),
        secret: secret(shortestSigningKey).describe('The key (HS256), at least 32 characters.'),
      }),
    )
    .min(1)
    .describe('Signing keys: the first signs, all are accepted.'),
  tokenTtlSeconds: count(60, 3600).default(3600).describe('Life of a token.'),
});

const foreignToken = z.strictObject({
  type: z.literal('bearer').describe('A bearer token in every callback.'),
  issuer: z
    .url({ error: 'bridge, or the issuer’s https:// address' })
    .describe('The issuer (`iss`) of the tokens.'),
  jwksUrl: webAddress().describe('Where the issuer publishes its keys.'),
  audience: text().describe('The audience (`aud`) a token must name.'),
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
    .min(1)
    .default(['RS256', 'ES256'])
    .describe('Accepted signature algorithms.'),
});

const atLeastOne = 'a list of at least one way for eGain to prove itself, e.g. type: basic';

export const callbackSchema = z
  .strictObject({
    authentication: z
      .array(z.union([basic, ownToken, foreignToken]), { error: atLeastOne })
      .min(1, { error: atLeastOne })
      .max(10)
      .describe('Every way that is accepted; two while one is being replaced.'),
  })
  .describe('eGain’s callback.');

export type CallbackAuthentication = z.infer<typeof callbackSchema>['authentication'][number];
export type OwnTokenAuthentication = z.infer<typeof ownToken>;
export type ForeignTokenAuthentication = z.infer<typeof foreignToken>;
