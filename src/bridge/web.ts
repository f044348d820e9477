import type { BridgeConfig } from '../../config/schema.js';
import { Arrivals } from '../../webhooks/arrivals.js';
import { FailureThrottle } from '../../webhooks/caller.js';
import { channelWebhook } from '../../webhooks/channel-webhook.js';
import { egainCallback } from '../../webhooks/egain-callback.js';
import { egainToken } from '../../webhooks/egain-token.js';
import { guarded } from '../../webhooks/handler.js';
import { Intake } from '../../webhooks/intake.js';
import type { Listening } from '../../webhooks/listen.js';
import { startPublicServer } from '../../webhooks/public-server.js';
import type { Refusal } from '../../webhooks/reply.js';
import type { PublicHandlers } from '../../webhooks/routes.js';
import { createCallbackAuthenticator, type CallbackMethod } from '../egain/callback/authenticator.js';
import { createTokenIssuer } from '../egain/callback/token-issuer.js';
import { parseCallback } from '../egain/parse-callback.js';
import { egressOf } from '../egress/egress.js';
import type { MemoryWatch } from '../lanes/memory.js';
import { NoticeWindow } from '../lanes/notice-window.js';
import type { Observer } from '../operations/observer.js';
import type { Tracing } from '../operations/tracing/tracing.js';
import type { ConfiguredChannel } from './channels.js';
import { chatUploads, isWebChat, startChat } from './chat.js';
import type { Core } from './core.js';
import { egainAccess } from './egain-access.js';
import { fileHandlers } from './file-handlers.js';
import { openFiles } from './files.js';
import { inboundPolicy } from './policy.js';

/** For bodies on their way in, over all requests: a hundred senders of large ones at once, and no more by bad will. */
const leastArrivalBytes = 64 * 1024 * 1024;

/** Failed attempts to prove who one is, per address and minute. */
const throttleSettings = { failures: 30, windowSeconds: 60 };

/** Requests without a file end sooner by their own limits. */
const leastRequestMs = 20_000;

/** The share of the grace period after which requests in hand are cut off. */
const handBackShare = 0.8;

export interface WebSide {
  readonly port: number;
  close(): Promise<void>;
}

/** The role `web`: takes in what eGain and the channels say. */
export async function startWeb(parts: {
  readonly config: BridgeConfig;
  readonly core: Core;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  readonly memory: MemoryWatch;
  readonly observer: Observer;
  readonly tracing?: Tracing | undefined;
}): Promise<WebSide> {
  const { config, core, channels, memory, observer, tracing } = parts;
  const { keys, lanes, queues } = core;
  const { server, egain } = config;
  const intake = new Intake({
    lanes,
    addJobs: (orders) => queues.add(orders),
    window: new NoticeWindow(core.redis, keys, config.notices.windowMs),
    full: () => memory.full,
    settings: { maxInFlight: server.maxInFlight },
  });
  const throttle = new FailureThrottle(throttleSettings, () => performance.now());
  const limits = { maxBodyBytes: server.maxBodyBytes, trustProxy: server.trustProxy };
  const arrivals = new Arrivals(Math.max(leastArrivalBytes, 4 * server.maxBodyBytes));
  const common = { intake, keys, throttle, observer, tracing, arrivals, ...limits };
  const issue = tokenIssuer(config);
  const egress = egressOf(config.egress);
  const egainPool = egress.pool(2 * config.files.concurrency, egain.requestTimeoutMs / 2, egain.tls);
  // Whoever vouches for eGain's callbacks has no use for our certificate.
  const issuers = egress.pool(1, egain.requestTimeoutMs / 2);
  const dispatcher = observer.upstream('egain', egainPool);
  const hub = egainAccess({ config, redis: core.redis, dispatcher, tokens: egainPool, observer });
  const { assets } = hub.client;
  const room = await openFiles(config, core, assets, egress, (error) => observer.backgroundError(error));
  const authorize = chatUploads(channels);
  const files = fileHandlers({
    config,
    room,
    assets,
    channels,
    keys,
    throttle,
    arrivals,
    observer,
    authorize,
  });
  const environment = { now: Date.now };
  const onError = (error: unknown): void => observer.backgroundError(error);
  const uploads = { desk: files.desk, handler: files.uploads };
  const chat = startChat(config, core, channels, { ...common, environment, onError, uploads });
  const closed = (): Refusal | undefined => intake.refusal;
  const handlers: PublicHandlers = {
    uploads: guarded('file', observer, files.uploads),
    assets: guarded('file', observer, files.assets),
    callback: guarded(
      'egain',
      observer,
      egainCallback({
        ...common,
        authenticate: createCallbackAuthenticator({
          methods: egain.callback.authentication.map(callbackMethod),
          dispatcher: issuers,
        }),
        parse: parseCallback,
      }),
      closed,
    ),
    channel: guarded(
      'channel',
      observer,
      channelWebhook({
        ...common,
        environment,
        channels: new Map(
          [...channels]
            .filter(([, channel]) => !isWebChat(channel))
            .map(([name, channel]) => [
              name,
              {
                adapter: channel.adapter,
                get settings() {
                  return channel.settings();
                },
                policy: inboundPolicy(channel, keys, {
                  enforceLimit: egain.switches.enforce_inbound_limit,
                  tellCustomer: config.notices.customer,
                  tellAgent: config.notices.agent,
                }),
              },
            ]),
        ),
      }),
      closed,
    ),
    token:
      issue === undefined
        ? undefined
        : guarded(
            'token',
            observer,
            egainToken({ issue, throttle, arrivals, trustProxy: server.trustProxy }),
          ),
    chat: chat === undefined ? undefined : guarded('chat', observer, chat.handler),
  };
  const listening: Listening = await startPublicServer(handlers, observer, {
    ...server,
    requestTimeoutMs: Math.max(leastRequestMs, config.files.timeoutMs),
  }).catch((error: unknown) => {
    chat?.leave();
    chat?.close();
    throw error;
  });
  return {
    port: listening.port,
    close: async () => {
      // A file under way may take longer than there is; its sender comes back.
      const closed = listening.close(server.drainGraceMs * handBackShare);
      // Whoever is still connected hears 503 and comes back to another process.
      intake.close();
      chat?.leave();
      await closed;
      await egainPool.destroy();
      await issuers.destroy();
      hub.close();
      room.store?.close();
      chat?.close();
    },
  };
}

type Authentication = BridgeConfig['egain']['callback']['authentication'][number];

function callbackMethod(method: Authentication): CallbackMethod {
  if (method.type === 'basic') return method;
  if ('keys' in method) return { type: 'token', keys: method.keys };
  const { issuer, jwksUrl, audience, algorithms } = method;
  return { type: 'issuer', issuer, jwksUrl, audience, algorithms };
}

function tokenIssuer(config: BridgeConfig) {
  const own = config.egain.callback.authentication.flatMap((method) => ('keys' in method ? [method] : []));
  const [first] = own;
  if (first === undefined) return undefined;
  return createTokenIssuer({
    clients: own.flatMap(({ clients }) => clients),
    keys: own.flatMap(({ keys }) => keys),
    lifeSeconds: first.tokenTtlSeconds,
  });
}
