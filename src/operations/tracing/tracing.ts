import type { Dispatcher } from 'undici';

/**
 * One trace per message, from the request that brought it to the answer of whoever it was for. Nothing of this exists
 * unless the environment asks for it, so everybody holds it as `Tracing | undefined`. What goes into spans is ids, counts
 * and words from closed lists, never a text, an address of a customer or a secret (I9).
 */
export interface Tracing {
  /** A request that brought messages, its caller known to be who it says. */
  accept(request: AcceptedRequest): AcceptTrace;
  /** An attempt at a message whose traceparent was kept with it. */
  attempt(head: AttemptedHead): AttemptTrace;
  /** The same dispatcher, but what is asked within an attempt is a span of its own and carries its traceparent. */
  upstream(upstream: string, dispatcher: Dispatcher): Dispatcher;
  /** Sends what is left, as far as that can be done within seconds. */
  close(): Promise<void>;
}

export interface AcceptedRequest {
  readonly caller: string;
  readonly channel?: string | undefined;
  /** As the caller sent it; honoured only where the caller is a program we know. */
  readonly traceparent?: string | undefined;
  /** When the request began, on the monotonic clock, milliseconds. */
  readonly startedAt: number;
}

export interface AcceptTrace {
  /** Kept with each message, so that its delivery goes on with this trace. */
  readonly traceparent: string;
  /** Ids of the messages it brought; `duplicates` of them were there before. */
  kept(messageIds: readonly string[], duplicates: number): void;
  failed(): void;
}

export interface AttemptedHead {
  readonly traceparent: string;
  /** The lane's target, `in:<channel>` or `out:<channel>`. */
  readonly target: string;
  readonly lane: string;
  readonly messageId: string;
  readonly conversationId?: string | undefined;
  /** From 1. */
  readonly attempt: number;
  /** Set for the first attempt: acceptance and now, by Redis's clock, milliseconds since 1970. */
  readonly waited?: { readonly from: number; readonly to: number } | undefined;
}

export interface AttemptTrace {
  /** What is asked of others in here is part of the attempt. What it throws ends it. */
  run<T>(work: () => Promise<T>): Promise<T>;
  end(outcome: string, reason?: string): void;
}
