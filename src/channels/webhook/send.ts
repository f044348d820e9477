import type { Operation, SendEnvironment, SendResult } from '../adapter.js';
import { exchange, type Exchange } from '../http-exchange.js';
import { retryAfterMs } from '../retry-after.js';
import type { WebhookConfig } from './config.js';
import { signatureHeader } from './signature.js';

/** Statuses below 500 that say "not now" rather than "never". */
const notNow: ReadonlySet<number> = new Set([408, 425]);

function classify(outcome: Exchange, now: number): SendResult {
  if (outcome.kind === 'not-sent') return { kind: 'retry', cause: outcome.cause };
  if (outcome.kind === 'unanswered') return { kind: 'uncertain', cause: outcome.cause };
  const { status } = outcome;
  if (status < 300) return { kind: 'sent', providerIds: [] };
  const afterMs = retryAfterMs(outcome.header('retry-after'), now, outcome.header('date'));
  const wait = afterMs === undefined ? {} : { afterMs };
  // The receiver is one service for all its customers, so it is the whole channel that has to slow down.
  if (status === 429) return { kind: 'throttled', scope: 'account', ...wait };
  if (status >= 500 || notNow.has(status)) return { kind: 'retry', cause: `HTTP ${status}`, ...wait };
  const detail =
    status < 400
      ? 'the channel answered with a redirect, which is not followed: set url to the final address'
      : `the channel answered with HTTP ${status}`;
  return { kind: 'rejected', code: `http-${status}`, detail };
}

const addresses = new WeakMap<WebhookConfig, URL>();

/** Parsed once per channel. */
function addressOf(config: WebhookConfig): URL {
  const known = addresses.get(config);
  if (known !== undefined) return known;
  const address = new URL(config.url);
  addresses.set(config, address);
  return address;
}

/**
 * Posts one operation, signed with every secret of the channel over the bytes sent. `webhook-id` is the operation's key
 * and stays the same over retries, `webhook-timestamp` is the time of this attempt. Any 2xx counts as delivered, however
 * its body goes on. Results never carry what the channel answered: it may repeat the customer's words.
 */
export async function send(
  operation: Operation,
  config: WebhookConfig,
  environment: SendEnvironment,
): Promise<SendResult> {
  const body = JSON.stringify(operation.body);
  const timestamp = String(Math.floor(environment.now() / 1000));
  const outcome = await exchange(environment.dispatcher, {
    url: addressOf(config),
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'egain-channel-bridge',
      'webhook-id': operation.key,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatureHeader(config.secrets, operation.key, timestamp, body),
    },
    body,
    timeoutMs: Math.min(environment.timeoutMs, config.timeoutMs),
    ...(environment.signal !== undefined && { signal: environment.signal }),
  });
  return classify(outcome, environment.now());
}
