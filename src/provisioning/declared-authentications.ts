/** How eGain shall prove itself at our callback: the same that the callback accepts, told to eGain. */
import type { CallbackAuthentication } from '../../config/schema/callback.js';
import type { BridgeConfig } from '../../config/schema.js';
import type { ProvisioningConfig } from '../../config/schema/provisioning.js';
import type { DeclaredObject } from './declared-object.js';
import { namesOf } from './names.js';
import { Pointer } from './pointer.js';

export interface DeclaredAuthentications {
  readonly objects: readonly DeclaredObject[];
  /** The one the client application uses. */
  readonly used: Pointer | undefined;
  readonly problems: readonly string[];
}

const setting = 'egain.callback.authentication';

/**
 * The first entry of each form the bridge can describe to eGain, so that changing from one form to the other leaves
 * the old one in place until its entry is taken away. The application uses what stands first.
 */
export function authenticationsOf(
  config: BridgeConfig,
  provisioning: ProvisioningConfig,
): DeclaredAuthentications {
  const { authentication } = provisioning;
  if (authentication !== undefined) {
    const used = new Pointer('authentication', 'id', authentication.id, 'provisioning.authentication.id');
    return { objects: [], used, problems: [] };
  }
  const entries = config.egain.callback.authentication.map((entry, index) =>
    declaredAs(entry, index, config, provisioning),
  );
  const objects = entries
    .filter((object) => object !== undefined)
    .filter(
      ({ body }, index, all) => all.findIndex((other) => other.body['type'] === body['type']) === index,
    );
  const [first] = objects;
  if (first === undefined) {
    return {
      objects: [],
      used: undefined,
      problems: [
        `${setting}: no entry of type basic or with issuer: bridge; eGain cannot be told how to get a token of another issuer: make that authentication in eGain and name it in provisioning.authentication.id`,
      ],
    };
  }
  return { objects, used: new Pointer('authentication', 'key', first.key, first.setting), problems: [] };
}

function declaredAs(
  entry: CallbackAuthentication,
  index: number,
  { publicUrl }: BridgeConfig,
  provisioning: ProvisioningConfig,
): DeclaredObject | undefined {
  const names = namesOf(provisioning);
  const place = { kind: 'authentication' as const, setting: `${setting}[${index}]` };
  if (entry.type === 'basic') {
    const { username, password } = entry;
    const name = names.basic;
    const body = { name, active: true, type: 'basic', basicAuth: { username, password }, oauth2: null };
    return { ...place, key: name, body };
  }
  // Only the bridge's own issuer has clients: of a foreign one no recipe is known.
  if (!('clients' in entry)) return undefined;
  const [client] = entry.clients;
  if (client === undefined) return undefined;
  const name = names.oauth2;
  const payload = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: client.secret,
  });
  const oauth2 = {
    tokenRequestUrl: `${publicUrl}/egain/token`,
    method: 'POST',
    headers: [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }],
    payload: payload.toString(),
    accessTokenPath: '$.access_token',
  };
  return { ...place, key: name, body: { name, active: true, type: 'oauth2', oauth2, basicAuth: null } };
}
