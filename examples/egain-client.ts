/**
 * eGain Conversation Manager from a program of your own. Needs EGAIN_TOKEN_URL, EGAIN_CLIENT_ID, EGAIN_CLIENT_SECRET,
 * and EGAIN_API_URL where it is not the usual one:
 *
 *   npx tsx examples/egain-client.ts custom.support
 */
import { argv, env } from 'node:process';
import { Agent } from 'undici';
import {
  createEgainClient,
  createTokenSource,
  EgainError,
  replacing,
  type ChannelBody,
} from 'egain-channel-bridge/egain';

const setting = (name: string): string => {
  const value = env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

// Connections are shared by token and calls; without `redis` the token is this program's own.
const dispatcher = new Agent();
const token = createTokenSource({
  url: setting('EGAIN_TOKEN_URL'),
  clientId: setting('EGAIN_CLIENT_ID'),
  credentials: { method: 'form', clientSecret: setting('EGAIN_CLIENT_SECRET') },
  scope: 'https://api.egain.cloud/auth/.default',
  dispatcher,
});
const client = createEgainClient({
  apiUrl: env['EGAIN_API_URL'] ?? 'https://api.egain.cloud/conversation/conversationmgr/v3',
  token,
  dispatcher,
  timeoutMs: 10_000,
});

/** A channel is found by its type, which is unique; pages are followed. */
async function findChannel(type: string): Promise<string | undefined> {
  for await (const channel of client.channels.list()) if (channel.type === type) return channel.id;
  return undefined;
}

const wanted: ChannelBody = {
  type: argv[2] ?? 'custom.support',
  displayName: 'Support chat',
  // A PNG in base64; agents see it best with 32 × 32 pixels.
  icon: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  restrictions: {
    inbound: { maxTextLength: 4000, features: ['attachments', 'typing_events'] },
    outbound: { maxTextLength: 2000, richMessageTypes: ['listpicker', 'quickreply'] },
  },
};

try {
  const id = await findChannel(wanted.type);
  if (id === undefined) {
    const created = await client.channels.create(wanted);
    console.log(`${wanted.type} created: ${created.id}`);
  } else {
    // PUT replaces the whole object: what eGain has besides goes along.
    await client.channels.update(id, replacing(await client.channels.get(id), wanted));
    console.log(`${wanted.type} updated: ${id}`);
  }
} catch (error) {
  if (!(error instanceof EgainError)) throw error;
  // A request that breaks a documented limit never leaves: `details` names field and limit. What eGain refuses has
  // its status and code; `retryable` says whether the same call may succeed later.
  console.error(error.message, { status: error.status, code: error.code, retryable: error.retryable });
  process.exitCode = 1;
} finally {
  token.close();
  await dispatcher.close();
}
