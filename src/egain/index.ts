/** eGain Conversation Manager as a library: token, client, callbacks and translation. */
export type { AccountBody, AccountRecord } from './accounts.js';
export {
  largestAsset,
  type AssetBody,
  type AssetDownload,
  type AssetFile,
  type Assets,
  type AssetUpload,
} from './assets.js';
export type { AuthenticationBody, AuthenticationRecord } from './authentications.js';
export {
  createCallbackAuthenticator,
  type CallbackAuthenticator,
  type CallbackAuthenticatorOptions,
  type CallbackMethod,
} from './callback/authenticator.js';
export { createTokenIssuer, type TokenIssuer, type TokenIssuerOptions } from './callback/token-issuer.js';
export type { CallbackRefusal, CallbackVerdict } from './callback/verdict.js';
export type { ChannelBody, ChannelRecord } from './channels.js';
export type { ClientApplicationBody, ClientApplicationRecord } from './client-applications.js';
export { createEgainClient, type EgainClient, type EgainClientOptions } from './client.js';
export type { ConversationHistory, Conversations } from './conversations.js';
export { EgainError, type EgainErrorKind, type ErrorDetail } from './errors.js';
export type { EgainAnswer, EgainCall, EgainTransport } from './http.js';
export type { OrchestrationBody, OrchestrationRecord } from './orchestrations.js';
export { outcomeOf, type SendOutcome } from './outcome.js';
export { pagingDefaults, type PagingOptions } from './paging.js';
export { parseCallback, type CallbackItem, type ParsedCallback } from './parse-callback.js';
export type { ParticipantBody, ParticipantRecord } from './participants.js';
export { replacing } from './replacing.js';
export type { CallOptions, Created, Resource } from './resource.js';
export { conversationIdOf } from './send-messages.js';
export type { DownloadedFile, UploadMode } from './signed-url.js';
export {
  inboundDefaults,
  outboundDefaults,
  outcomeDefaults,
  type InboundSwitches,
  type OutboundSwitches,
  type OutcomeSwitches,
} from './switches.js';
export type { TokenCredentials } from './token/credentials.js';
export {
  createTokenSource,
  type TokenEvent,
  type TokenSource,
  type TokenSourceOptions,
} from './token/token-source.js';
export { inboundParts, mayOpen, translateInbound, translateNotice } from './translate-inbound.js';
export { translateOutbound, type OutboundDraft, type TranslatedOutbound } from './translate-outbound.js';
export * from './types.js';
