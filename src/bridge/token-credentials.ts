import type { EgainAccess } from '../../config/schema/egain.js';
import type { TokenCredentials } from '../egain/token/credentials.js';

/** How the configuration says that the client proves itself. */
export function credentialsOf(token: EgainAccess['token']): TokenCredentials {
  const { clientAuthentication: method, clientSecret = '', privateKey = '', keyId, algorithm } = token;
  if (method !== 'private_key_jwt') return { method, clientSecret };
  return { method, privateKey, algorithm, ...(keyId === undefined ? {} : { keyId }) };
}
