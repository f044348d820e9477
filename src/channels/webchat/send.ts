import type { Operation, SendEnvironment, SendResult } from '../adapter.js';
import type { WebchatConfig } from './config.js';
import type { ChatOperation } from './render.js';

/**
 * Puts one event into the customer's outbox; there it is delivered (I13). Whether an append that failed was made is not
 * known, and does not matter: a repeat has the same key.
 */
export async function send(
  operation: Operation,
  config: WebchatConfig,
  environment: SendEnvironment,
): Promise<SendResult> {
  const { outbox, signal } = environment;
  if (outbox === undefined)
    return { kind: 'rejected', code: 'no-outbox', detail: 'nothing to keep messages in' };
  if (signal?.aborted === true) return { kind: 'retry', cause: 'aborted' };
  // Made by `render`; a plan that was stored comes back as it was written.
  const { to, event } = operation.body as ChatOperation;
  const { messages, seconds } = config.outbox;
  try {
    await outbox.append(to, {
      key: operation.key,
      event: JSON.stringify(event),
      fleeting: operation.kind === 'typing',
      most: messages,
      lifeMs: seconds * 1000,
    });
    return { kind: 'sent', providerIds: [] };
  } catch {
    return { kind: 'uncertain', cause: 'outbox' };
  }
}
