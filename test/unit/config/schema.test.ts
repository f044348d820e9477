import { hostname } from 'node:os';
import * as z from 'zod';
import { bridgeSchema } from '../../../config/schema.js';
import { isHttpsOrLoopback } from '../../../config/schema/fields.js';
import { configOf, load, minimal, problemsOf, webhook } from './fixture.js';
import { usualLines } from '../../../src/messages/events.js';

const authentication = (entry: string): string => minimal.replace(/\{ type: basic.*?\}/, entry);

describe('defaults', () => {
  const config = configOf(load(minimal));

  test('the smallest configuration is complete', () => {
    expect(config).toMatchObject({
      publicUrl: 'http://127.0.0.1:8080',
      instance: `${hostname()}:9090`,
      server: { port: 8080, managementPort: 9090, trustProxy: 0, maxBodyBytes: 1_048_576, maxInFlight: 1000 },
      management: { allowedHosts: [] },
      redis: { url: 'redis://127.0.0.1:6379', prefix: 'egain-bridge', shards: 1 },
      delivery: { holdMs: 900_000, backoff: { firstMs: 500, factor: 2, maxMs: 60_000 }, poisonStarts: 10 },
      retention: { deadLettersMs: 604_800_000 },
      notices: { customer: true, agent: false },
      logging: { level: 'info' },
    });
  });

  test('links and names follow the ports', () => {
    const { publicUrl, instance } = configOf(load(minimal, { env: { PORT: '81', MANAGEMENT_PORT: '91' } }));
    expect([publicUrl, instance]).toEqual(['http://127.0.0.1:81', `${hostname()}:91`]);
  });

  test('a setting with nothing after it counts as not given', () => {
    expect(configOf(load(`${minimal}\nredis:\nserver:\n  port:\n`))).toEqual(config);
  });

  test('an adapter’s settings are apart from what every channel has', () => {
    expect(config.channels['support']).toEqual({
      adapter: 'webhook',
      manifest: { type: 'custom.support', displayName: 'Support chat', active: true },
      account: { address: 'acme-support', timeout: 30, defaultLanguage: 'en-US' },
      eventLines: [...usualLines],
      settings: {
        url: 'https://chat.example.com/bridge',
        secrets: ['whsec_MDEyMzQ1Njc4OWFiY2RlZg=='],
        toleranceSeconds: 300,
      },
    });
  });

  test('a relative path is relative to the file', () => {
    const icon = (path: string): string | undefined =>
      configOf(load(minimal.replace('displayName:', `icon: ${path}, displayName:`))).channels['support']
        ?.manifest.icon;
    expect([icon('./icons/a.png'), icon('/srv/a.png')]).toEqual(['/etc/bridge/icons/a.png', '/srv/a.png']);
  });
});

describe('Redis is one server, a cluster or found through sentinels', () => {
  test('the default address does not slip in beside a cluster', () => {
    const { redis } = configOf(
      load(`${minimal}\nredis: { cluster: { nodes: [ { host: a }, { host: b, port: 7 } ] } }\n`),
    );
    expect(redis.cluster).toEqual({
      nodes: [
        { host: 'a', port: 6379 },
        { host: 'b', port: 7 },
      ],
    });
    expect(redis.url).toBeUndefined();
  });

  test('nor beside sentinels', () => {
    const { redis } = configOf(
      load(`${minimal}\nredis: { sentinel: { name: m, sentinels: [ { host: a } ] } }\n`),
    );
    expect(redis.sentinel).toEqual({ name: 'm', sentinels: [{ host: 'a', port: 26_379 }] });
    expect(redis.url).toBeUndefined();
  });

  test.each(['http://a', 'a:6379', 'redis://', ''])('%p is no address of a Redis', (url) => {
    expect(problemsOf(load(`${minimal}\nredis: { url: "${url}" }\n`))).toEqual([
      'redis.url: an address such as redis://host:6379/0, or rediss:// for TLS [bridge.yaml line 17]',
    ]);
  });
});

