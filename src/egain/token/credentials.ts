import { importPKCS8 } from 'jose';
import { ClientSecretPost, PrivateKeyJwt, type ClientAuth } from 'openid-client';

/** `form` is what eGain documents [doc: client-credentials-flow]; the other two are for gateways in front of it. */
export type TokenCredentials =
  | { readonly method: 'form' | 'basic'; readonly clientSecret: string }
  | {
      readonly method: 'private_key_jwt';
      /** PKCS #8 in PEM. */
      readonly privateKey: string;
      /** JOSE name, e.g. `RS256`, `ES256`. */
      readonly algorithm: string;
      readonly keyId?: string;
    };

/** What must never show up in a message: the client's secret or private key. */
export function secretOf(credentials: TokenCredentials): string {
  return credentials.method === 'private_key_jwt' ? credentials.privateKey : credentials.clientSecret;
}

export async function clientAuthentication(credentials: TokenCredentials): Promise<ClientAuth> {
  if (credentials.method === 'private_key_jwt') {
    const key = await importPKCS8(credentials.privateKey, credentials.algorithm);
    return PrivateKeyJwt(credentials.keyId === undefined ? key : { key, kid: credentials.keyId });
  }
  const { clientSecret } = credentials;
  return credentials.method === 'form' ? ClientSecretPost(clientSecret) : basic(clientSecret);
}

/**
 * The library's own Basic escapes every character but letters and digits; servers that do not unescape would then
 * refuse any id with a dash. The form encoding that RFC 6749 asks for leaves `-`, `.` and `_` alone.
 */
function basic(clientSecret: string): ClientAuth {
  const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
  return (_server, client, _body, headers) => {
    const pair = `${encode(client.client_id)}:${encode(clientSecret)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  };
}
