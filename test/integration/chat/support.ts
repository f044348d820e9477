import { openLayout } from '../../../src/lanes/layout.js';
import { Outbox } from '../../../src/lanes/outbox.js';
import { jsonType, type Headers, type Web } from '../webhooks/support/web.js';
import type { Answer, Shape } from '../webhooks/support/wire.js';

export const chatSecret = 'a-secret-of-the-chat-tests-0123456789';
export const oldChatSecret = 'an-older-secret-of-the-chat-tests-0123';
export const shop = 'https://shop.example.com';
/** Where these bridges think they are: they take any free port. */
export const own = 'http://127.0.0.1:0';

export const chatChannel = (settings: object = {}, manifest: object = {}): object => ({
  adapter: 'webchat',
  secrets: [chatSecret, oldChatSecret],
  origins: [shop],
  ...settings,
  manifest: { type: 'custom.chat', displayName: 'Chat', ...manifest },
  account: { address: 'acme-chat' },
});

export const json = (answer: Answer): Record<string, unknown> =>
  JSON.parse(answer.body) as Record<string, unknown>;

export const bearer = (token: string): Headers[number] => ['authorization', `Bearer ${token}`];

/** A call with JSON, as a page makes it. */
export const call = (path: string, body: unknown, headers: Headers = []): Shape => ({
  path,
  headers: [jsonType, ...headers],
  body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
});

/** The token of a new session. */
export async function newSession(web: Web, channel = 'chat', headers: Headers = []): Promise<string> {
  const answer = await web.send(call(`/chat/${channel}/session`, {}, headers));
  return String(json(answer)['token']);
}

/** The same outboxes as the bridge's, from outside of it: as another process would fill them. */
export async function outboxOf(web: Web): Promise<{
  append(customerId: string, text: string, more?: object): Promise<void>;
  fleeting(customerId: string, event: object): Promise<void>;
  waiting(customerId: string): Promise<number>;
  /** Everything that is kept, as one text. */
  kept(customerId: string): Promise<string>;
}> {
  const redis = web.redis.client();
  const keys = await openLayout(redis, { prefix: 'egain-bridge', shards: 1 });
  const outbox = new Outbox(redis, keys);
  let count = 0;
  return {
    append: (customerId, text, more = {}) => {
      count += 1;
      const key = `k${count}`;
      const entry = { key, fleeting: false, most: 500, lifeMs: 60_000 };
      return outbox.append('chat', customerId, {
        ...entry,
        event: JSON.stringify({ key, id: key, type: 'text', text }),
        ...more,
      });
    },
    fleeting: (customerId, event) =>
      outbox.append('chat', customerId, {
        key: 'typing',
        event: JSON.stringify(event),
        fleeting: true,
        most: 500,
        lifeMs: 60_000,
      }),
    kept: async (customerId) =>
      JSON.stringify(await redis.xrange(outbox.signal(keys.inboundLane('chat', customerId)), '-', '+')),
    waiting: async (customerId) => redis.xlen(outbox.signal(keys.inboundLane('chat', customerId))),
  };
}
