import { channel } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './answer.js';

/** One request and what the operation answered, before any fault spoilt it on its way. */
export interface ObservedExchange {
  /** eGain's operationId, `requestToken`, or `unknown`. */
  readonly operation: string;
  readonly method: string;
  /** With query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
  /** Absent where a fault came before the operation. */
  readonly answer?: Answer;
}

/**
 * Each exchange as an `ObservedExchange`, for whoever listens in the same process: so that a whole test run can be held
 * against the description of the API without every test having to ask for it.
 */
export const exchangeChannel = 'egain-channel-bridge:simulator:exchange';

const exchanges = channel(exchangeChannel);

/** Costs one look while nobody listens. */
export function observe(exchange: () => ObservedExchange): void {
  if (exchanges.hasSubscribers) exchanges.publish(exchange());
}
