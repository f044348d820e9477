import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { adapters, findAdapter } from '../../../src/channels/index.js';
import { webchatConfigSchema, type WebchatConfig } from '../../../src/channels/webchat/config.js';
import { chatTypes } from '../../../src/channels/webchat/inbound-schema.js';
import { webchatAdapter } from '../../../src/channels/webchat/index.js';
import { webhookConfigSchema, type WebhookConfig } from '../../../src/channels/webhook/config.js';
import { webhookAdapter } from '../../../src/channels/webhook/index.js';
import { inboundTypes } from '../../../src/messages/model.js';
import { describeConformance } from './conformance.js';

const secrets = ['n', 'o'].map((fill) => `whsec_${Buffer.alloc(24, fill).toString('base64')}`);
const body = (fields: object): Buffer =>
  Buffer.from(JSON.stringify({ id: 'm-1', customer: { id: 'u-42', name: 'Dána' }, ...fields }));

describeConformance<WebhookConfig>({
  adapter: webhookAdapter,
  inbound: inboundTypes.map((type) =>
    body({ type, text: 'Hi 👋', replyTo: 'm-0', choices: [{ id: 'c' }], error: { code: 'e' } }),
  ),
  unknown: body({ type: 'reaction.added' }),
  secretsInRotation: 2,
  toleranceMs: 300_000,
  stranger: {
    config: (url) => webhookConfigSchema.parse({ url, secrets }),
    signs: (bytes, config, at, secretIndex = 0) => ({
      method: 'POST',
      path: '/channels/support/webhook',
      query: new URLSearchParams(),
      headers: new Map([
        ['webhook-id', 'msg_1'],
        ['webhook-timestamp', String(at / 1000)],
        [
          'webhook-signature',
          new Webhook(config.secrets[secretIndex] ?? '').sign('msg_1', new Date(at), bytes),
        ],
      ]),
      body: bytes,
    }),
    accepts: ({ body: bytes, headers }, config) => {
      const received = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, String(value)]),
      );
      for (const secret of config.secrets) new Webhook(secret).verify(bytes, received);
    },
    secrets: (config) => config.secrets.map((secret) => secret.slice('whsec_'.length)),
  },
});

const chatSecrets = ['n', 'o'].map((fill) => fill.repeat(40));
const says = (fields: object): Buffer => Buffer.from(JSON.stringify({ id: 'm-1', ...fields }));

/** A session's token, put together by its documented parts. */
function sessionToken(secret: string, at: number): string {
  const claims = { c: 'support', o: 'https://bridge.example', w: true, u: { id: 'anon-1' }, s: false };
  const payload = Buffer.from(JSON.stringify({ ...claims, i: at, e: at + 86_400_000 })).toString('base64url');
  const key = createHmac('sha256', secret).update('egain-channel-bridge: web chat session, 1').digest();
  return `${payload}.${createHmac('sha256', key).update(payload).digest('base64url')}`;
}

describeConformance<WebchatConfig>({
  adapter: webchatAdapter,
  inbound: chatTypes.map((type) => says({ type, text: 'Hi 👋', replyTo: 'm-0', choices: [{ id: 'c' }] })),
  unknown: says({ type: 'reaction.added' }),
  secretsInRotation: 2,
  toleranceMs: 86_400_000,
  futureToleranceMs: 60_000,
  signsBody: false,
  outbox: true,
  stranger: {
    config: () => webchatConfigSchema.parse({ secrets: chatSecrets }),
    signs: (bytes, config, at, secretIndex = 0) => ({
      method: 'POST',
      path: '/chat/support/messages',
      query: new URLSearchParams(),
      headers: new Map([['authorization', `Bearer ${sessionToken(config.secrets[secretIndex] ?? '', at)}`]]),
      body: bytes,
    }),
    accepts: () => undefined,
    secrets: (config) => config.secrets,
  },
});

test('every channel kind is found by its name, and has passed above', () => {
  expect(adapters.map(({ kind }) => kind)).toEqual(['webhook', 'webchat']);
  expect(findAdapter('webhook')).toBe(webhookAdapter);
  expect(findAdapter('no-such-kind')).toBeUndefined();
});
