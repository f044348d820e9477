import { z } from 'zod';

/** Fewer than 16 bytes are refused everywhere in the bridge (I9). */
const leastSecretBytes = 16;

const secretHint = 'whsec_ followed by the base64 of at least 16 random bytes (openssl rand -base64 32)';

function isSecret(value: string): boolean {
  const base64 = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(value)?.[1];
  return base64 !== undefined && Buffer.from(base64, 'base64').length >= leastSecretBytes;
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

function isReceiver(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/**
 * The settings of a generic webhook channel. Messages out are signed with every secret, the first one first; messages in
 * may be signed with any of them: to rotate, put the new secret in front and take the old one away a day later.
 */
export const webhookConfigSchema = z.object({
  url: z
    .string()
    .refine(isReceiver, { error: 'an https address without user name (http only for this machine)' })
    .describe('Where messages to the customer are posted.'),
  secrets: z
    .array(z.string().refine(isSecret, { error: secretHint }))
    .min(1, { error: 'at least one secret' })
    .max(4, { error: 'at most four secrets' })
    .describe(`Shared with the channel, for both directions: each ${secretHint}.`),
  toleranceSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(300)
    .describe('How far the time in a signature may be from ours, in seconds, past or future.'),
  html: z
    .enum(['as-sent', 'sanitised', 'none'])
    .default('as-sent')
    .describe(
      'An agent’s formatting, beside the plain text: as eGain sent it (your system sanitises it), only known elements and harmless links, or left out.',
    ),
  timeoutMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(10_000)
    .describe('How long the channel may take to answer one message, in milliseconds.'),
  textUnit: z
    .enum(['utf16', 'codepoint', 'utf8'])
    .default('utf16')
    .describe(
      'What the channel counts when it limits a text to the customer (maxTextLength): UTF-16 units as JavaScript and Java do, code points, or bytes of UTF-8.',
    ),
});

export type WebhookConfig = z.infer<typeof webhookConfigSchema>;
