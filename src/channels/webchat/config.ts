import { z } from 'zod';
import { count, isHttpsOrLoopback, text } from '../../../config/schema/fields.js';

const secretHint = 'at least 32 letters, digits or any of +/=_- (openssl rand -base64 32)';
const originHint = 'an origin such as https://shop.example.com, without a path (http only for this machine)';

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value && isHttpsOrLoopback(value);
}

/** How many requests of one kind an address may make in a minute. Several people may share one. */
const perMinute = (usual: number, what: string) =>
  count(1, 100_000)
    .default(usual)
    .describe(`${what} one address may make in a minute, whichever web process it comes to.`);

/** The settings of a web chat channel: a page of the bridge's own that other sites may embed. */
export const webchatConfigSchema = z.object({
  secrets: z
    .array(z.string().regex(/^[A-Za-z0-9+/=_-]{32,512}$/, { error: secretHint }))
    .min(1, { error: 'at least one secret' })
    .max(4, { error: 'at most four secrets' })
    .describe(
      `Sign the sessions of the chat and, by HS256, the identities that your site vouches for: each ${secretHint}. To rotate, put the new one in front and take the old one away a day later.`,
    ),
  origins: z
    .array(z.string().refine(isOrigin, { error: originHint }))
    .max(100)
    .default([])
    .describe(`Sites that may embed the chat or speak to it, besides the bridge itself: each ${originHint}.`),
  identity: z
    .enum(['anonymous', 'optional', 'required'])
    .default('anonymous')
    .describe(
      'Who the customers are: people nobody knows, people your site may vouch for, or only people it vouches for.',
    ),
  identityKeys: z
    .array(z.string().regex(/^-----BEGIN PUBLIC KEY-----\s/, { error: 'a public key in PEM' }))
    .max(4)
    .default([])
    .meta({ file: true })
    .describe('Public keys (PEM, P-256) of sites that sign identities by ES256 instead of a shared secret.'),
  sessionSeconds: count(60, 30 * 86_400)
    .default(86_400)
    .describe('How long a session lasts after the chat was last opened, in seconds.'),
  outbox: z
    .strictObject({
      messages: count(10, 10_000)
        .default(500)
        .describe('Messages kept per customer until the browser has shown them; the oldest go first.'),
      seconds: count(60, 30 * 86_400)
        .default(86_400)
        .describe('How long they are kept at most, in seconds.'),
    })
    .prefault({})
    .describe('What waits for a customer whose browser is away.'),
  limits: z
    .strictObject({
      sessionsPerMinute: perMinute(60, 'Sessions'),
      messagesPerMinute: perMinute(300, 'Messages'),
      uploadsPerMinute: perMinute(60, 'Uploads'),
      streams: count(1, 100_000)
        .default(200)
        .describe('Open chats one address may have at the same time, per web process.'),
    })
    .prefault({})
    .describe('What one address may do; beyond it the answer is 429.'),
  title: text(100).optional().describe('Title of the chat. Default: the manifest’s displayName.'),
  greeting: text(1000).optional().describe('First line of an empty chat, in the account’s default language.'),
});

export type WebchatConfig = z.infer<typeof webchatConfigSchema>;
