/**
 * - `answer`: an answer with an error object. - `not-egain`: something answered, but not with eGain's JSON (a proxy's
 * page, a cut body). - `network-unsent`: not one byte of the request was written. - `network-uncertain`: it was
 * written and no usable answer came. - `token`: no access token could be had. - `invalid-request`: refused here,
 * before it left.
 */
export type EgainErrorKind =
  'answer' | 'not-egain' | 'network-unsent' | 'network-uncertain' | 'token' | 'invalid-request';

export interface ErrorDetail {
  readonly key: string;
  readonly value?: string;
}

export interface EgainErrorFacts {
  readonly kind: EgainErrorKind;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly developerMessage?: string | undefined;
  readonly details?: readonly ErrorDetail[] | undefined;
  readonly retryable: boolean;
  /** Milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The one error of this room; whether a repeat makes sense is data on it. Never holds a secret, a token or a message text of ours. */
export class EgainError extends Error {
  override readonly name = 'EgainError';
  readonly kind: EgainErrorKind;
  readonly status: number | undefined;
  /** `<http status>-<number>` [doc: createauthentication.md], or an OAuth error word. */
  readonly code: string | undefined;
  readonly developerMessage: string | undefined;
  readonly details: readonly ErrorDetail[] | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: EgainErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = facts.kind;
    this.status = facts.status;
    this.code = facts.code;
    this.developerMessage = facts.developerMessage;
    this.details = facts.details;
    this.retryable = facts.retryable;
    this.retryAfterMs = facts.retryAfterMs;
  }

  /** True only for eGain's documented error object: a wrong address or a proxy cannot produce it by accident. */
  get isEgainAnswer(): boolean {
    return this.kind === 'answer' && this.code !== undefined && egainCode.test(this.code);
  }
}

/** eGain's codes: HTTP status, dash, number [doc: createauthentication.md]. */
export const egainCode = /^\d{3}-\d+$/;
