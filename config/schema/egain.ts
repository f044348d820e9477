/** eGain Conversation Manager: where it is and who we are to it. */
import * as z from 'zod';
import { callbackSchema } from './callback.js';
import { clientCertificateSchema } from './egress.js';
import { baseAddress, count, evenIfIncomplete, milliseconds, secret, text, webAddress } from './fields.js';
import { switchesSchema } from './switches.js';

/** The credentials each way of proving the client needs. */
const credentials = new Map<unknown, readonly string[]>([
  ['form', ['clientSecret']],
  ['basic', ['clientSecret']],
  ['private_key_jwt', ['privateKey', 'keyId']],
]);

function missingCredentials(token: Readonly<Record<string, unknown>>): readonly string[] {
  const needed = credentials.get(token['clientAuthentication']) ?? [];
  return needed.filter((name) => token[name] === undefined);
}

const tokenSchema = z
  .strictObject({
    url: webAddress().describe(
      'Token endpoint: in eGain’s admin console, Partition > Integration > Client Application > Metadata.',
    ),
    clientId: text().describe('Client id of the eGain client application.'),
    clientSecret: secret().optional().describe('Its secret; needed by `form` and `basic`.'),
    scope: text(2000)
      .default('https://api.egain.cloud/auth/.default')
      .describe('Requested scopes, separated by spaces.'),
    clientAuthentication: z
      .enum(['form', 'basic', 'private_key_jwt'])
      .default('form')
      .describe(
        'How the client proves itself: secret in the form, in a Basic header, or a signed assertion.',
      ),
    privateKey: secret()
      .optional()
      .describe('Key that signs the assertion, PEM; needed by `private_key_jwt`.'),
    algorithm: z
      .enum(['RS256', 'PS256', 'ES256', 'EdDSA'])
      .default('RS256')
      .describe('How the assertion is signed; it must fit the key.'),
    keyId: text().optional().describe('Name of that key; needed by `private_key_jwt`.'),
    renewBeforeSeconds: count(10, 600).default(90).describe('How long before its end a token is renewed.'),
  })
  .superRefine((token, context) => {
    for (const path of missingCredentials(token)) {
      const message = `a value, because clientAuthentication is ${token.clientAuthentication}`;
      context.addIssue({ code: 'invalid_type', expected: 'string', input: undefined, path: [path], message });
    }
  }, evenIfIncomplete)
  .describe('The OAuth 2 client-credentials token.');

export const egainSchema = z
  .strictObject({
    apiUrl: baseAddress()
      .default('https://api.egain.cloud/conversation/conversationmgr/v3')
      .describe('Base address of the Conversation Manager API.'),
    acceptLanguage: text(64).optional().describe('Accept-Language to send, e.g. en-US. Not sent by default.'),
    tls: clientCertificateSchema
      .optional()
      .describe(
        'Certificate shown to eGain and its token endpoint, where they or a gateway before them ask for one.',
      ),
    token: tokenSchema,
    callback: callbackSchema,
    requestTimeoutMs: milliseconds(500, 60_000).default(10_000).describe('Limit for one call to eGain.'),
    connections: count(1, 1000).default(100).describe('Connections to eGain per process.'),
    switches: switchesSchema,
  })
  .describe('eGain Conversation Manager.');

/** What is needed to call the API: a bridge that also takes callbacks needs more. */
export const egainAccessSchema = egainSchema.omit({ callback: true });

export type EgainAccess = z.infer<typeof egainAccessSchema>;
