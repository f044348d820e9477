import type { Kind, Tree } from '../../../src/provisioning/kinds.js';
import { Pointer } from '../../../src/provisioning/pointer.js';
import { minimal } from '../config/fixture.js';
import { declared, usual } from './fixture.js';

const bodies = (kind: Kind, text?: string): Tree[] =>
  declared(text)
    .objects.filter((object) => object.kind === kind)
    .map(({ body }) => body);

const authentication = (...entries: string[]): string =>
  minimal.replace(/authentication: .*/, `authentication: [ ${entries.join(', ')} ]`) + usual;

const basic = '{ type: basic, username: egain, password: 0123456789abcdef-callback }';
const older = '{ type: basic, username: older, password: 0123456789abcdef-older }';
const own =
  '{ type: bearer, issuer: bridge, clients: [ { id: hub&co, secret: "0123456789=&abcdef" } ], keys: [ { kid: k1, secret: 0123456789abcdef0123456789abcdef } ] }';
const foreign =
  '{ type: bearer, issuer: https://login.example.com, jwksUrl: https://login.example.com/keys, audience: bridge }';

describe('what is declared follows from what the configuration says already', () => {
  test('in the order eGain asks for', () => {
    const text =
      minimal +
      '\nprovisioning: { notificationEmail: a@example.com, participants: [ { name: bot, application: { name: bots } } ] }\n';
    expect(declared(text).objects.map(({ kind, key }) => [kind, key])).toEqual([
      ['authentication', 'egain-bridge-basic'],
      ['clientApplication', 'egain-bridge'],
      ['participant', 'bot'],
      ['channel', 'custom.support'],
      ['orchestration', 'egain-bridge'],
      ['account', 'support'],
    ]);
  });

  test('the client application leads to this bridge, in the role customer and version v3', () => {
    const [application] = bodies('clientApplication');
    expect(application).toMatchObject({
      name: 'egain-bridge',
      roles: [
        {
          name: 'customer',
          version: 'v3',
          callback: 'https://bridge.example.com/egain/callback',
          notificationEmail: 'oncall@example.com',
          authentication: {
            id: new Pointer(
              'authentication',
              'key',
              'egain-bridge-basic',
              'egain.callback.authentication[0]',
            ),
          },
        },
      ],
    });
  });

  test('every name comes from provisioning.name, or from provisioning.names', () => {
    const names = 'names: { basic: hub-login, orchestration: straight }';
    const { objects } = declared(
      `${minimal}\nprovisioning: { name: acme, notificationEmail: a@example.com, ${names} }\n`,
    );
    expect(objects.map(({ key }) => key)).toEqual([
      'hub-login',
      'acme',
      'custom.support',
      'straight',
      'support',
    ]);
  });

  test('a bot answers before the agents and may hand over to them', () => {
    const bots = 'bots: { participants: [ Virtual assistant ], bypassVaDuration: 5 }';
    const [orchestration] = bodies(
      'orchestration',
      `${minimal}\nprovisioning: { notificationEmail: a@example.com, ${bots} }\n`,
    );
    const agent = new Pointer('clientApplication', 'role', 'egain_agent', 'provisioning.agent.role');
    expect(orchestration).toMatchObject({
      applications: {
        agentConfiguration: { agents: [{ id: agent }] },
        botConfiguration: {
          bypassVaDuration: 5,
          bots: [
            { participant: { id: { value: 'Virtual assistant' } }, onEscalation: { agent: { id: agent } } },
          ],
        },
      },
    });
  });
});

describe('how eGain proves itself', () => {
  test('the first basic entry', () => {
    expect(bodies('authentication', authentication(basic, older))).toEqual([
      {
        name: 'egain-bridge-basic',
        active: true,
        type: 'basic',
        basicAuth: { username: 'egain', password: '0123456789abcdef-callback' },
        oauth2: null,
      },
    ]);
  });

  test('tokens of the bridge: the recipe for its token endpoint, whatever the secret holds', () => {
    const [body] = bodies('authentication', authentication(own));
    expect(body).toMatchObject({
      type: 'oauth2',
      oauth2: {
        tokenRequestUrl: 'https://bridge.example.com/egain/token',
        method: 'POST',
        headers: [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }],
        payload: 'grant_type=client_credentials&client_id=hub%26co&client_secret=0123456789%3D%26abcdef',
        accessTokenPath: '$.access_token',
      },
    });
  });

  test('while one form is being replaced both exist, and the first listed is used', () => {
    const { objects } = declared(authentication(own, basic));
    expect(objects.slice(0, 2).map(({ key }) => key)).toEqual(['egain-bridge-oauth2', 'egain-bridge-basic']);
    expect(objects[2]?.body).toMatchObject({
      roles: [{ authentication: { id: { value: 'egain-bridge-oauth2' } } }],
    });
  });

  test('tokens of another issuer: an authentication made by hand has to be named', () => {
    expect(declared(authentication(foreign)).problems).toEqual([
      expect.stringMatching(/^egain\.callback\.authentication: .*provisioning\.authentication\.id$/),
    ]);
    const byHand = authentication(foreign).replace(
      'provisioning: {',
      'provisioning: { authentication: { id: abc },',
    );
    const { objects, problems } = declared(byHand);
    expect(problems).toEqual([]);
    expect(objects.some(({ kind }) => kind === 'authentication')).toBe(false);
    expect(objects[0]?.body).toMatchObject({
      roles: [{ authentication: { id: { by: 'id', value: 'abc' } } }],
    });
  });
});

describe('what contradicts itself is refused before eGain is asked', () => {
  const second = (manifest: string, account: string): string =>
    `${minimal}  sales:\n    adapter: webhook\n    url: https://chat.example.com/bridge\n    secrets: [ whsec_MDEyMzQ1Njc4OWFiY2RlZg== ]\n    manifest: ${manifest}\n    account: ${account}\n${usual}`;

  test('two accounts of one name', () => {
    const text = second('{ type: custom.sales, displayName: Sales }', '{ name: support, address: sales }');
    expect(declared(text).problems).toEqual([
      'channels.sales.account: account support is declared by channels.support.account as well',
    ]);
  });

  test('two channels may share a type as long as they say the same about it', () => {
    const same = declared(
      second('{ type: custom.support, displayName: Support chat }', '{ address: sales }'),
    );
    expect(same.problems).toEqual([]);
    expect(same.objects.filter(({ kind }) => kind === 'channel')).toHaveLength(1);
    const other = declared(second('{ type: custom.support, displayName: Other }', '{ address: sales }'));
    expect(other.problems).toEqual([
      'channels.sales.manifest: expected the same as channels.support.manifest, because both declare channel custom.support',
    ]);
  });

  test('an address that eGain cannot reach is pointed out', () => {
    expect(declared(minimal + usual).notices).toEqual([]);
    expect(declared(minimal + usual, '').notices).toEqual([
      'publicUrl: eGain cannot reach http://127.0.0.1:8080; its callbacks need the address the internet sees',
    ]);
  });
});
