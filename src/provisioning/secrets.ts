/** Which fields are secret, and whether what eGain shows of one says anything. */
import type { Kind } from './kinds.js';

const secretFields: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  authentication: ['basicAuth.password', 'oauth2.payload'],
};

export function isSecretField(kind: Kind, field: string): boolean {
  return secretFields[kind]?.includes(field) === true;
}

/** Compared, but never shown: a header of the callback may carry a key. */
export function isHiddenField(field: string): boolean {
  return field.includes('headers[') && field.endsWith('].value');
}

const marks = /[*•●∙·#]{3,}|^[xX]{3,}$|^\W*(masked|hidden|redacted|secret|protected)\W*$/i;

/**
 * Whether a secret that eGain shows is only a stand-in: nothing, one character over and over, a run of asterisks or
 * dots, a word in their place (contract, 16 #29). Taking a real one for a stand-in does no harm; the other way it
 * would be sent back and end up as the password.
 */
export function isMasked(shown: unknown): boolean {
  if (typeof shown !== 'string' || shown.trim() === '') return true;
  return marks.test(shown) || /^(.)\1*$/su.test(shown);
}
