import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AcceptStatus, NewMessage } from '../src/lanes/lanes.js';
import { refuse } from './refuse.js';
import { Refusal, type RefusalCode } from './reply.js';

/** A route's work on Node's own request and response, so that Express and the direct way in can both mount it. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  path: RequestPath,
) => Promise<void>;

export interface RequestPath {
  readonly pathname: string;
  readonly query: URLSearchParams;
  /** The variable part of the route, e.g. the channel's name. */
  readonly parameter: string;
}

/**
 * Which kind of caller: for counting, never for deciding. `management` was kept from an operator's page, `other` asked
 * for nothing that is there.
 */
export type CallerKind = 'egain' | 'channel' | 'chat' | 'token' | 'file' | 'management' | 'other';

export interface RequestObserver {
  refused(caller: CallerKind, code: RefusalCode, cause: unknown): void;
  /** `statuses` is parallel to `messages`. */
  accepted(facts: {
    readonly caller: CallerKind;
    readonly channel?: string | undefined;
    readonly messages: readonly NewMessage[];
    readonly statuses: readonly AcceptStatus[];
    /** When the request began, monotonic, milliseconds. */
    readonly startedAt: number;
    readonly traceparent?: string | undefined;
  }): void;
  /** Whatever the answer was. */
  answered(caller: CallerKind, tookMs: number): void;
}

/**
 * Turns whatever a handler throws into its answer, counted, without the caller's words. `closed`: why nobody is let in at
 * this moment; asked first, for under a flood there is no time to look at what is refused.
 */
export function guarded(
  caller: CallerKind,
  observer: RequestObserver,
  handler: Handler,
  closed?: () => Refusal | undefined,
): Handler {
  const handle: Handler = async (request, response, path) => {
    const startedAt = performance.now();
    try {
      await handler(request, response, path);
    } catch (error) {
      const refusal = refusalOf(error);
      observer.refused(caller, refusal.code, refusal.cause);
      refuse(request, response, refusal);
    }
    observer.answered(caller, performance.now() - startedAt);
  };
  if (closed === undefined) return handle;
  return (request, response, path) => {
    const refusal = closed();
    if (refusal === undefined) return handle(request, response, path);
    observer.refused(caller, refusal.code, undefined);
    refuse(request, response, refusal);
    observer.answered(caller, 0);
    return answered;
  };
}

const answered = Promise.resolve();

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal('internal-error', 'the bridge failed to handle the request', {}, { cause: error });
}

/** @throws {Refusal} 405 */
export function requireMethod(request: IncomingMessage, method: 'POST'): void {
  if (request.method !== method) {
    throw new Refusal('method-not-allowed', `method: expected ${method}`, { allow: method });
  }
}
