import { randomBytes } from 'node:crypto';
import type { BridgeConfig } from '../../config/schema.js';
import { ChatFiles } from '../../webhooks/chat/files.js';
import { ChatLimits } from '../../webhooks/chat/limits.js';
import type { ChatEntry, ChatParts } from '../../webhooks/chat/entry.js';
import { ChatStreams, streamSettings } from '../../webhooks/chat/streams.js';
import { webChat } from '../../webhooks/chat/chat.js';
import type { Handler } from '../../webhooks/handler.js';
import { Refusal } from '../../webhooks/reply.js';
import type { AuthorizeUpload } from '../../webhooks/files/uploads.js';
import { webchatConfigSchema, type WebchatConfig } from '../channels/webchat/config.js';
import { webchatAdapter } from '../channels/webchat/index.js';
import { ChatSessions } from '../lanes/chat-sessions.js';
import { connectRedis } from '../lanes/connection.js';
import { Outbox } from '../lanes/outbox.js';
import { OutboxSignals } from '../lanes/outbox-signals.js';
import type { ConfiguredChannel } from './channels.js';
import type { Core } from './core.js';
import { inboundPolicy } from './policy.js';
import { speakerOf } from './speaking.js';

export interface ChatSide {
  readonly handler: Handler;
  /** Ends the open streams; their browsers come again, to another process. */
  leave(): void;
  close(): void;
}

/** Where the page lies: the scripts in it are there in the build only. */
const pageFolder = new URL('../channels/webchat/browser/', import.meta.url);

/**
 * A chat's session gets its tickets at the chat's own address, where it is bound to its customer and its address's share;
 * the generic way in takes nothing but the files.
 */
export function chatUploads(
  channels: ReadonlyMap<string, ConfiguredChannel>,
): ReadonlyMap<string, AuthorizeUpload> {
  const askThere: AuthorizeUpload = () =>
    Promise.reject(
      new Refusal('unauthenticated', 'authorization: a chat asks for tickets at /chat/{channel}/uploads'),
    );
  return new Map(
    [...channels.values()].filter(isWebChat).map(({ name }): [string, AuthorizeUpload] => [name, askThere]),
  );
}

/** Whether the bridge itself is the channel's far end, and its webhook nobody's to call. */
export function isWebChat(channel: ConfiguredChannel): boolean {
  return channel.adapter.kind === webchatAdapter.kind;
}

/** The web chats of the configuration; undefined when there are none. */
export function startChat(
  config: BridgeConfig,
  core: Core,
  channels: ReadonlyMap<string, ConfiguredChannel>,
  shared: Pick<
    ChatParts,
    | 'intake'
    | 'tracing'
    | 'throttle'
    | 'observer'
    | 'onError'
    | 'environment'
    | 'arrivals'
    | 'trustProxy'
    | 'uploads'
  >,
): ChatSide | undefined {
  const chats = [...channels.values()].filter(isWebChat);
  if (chats.length === 0) return undefined;
  const { redis, keys } = core;
  const outbox = new Outbox(redis, keys);
  const sessions = new ChatSessions(redis, keys);
  const subscriber = connectRedis(config.redis, 'patient', `egain-bridge-chat:${config.instance}`);
  subscriber.on('error', shared.onError);
  const streams = new ChatStreams({
    outbox,
    sessions,
    signals: new OutboxSignals(subscriber, shared.onError),
    now: Date.now,
    settings: streamSettings,
  });
  return {
    handler: webChat({
      ...shared,
      channels: new Map(chats.map((channel) => [channel.name, chatEntry(channel, core, config)])),
      own: new URL(config.publicUrl).origin,
      keys,
      outbox,
      streams,
      sessions,
      limits: new ChatLimits(redis, keys),
      files: new ChatFiles(pageFolder),
      randomId: () => randomBytes(16).toString('hex'),
    }),
    leave: () => streams.close(),
    close: () => subscriber.disconnect(),
  };
}

/** The configuration's schema has made these very settings; parsing them again, once, tells the compiler so. */
function chatSettings(channel: ConfiguredChannel): () => WebchatConfig {
  let given: unknown;
  let read: WebchatConfig | undefined;
  return () => {
    const now = channel.settings();
    if (read === undefined || now !== given) {
      read = webchatConfigSchema.parse(now);
      given = now;
    }
    return read;
  };
}

function chatEntry(channel: ConfiguredChannel, core: Core, config: BridgeConfig): ChatEntry {
  const { manifest, account } = channel.config;
  const settingsNow = chatSettings(channel);
  const settings = settingsNow();
  const { title = manifest.displayName, greeting } = settings;
  const { typing, attachments, inboundTextMax } = channel.capabilities;
  const most = webchatAdapter.capabilities(settings).text.max;
  return {
    adapter: channel.adapter,
    get settings() {
      return settingsNow();
    },
    policy: inboundPolicy(channel, core.keys, {
      enforceLimit: config.egain.switches.enforce_inbound_limit,
      tellCustomer: config.notices.customer,
      tellAgent: config.notices.agent,
    }),
    about: {
      title,
      ...(greeting !== undefined && { greeting }),
      maxTextLength: Math.min(most, inboundTextMax ?? most),
      typing: typing.inbound,
      files: attachments.inbound,
      defaultLanguage: account.defaultLanguage,
    },
    say: (name, language, parameters) => speakerOf(channel, language)(name, parameters),
  };
}
