import type { SendResult } from '../src/channels/adapter.js';
import type { Outcome } from './delivery.js';

/** What an adapter's word means for the message and for the channel's gate. */
export function afterSendResult(result: Exclude<SendResult, { kind: 'sent' }>): Outcome {
  switch (result.kind) {
    case 'retry':
      return {
        kind: 'again',
        error: result.cause,
        countsAsAttempt: true,
        ...(result.afterMs === undefined ? {} : { afterMs: result.afterMs }),
        gate: { kind: 'failed' },
      };
    case 'uncertain':
      return { kind: 'again', error: result.cause, countsAsAttempt: true, gate: { kind: 'failed' } };
    case 'throttled': {
      const held = {
        kind: 'again',
        error: 'throttled',
        countsAsAttempt: false,
        afterMs: result.afterMs,
      } as const;
      return result.scope === 'account'
        ? { ...held, gate: { kind: 'throttled', forMs: result.afterMs } }
        : held;
    }
    case 'gone':
      return { kind: 'dead', reason: 'unreachable', detail: result.reason, gate: { kind: 'well' } };
    case 'rejected':
      return {
        kind: 'dead',
        reason: 'rejected',
        detail: `${result.code} ${result.detail}`.trim(),
        gate: { kind: 'well' },
      };
  }
}
