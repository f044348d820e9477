import { accounts, type AccountBody, type AccountRecord } from './accounts.js';
import { assets, type Assets } from './assets.js';
import { authentications, type AuthenticationBody, type AuthenticationRecord } from './authentications.js';
import { channels, type ChannelBody, type ChannelRecord } from './channels.js';
import {
  clientApplications,
  type ClientApplicationBody,
  type ClientApplicationRecord,
} from './client-applications.js';
import { conversations, type Conversations } from './conversations.js';
import { createEgainTransport, type EgainTransport, type EgainTransportOptions } from './http.js';
import { orchestrations, type OrchestrationBody, type OrchestrationRecord } from './orchestrations.js';
import { pagingDefaults, type PagingOptions } from './paging.js';
import { participants, type ParticipantBody, type ParticipantRecord } from './participants.js';
import type { CallOptions, Resource } from './resource.js';
import { sendMessages } from './send-messages.js';
import type { UploadMode } from './signed-url.js';
import type { SendMessagesAnswer, SendMessagesBody } from './types.js';

export interface EgainClientOptions extends EgainTransportOptions {
  /** #28 */
  readonly paging?: PagingOptions;
  /** #6 */
  readonly uploadMode?: UploadMode;
  /** #7: ask for a new signed URL once when the old one is refused. */
  readonly refetchAssetUrl?: boolean;
  /** Longest silence during a file transfer, in milliseconds; default `timeoutMs`. */
  readonly transferIdleTimeoutMs?: number;
  readonly maxDownloadBytes?: number;
}

/** All operations of the Conversation Manager API. */
export interface EgainClient extends EgainTransport {
  readonly authentications: Resource<AuthenticationBody, AuthenticationRecord>;
  readonly clientApplications: Resource<ClientApplicationBody, ClientApplicationRecord>;
  readonly participants: Resource<ParticipantBody, ParticipantRecord>;
  readonly channels: Resource<ChannelBody, ChannelRecord>;
  readonly orchestrations: Resource<OrchestrationBody, OrchestrationRecord>;
  readonly accounts: Resource<AccountBody, AccountRecord>;
  readonly conversations: Conversations;
  readonly assets: Assets;
  /** Short for `conversations.send`. */
  sendMessages(body: SendMessagesBody, options?: CallOptions): Promise<SendMessagesAnswer>;
}

/** Far above eGain's own 10 MiB: what agents send may have come another way. */
const defaultDownloadBytes = 100 * 1024 * 1024;

export function createEgainClient(options: EgainClientOptions): EgainClient {
  const transport = createEgainTransport(options);
  const paging = options.paging ?? pagingDefaults;
  return {
    ...transport,
    authentications: authentications(transport, paging),
    clientApplications: clientApplications(transport, paging),
    participants: participants(transport, paging),
    channels: channels(transport, paging),
    orchestrations: orchestrations(transport, paging),
    accounts: accounts(transport, paging),
    conversations: conversations(transport),
    assets: assets(transport, {
      dispatcher: options.dispatcher,
      now: options.now ?? Date.now,
      idleTimeoutMs: options.transferIdleTimeoutMs ?? options.timeoutMs,
      uploadMode: options.uploadMode ?? 'post-raw',
      refetch: options.refetchAssetUrl ?? true,
      maxDownloadBytes: options.maxDownloadBytes ?? defaultDownloadBytes,
      ...(options.allowHttp === undefined ? {} : { allowHttp: options.allowHttp }),
    }),
    sendMessages: (body, callOptions) => sendMessages(transport, body, callOptions),
  };
}
