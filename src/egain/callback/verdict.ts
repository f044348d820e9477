/**
 * Why a caller was not believed. `unavailable`: the named issuer's keys could not be had, which is not the caller's
 * fault: answer 503 and do not count it against its address.
 */
export type CallbackRefusal = 'missing' | 'malformed' | 'wrong' | 'expired' | 'unavailable';

export type CallbackVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: CallbackRefusal;
      /** Value for the `WWW-Authenticate` header of the answer. */
      readonly wwwAuthenticate: string;
    };