describe('I9: credentials travel over https, or do not leave the machine', () => {
  test.each([
    ['https://a.example', true],
    ['http://localhost:8', true],
    ['http://127.0.0.1', true],
    ['http://127.9.9.9/x', true],
    ['http://[::1]:9', true],
    ['http://demo.localhost', true],
    ['http://a.example', false],
    ['http://127.0.0.1.example.com', false],
    ['http://localhost.example.com', false],
    ['http://10.0.0.1', false],
    ['ftp://localhost', false],
    ['javascript:alert(1)', false],
    ['bridge.example.com', false],
  ])('%s: %p', (address, accepted) => {
    expect(isHttpsOrLoopback(address)).toBe(accepted);
  });

  test.each(['publicUrl', 'egain.apiUrl', 'egain.token.url', 'channels.support.url'])(
    '%s keeps to it',
    (path) => {
      const env: Record<string, string> = {};
      const text = path === 'channels.support.url' ? minimal.replace('https://chat', 'http://chat') : minimal;
      if (path === 'publicUrl') env['PUBLIC_URL'] = 'http://bridge.example.com';
      if (path === 'egain.apiUrl') env['EGAIN_API_URL'] = 'http://api.example.com';
      if (path === 'egain.token.url') env['EGAIN_TOKEN_URL'] = 'http://login.example.com';
      expect(problemsOf(load(text, { env }))).toEqual([
        expect.stringContaining(`${path}: an https:// address`),
      ]);
    },
  );
});

describe('I9: eGain proves itself in one of the ways listed', () => {
  test('none at all is refused', () => {
    expect(problemsOf(load(minimal.replace(/authentication: .*/, 'authentication: []')))).toEqual([
      'egain.callback.authentication: a list of at least one way for eGain to prove itself, e.g. type: basic [bridge.yaml line 8]',
    ]);
  });

  test('our own tokens need clients and keys', () => {
    expect(
      problemsOf(load(authentication('{ type: bearer, issuer: bridge, clients: [], keys: [] }'))),
    ).toEqual([
      'egain.callback.authentication[0].clients: at least 1 entry [bridge.yaml line 8]',
      'egain.callback.authentication[0].keys: at least 1 entry [bridge.yaml line 8]',
    ]);
  });

  test('another issuer needs its keys’ address and the audience', () => {
    const text = authentication('{ type: bearer, issuer: "https://login.example.com", tokenTtlSeconds: 60 }');
    expect(problemsOf(load(text))).toEqual([
      expect.stringMatching(/^egain\.callback\.authentication\[0]\.jwksUrl: an https:/),
      'egain.callback.authentication[0].audience: a text [bridge.yaml line 8] it is not set',
      'egain.callback.authentication[0].tokenTtlSeconds: no setting of this name [bridge.yaml line 8]',
    ]);
  });

  test('several ways stand side by side during a rotation', () => {
    const text = authentication(
      `{ type: basic, username: a, password: 0123456789abcdef },
       { type: bearer, issuer: bridge, clients: [ { id: a, secret: 0123456789abcdef } ],
         keys: [ { kid: k, secret: 0123456789abcdef0123456789abcdef } ] },
       { type: bearer, issuer: "https://login.example.com", jwksUrl: "https://login.example.com/keys", audience: us }`,
    );
    expect(configOf(load(text)).egain.callback.authentication).toMatchObject([
      { type: 'basic' },
      { type: 'bearer', issuer: 'bridge', tokenTtlSeconds: 3600 },
      { type: 'bearer', audience: 'us', algorithms: ['RS256', 'ES256'] },
    ]);
  });

  test('an algorithm that needs no key is refused', () => {
    const text = authentication(
      '{ type: bearer, issuer: "https://a.example", jwksUrl: "https://a.example", audience: us, algorithms: [ none, HS256 ] }',
    );
    expect(problemsOf(load(text))).toHaveLength(2);
  });
});

describe('the token', () => {
  test('each way of proving the client needs its own credentials', () => {
    const text = minimal.replace('clientSecret: 0123456789abcdef', 'clientAuthentication: private_key_jwt');
    expect(problemsOf(load(text))).toEqual([
      'egain.token.privateKey: a value, because clientAuthentication is private_key_jwt [bridge.yaml line 3] it is not set',
      'egain.token.keyId: a value, because clientAuthentication is private_key_jwt [bridge.yaml line 3] it is not set',
    ]);
    expect(
      problemsOf(load(minimal.replace('clientSecret: 0123456789abcdef', 'clientAuthentication: basic'))),
    ).toEqual([
      'egain.token.clientSecret: a value, because clientAuthentication is basic [bridge.yaml line 3] it is not set; environment variable EGAIN_CLIENT_SECRET sets it too',
    ]);
  });
});

