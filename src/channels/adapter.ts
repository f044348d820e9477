/**
 * What a channel kind must provide. An adapter knows nothing of eGain, Express, BullMQ or Redis; clock, keys and
 * fetch are handed in. One folder per kind under `src/channels`, each part a file of its own: `config`,
 * `capabilities`, `verify`, `parse`, `render`, `send`, `download` (and `connect` where a socket is held).
 */
import type { Dispatcher } from 'undici';
import type { ZodType } from 'zod';
import type { InboundMessage, Loss, OutboundMessage } from '../messages/model.js';

export type { Loss } from '../messages/model.js';

/** A request as it came off the wire: header names in lower case, duplicates joined by Node's own rules. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why a request was not believed: a closed list, safe to count and to log. */
export type VerifyFailure =
  | 'missing-signature'
  | 'malformed-signature'
  | 'wrong-signature'
  | 'stale-timestamp'
  | 'future-timestamp'
  | 'wrong-origin';

/** `handshake` is answered at once and nothing is accepted (URL verification, challenge). */
export type Verdict =
  | { readonly ok: true; readonly handshake?: HttpReply }
  | { readonly ok: false; readonly status: 400 | 401 | 403; readonly reason: VerifyFailure };

/** `now` in milliseconds since 1970. */
export interface VerifyEnvironment {
  readonly now: () => number;
}

/** A problem in the caller's input: which field, and what was expected. Never the value itself. */
export interface FieldProblem {
  readonly field: string;
  readonly expected: string;
}

export type InboundEvent =
  | { readonly kind: 'message'; readonly message: InboundMessage }
  | { readonly kind: 'unknown'; readonly name: string };

/** `malformed` = 400 (not the documented shape), `unprocessable` = 422 (right shape, refused content). */
export type Parsed =
  | { readonly ok: true; readonly events: readonly InboundEvent[] }
  | { readonly ok: false; readonly status: 400 | 422; readonly problems: readonly FieldProblem[] };

/** One HTTP exchange, JSON-serialisable: it is stored as part of a plan (I5). `key` is stable over retries. */
export interface Operation {
  readonly key: string;
  readonly kind: 'message' | 'typing' | 'control';
  readonly body: unknown;
}

export interface RenderPlan {
  readonly operations: readonly Operation[];
  readonly losses: readonly Loss[];
}

/**
 * - `sent`: the provider has it. - `retry`: it certainly does not, try again. - `throttled`: it said "slow down" for
 * `afterMs` at this `scope`. - `uncertain`: the request was written and no answer came. - `gone`: this customer
 * cannot be reached any more. - `rejected`: it will never take this message.
 */
export type SendResult =
  | { readonly kind: 'sent'; readonly providerIds: readonly string[] }
  | { readonly kind: 'retry'; readonly cause: string; readonly afterMs?: number }
  | {
      readonly kind: 'throttled';
      readonly afterMs?: number;
      readonly scope: 'message' | 'conversation' | 'account';
    }
  | { readonly kind: 'uncertain'; readonly cause: string }
  | { readonly kind: 'gone'; readonly reason: 'blocked' | 'window-closed' | 'not-found' | 'quota' }
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string };

/** Something for a customer who fetches by themselves. */
export interface OutboxEntry {
  /** An entry of the same key is kept once. */
  readonly key: string;
  /** JSON text. */
  readonly event: string;
  /** Told to whoever is there now and kept for nobody (typing). */
  readonly fleeting: boolean;
  /** How many entries of a customer are kept at most, and for how long, in milliseconds. */
  readonly most: number;
  readonly lifeMs: number;
}

/** Where a channel without a far end of its own puts what its customers fetch (web chat). */
export interface Outbox {
  /** Resolves when the entry is kept. @throws when that is not certain. */
  append(customerId: string, entry: OutboxEntry): Promise<void>;
}

/** What `send` and `download` may use. `dispatcher` is a shared undici pool; `signal` fires when the bridge gives up. */
export interface SendEnvironment {
  readonly dispatcher: Dispatcher;
  readonly now: () => number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Absent where nobody could fetch from it. */
  readonly outbox?: Outbox;
}

export type TextUnit = 'utf16' | 'codepoint' | 'utf8';
export type Support = 'native' | 'partial' | 'text';

/** What a channel kind can do, as data. A manifest may narrow it, never widen it. */
export interface Capabilities {
  readonly text: { readonly max: number; readonly unit: TextUnit; readonly markup: 'none' | 'html' };
  /** By eGain's names, `listpicker` and so on, `pagePush` too; what is not named is shown as text. */
  readonly rich: Readonly<Record<string, Support>>;
  /** What a list of options may be to be shown natively; beyond it, it is text. Absent: anything. */
  readonly choices?: { readonly maxOptions: number; readonly multiple: boolean };
  readonly typing: { readonly inbound: boolean; readonly outbound: boolean };
  readonly deletes: boolean;
  readonly attachments: { readonly inbound: boolean; readonly outbound: boolean };
  /** True when the far end drops repeats by `Operation.key`: an uncertain send may then be repeated safely. */
  readonly idempotent: boolean;
  /** How long the provider may deliver the same event again, in milliseconds (I3). */
  readonly redeliveryWindowMs: number;
}

export interface ChannelAdapter<Config> {
  /** `webhook`, `telegram`, …: the value of `adapter:` in the configuration. */
  readonly kind: string;
  /** The adapter's own settings (without `adapter`, `manifest`, `account`, which every channel has). */
  readonly configSchema: ZodType<Config>;
  capabilities(config: Config): Capabilities;
  /** The address messages are sent to, for the doctor to try; undefined where nothing is sent anywhere. */
  farEnd?(config: Config): string;
  /** Raw bytes in, verdict out; constant-time on secrets; never throws. */
  verify(request: RawRequest, config: Config, environment: VerifyEnvironment): Verdict;
  /** Pure and total: what it does not know becomes an `unknown` event, what is malformed names its field. */
  parse(request: RawRequest, config: Config): Parsed;
  /** The answer to a believed and accepted request. `statuses` is parallel to the `message` events of `parse`. */
  reply(events: readonly InboundEvent[], statuses: readonly ('accepted' | 'duplicate')[]): HttpReply;
  /** Pure: one operation = one HTTP exchange = one check-point. */
  render(message: OutboundMessage, config: Config, limits: RenderLimits): RenderPlan;
  /** Exactly one HTTP exchange; never throws, every failure is a `SendResult`. */
  send(operation: Operation, config: Config, environment: SendEnvironment): Promise<SendResult>;
}

/** What the manifest narrows for one channel; absent = the adapter's own capability. */
export interface RenderLimits {
  readonly maxTextLength?: number;
}
