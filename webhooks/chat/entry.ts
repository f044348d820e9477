import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VerifyEnvironment } from '../../src/channels/adapter.js';
import type { WebchatConfig } from '../../src/channels/webchat/config.js';
import {
  bearerToken,
  readSessionToken,
  type SessionClaims,
} from '../../src/channels/webchat/session-token.js';
import type { Keyspace } from '../../src/lanes/keyspace.js';
import type { ChatSessions } from '../../src/lanes/chat-sessions.js';
import type { Outbox } from '../../src/lanes/outbox.js';
import type { TextName } from '../../src/messages/texts.js';
import type { Arrivals } from '../arrivals.js';
import { callerAddress, type FailureThrottle } from '../caller.js';
import { rawRequest, type ChannelEntry } from '../channel-webhook.js';
import type { ChatFiles } from './files.js';
import type { ChatLimits } from './limits.js';
import type { ChatStreams } from './streams.js';
import type { Handler, RequestPath } from '../handler.js';
import type { KeepingParts } from '../keeping.js';
import { Refusal, unavailable } from '../reply.js';
import type { UploadDesk } from '../files/upload-desk.js';

/** A web chat channel of the configuration. */
export interface ChatEntry extends ChannelEntry {
  readonly settings: WebchatConfig;
  /** What the page shows and may do. */
  readonly about: ChatAbout;
  /** A text for customers, in a language (BCP 47; undefined = the channel's default), its `{0}`, … filled. */
  readonly say: (name: TextName, language: string | undefined, parameters: readonly string[]) => string;
}

/** Told to the page with its session. */
export interface ChatAbout {
  readonly title: string;
  readonly greeting?: string;
  /** In UTF-16 units. */
  readonly maxTextLength: number;
  readonly typing: boolean;
  /** Whether files may be sent. */
  readonly files: boolean;
  readonly defaultLanguage: string;
}

export interface ChatParts extends KeepingParts {
  readonly channels: ReadonlyMap<string, ChatEntry>;
  /** Origin of the bridge's own pages. */
  readonly own: string;
  readonly keys: Keyspace;
  readonly outbox: Outbox;
  readonly streams: ChatStreams;
  readonly sessions: ChatSessions;
  readonly limits: ChatLimits;
  readonly files: ChatFiles;
  /** Tickets for files, and the way the files themselves take. */
  readonly uploads: { readonly desk: UploadDesk; readonly handler: Handler };
  readonly throttle: FailureThrottle;
  /** For what went wrong beside a request that was answered. */
  readonly onError: (error: unknown) => void;
  readonly environment: VerifyEnvironment;
  readonly arrivals: Arrivals;
  readonly trustProxy: number;
  /** Hexadecimal, 128 bits. */
  readonly randomId: () => string;
}

/** One request to a chat, its channel known and its origin admitted. */
export interface ChatRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: RequestPath;
  readonly channel: string;
  readonly entry: ChatEntry;
  readonly address: string;
  /** Where the page that asks comes from. */
  readonly origin: string;
}

/** Failures that nobody makes by guessing: a session that ended overnight must not slow its whole office down. */
const innocent: ReadonlySet<string> = new Set(['stale-timestamp', 'missing-signature', 'wrong-origin']);

/** @throws {Refusal} 401 without an open session of this channel, 403 for one of another origin, 429, 503. */
export async function sessionOf(parts: ChatParts, chat: ChatRequest): Promise<SessionClaims> {
  const { request, path, entry, address } = chat;
  await parts.throttle.check(address);
  const raw = rawRequest(request, path, Buffer.alloc(0));
  const verdict = entry.adapter.verify(raw, entry.settings, parts.environment);
  const session = verdict.ok ? readSessionToken(bearerToken(request.headers.authorization)) : undefined;
  if (session !== undefined) {
    if (await isOpen(parts, session)) return session;
    // Nobody guesses: who holds such a token had the session.
    throw new Refusal('unauthenticated', 'authorization: the session has ended; expected another one');
  }
  const reason = verdict.ok ? 'malformed-signature' : verdict.reason;
  if (!innocent.has(reason)) await parts.throttle.failed(address);
  throw new Refusal(
    reason === 'wrong-origin' ? 'forbidden' : 'unauthenticated',
    `authorization: ${reason}; expected the token of a session of this chat`,
  );
}

/** The token names the session's record, which lies beside its customer's lane. @throws {Refusal} 503 */
export async function isOpen(
  { sessions, keys }: Pick<ChatParts, 'sessions' | 'keys'>,
  { id, channel, customer }: SessionClaims,
): Promise<boolean> {
  if (id === undefined) return true;
  return confirmed(sessions.isOpen(keys.inboundLane(channel, customer.id), id));
}

/** @throws {Refusal} 503 unless Redis answers. */
export async function confirmed<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw unavailable('Redis does not answer', 1, error);
  }
}

/** @throws {Refusal} 404 */
export function chatRequest(
  parts: ChatParts,
  request: IncomingMessage,
  response: ServerResponse,
  path: RequestPath,
): Omit<ChatRequest, 'origin'> {
  const channel = path.parameter;
  const entry = parts.channels.get(channel);
  if (entry === undefined) throw new Refusal('not-found', 'channel: there is no web chat of this name');
  return { request, response, path, channel, entry, address: callerAddress(request, parts.trustProxy) };
}