describe('channels', () => {
  const second = (account: string): string => `
  second:
    adapter: webhook
    url: https://chat.example.com/second
    secrets: [ whsec_MDEyMzQ1Njc4OWFiY2RlZg== ]
    manifest: { type: custom.support, displayName: Second }
    account: ${account}
`;

  test('two with the same type and address would mix their customers: refused', () => {
    expect(problemsOf(load(minimal + second('{ address: acme-support }')))).toEqual([
      'channels.second.account.address: an address of its own: channel support has the same manifest.type and account.address [bridge.yaml line 22]',
    ]);
    expect(load(minimal + second('{ address: acme-second }')).ok).toBe(true);
  });

  test('the adapter’s own rules hold', () => {
    const text = minimal.replace('whsec_MDEyMzQ1Njc4OWFiY2RlZg==', 'https://chat.example.com/bridge');
    expect(problemsOf(load(text))).toEqual([
      'channels.support.secrets: a secret that is not the url [bridge.yaml line 13]',
    ]);
  });

  describe('a manifest may say less than its channel can do, never more', () => {
    const narrow = {
      ...webhook,
      capabilities: () => ({
        text: { max: 2000, markup: 'none' },
        rich: { listpicker: 'native' },
        typing: { inbound: true, outbound: false },
        attachments: { inbound: false, outbound: true },
      }),
    };
    const declaring = (restrictions: string): string[] =>
      problemsOf(
        load(
          minimal.replace(
            'displayName: Support chat',
            `displayName: Support chat, restrictions: ${restrictions}`,
          ),
          { adapters: [narrow] },
        ),
      ).map((problem) => problem.replace('channels.support.manifest.restrictions.', '').replace(/ \[.*/, ''));

    test('less', () => {
      expect(declaring('{}')).toEqual([]);
      const inbound = '{ maxTextLength: 100000, features: [ typing_events, richText ] }';
      const outbound =
        '{ maxTextLength: 2000, features: [ attachments, whatever ], midChatAuth: false, richMessageTypes: [ form ] }';
      expect(declaring(`{ inbound: ${inbound}, outbound: ${outbound} }`)).toEqual([]);
    });
    test.each([
      [
        '{ outbound: { maxTextLength: 2001 } }',
        'outbound.maxTextLength: at most 2000, the longest text this kind of channel takes',
      ],
      [
        '{ outbound: { features: [ attachments, typing_events ] } }',
        'outbound.features[1]: no typing_events, which this kind of channel does not have',
      ],
      [
        '{ inbound: { features: [ attachments ] } }',
        'inbound.features[0]: no attachments, which this kind of channel does not have',
      ],
      [
        '{ outbound: { features: [ richText ] } }',
        'outbound.features[0]: no richText, which this kind of channel does not have',
      ],
      [
        '{ outbound: { midChatAuth: true } }',
        'outbound.midChatAuth: false, because this kind of channel cannot authenticate customers',
      ],
    ])('%s is refused', (restrictions, problem) => {
      expect(declaring(restrictions)).toEqual([problem]);
    });
  });

  test('what is allowed but hardly meant is a warning', () => {
    const hold = load(minimal.replace('{ address: acme-support }', '{ address: acme-support, timeout: 10 }'));
    expect(hold.ok && hold.warnings).toMatchObject([
      { path: 'channels.support.account.timeout', origin: '/etc/bridge/bridge.yaml line 15' },
    ]);
    const template = 'switches: { contact: { address: "{customer}@x.invalid" } }\n  callback:';
    const shared = load(minimal.replace('callback:', template) + second('{ address: other }'));
    expect(shared.ok && shared.warnings.map(({ path }) => path)).toEqual(['egain.switches.contact.address']);
    const unchecked = load(`${minimal}\nredis: { tls: { verify: false } }\n`);
    expect(unchecked.ok && unchecked.warnings.map(({ path }) => path)).toEqual(['redis.tls.verify']);
  });

  test('an adapter whose settings are no object schema is a mistake of ours, not the operator’s', () => {
    expect(() => bridgeSchema([{ kind: 'odd', configSchema: z.string() }])).toThrow(
      'settings of adapter odd',
    );
    expect(() => bridgeSchema([])).toThrow('at least one adapter');
    expect(() => bridgeSchema([webhook])).not.toThrow();
  });
});

test('an answer must say something to an agent: an attribute alone is refused', () => {
  const modes = (list: string) =>
    problemsOf(load(minimal.replace('callback:', `switches: { reply_mode: ${list} }\n  callback:`)));
  expect(modes('[ attribute ]')).toEqual([
    expect.stringContaining('egain.switches.reply_mode: one of text_title, text_id and json as well'),
  ]);
  expect(modes('[ json, attribute ]')).toEqual([]);
});

test('both ports on one address are refused', () => {
  expect(problemsOf(load(minimal, { env: { PORT: '9090' } }))).toEqual([
    expect.stringContaining('server.managementPort: a port other than server.port'),
  ]);
});
