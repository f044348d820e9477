import type { Outcome } from './delivery.js';

/** What a failed call means for the message; made from eGain's error by `src/egain`. Times in milliseconds. */
export type SendFailure =
  | { readonly kind: 'retry' | 'uncertain'; readonly error: string; readonly afterMs?: number | undefined }
  | { readonly kind: 'throttled' | 'token'; readonly error: string; readonly afterMs?: number | undefined }
  | { readonly kind: 'start-anew'; readonly error: string }
  | { readonly kind: 'permanent'; readonly error: string };

/** `safeRetry`: whether a message is sent again when eGain may have taken it without our seeing the answer. */
export function afterSendFailure(
  failure: Exclude<SendFailure, { kind: 'start-anew' }>,
  safeRetry: boolean,
): Outcome {
  const { error } = failure;
  switch (failure.kind) {
    case 'permanent':
      return { kind: 'dead', reason: 'refused', detail: error, gate: { kind: 'well' } };
    case 'uncertain':
    case 'retry':
      if (failure.kind === 'uncertain' && !safeRetry) {
        return { kind: 'dead', reason: 'uncertain', detail: error, gate: { kind: 'failed' } };
      }
      return {
        kind: 'again',
        error,
        countsAsAttempt: true,
        afterMs: failure.afterMs,
        gate: { kind: 'failed' },
      };
    case 'throttled':
      return {
        kind: 'again',
        error,
        countsAsAttempt: false,
        afterMs: failure.afterMs,
        gate: { kind: 'throttled', forMs: failure.afterMs },
      };
    case 'token':
      return {
        kind: 'again',
        error,
        countsAsAttempt: false,
        afterMs: failure.afterMs,
        gate: { kind: 'failed', atOnce: true },
      };
  }
}
