import { formatProblems, type Loaded } from '../../../config/load.js';
import { configOf, load, minimal, problemsOf } from './fixture.js';

const printed = (loaded: Loaded): string => (loaded.ok ? '' : formatProblems(loaded.problems));

describe('I9: short secrets are refused', () => {
  test.each([
    ['clientSecret: 0123456789abcdef', 'clientSecret: hunter2'],
    ['password: 0123456789abcdef-callback', 'password: hunter2'],
    ['whsec_MDEyMzQ1Njc4OWFiY2RlZg==', 'hunter2'],
    ['egain:', 'redis: { password: hunter2 }\negain:'],
    ['egain:', "redis: { url: 'redis://:hunter2@127.0.0.1' }\negain:"],
    ['egain:', 'management: { auth: { users: [ { username: a, passwords: [ hunter2 ] } ] } }\negain:'],
    ['egain:', 'management: { auth: { tokens: [ { name: a, tokens: [ hunter2 ] } ] } }\negain:'],
    ['egain:', 'redis: { hashKey: hunter2 }\negain:'],
  ])('instead of %s, %s', (good, bad) => {
    const loaded = load(minimal.replace(good, bad));
    expect(problemsOf(loaded)).toEqual([expect.stringContaining('at least 16 characters')]);
    expect(printed(loaded)).not.toContain('hunter2');
  });

  test('also where an adapter’s schema forgot to say that it is a secret', () => {
    const pager = `
  pager:
    adapter: pager
    botToken: hunter2
    manifest: { type: custom.pager, displayName: Pager }
    account: { address: pager }
`;
    const loaded = load(minimal + pager);
    expect(problemsOf(loaded)).toEqual([
      'channels.pager.botToken: at least 16 characters, because it is a secret [bridge.yaml line 19]',
    ]);
  });

  test('also when they come from a file', () => {
    const text = minimal.replace('clientSecret: 0123456789abcdef', 'clientSecretFile: ./secret');
    expect(problemsOf(load(text, { files: { '/etc/bridge/secret': 'hunter2\n' } }))).toEqual([
      'egain.token.clientSecret: at least 16 characters [bridge.yaml line 6]',
    ]);
  });

  test('a key that signs tokens needs 32 characters', () => {
    const own = `{ type: bearer, issuer: bridge, clients: [ { id: egain, secret: 0123456789abcdef } ], keys: [ { kid: a, secret: 0123456789abcdef } ] }`;
    const text = minimal.replace(/\{ type: basic.*?\}/, own);
    expect(problemsOf(load(text))).toEqual([
      'egain.callback.authentication[0].keys[0].secret: at least 32 characters [bridge.yaml line 8]',
    ]);
  });
});

describe('a secret may lie in a file of its own', () => {
  test('read relative to the configuration, without the newline at its end', () => {
    const text = minimal.replace('clientSecret: 0123456789abcdef', 'clientSecretFile: secrets/client');
    const loaded = load(text, { files: { '/etc/bridge/secrets/client': ' from-a-file-0123 \r\n' } });
    expect(configOf(loaded).egain.token.clientSecret).toBe(' from-a-file-0123 ');
  });

  test.each([
    ['one file', 'secretsFile: /run/one', ['first-0123456789abcdef']],
    [
      'several files',
      'secretsFile: [ /run/one, /run/two ]',
      ['first-0123456789abcdef', 'second-0123456789abcdef'],
    ],
  ])('a list of secrets takes %s', (_, line, expected) => {
    const text = minimal.replace(/secrets: .*/, line);
    const files = { '/run/one': 'first-0123456789abcdef\n', '/run/two': 'second-0123456789abcdef\n' };
    expect(configOf(load(text, { files })).channels['support']?.settings).toMatchObject({
      secrets: expected,
    });
  });

  test('secrets inside lists and variants too', () => {
    const text = minimal.replace('password: 0123456789abcdef-callback', 'passwordFile: /run/callback');
    const loaded = load(text, { files: { '/run/callback': 'callback-0123456789' } });
    expect(configOf(loaded).egain.callback.authentication).toEqual([
      { type: 'basic', username: 'egain', password: 'callback-0123456789' },
    ]);
  });

  test('certificates as well', () => {
    const text = `${minimal}\nredis: { tls: { caFile: ca.pem, keyFile: key.pem } }\n`;
    const files = { '/etc/bridge/ca.pem': 'CERTIFICATE', '/etc/bridge/key.pem': 'PRIVATE KEY 0123456789' };
    expect(configOf(load(text, { files })).redis.tls).toEqual({
      verify: true,
      ca: 'CERTIFICATE',
      key: 'PRIVATE KEY 0123456789',
    });
  });

  test('a file that is not there is one problem, not two', () => {
    const text = minimal.replace('clientSecret: 0123456789abcdef', 'clientSecretFile: secrets/client');
    expect(problemsOf(load(text))).toEqual([
      'egain.token.clientSecretFile: a file that can be read [bridge.yaml line 6] /etc/bridge/secrets/client: there is no such file',
    ]);
  });

  test('value and file together are refused', () => {
    const text = minimal.replace('clientId: bridge', 'clientId: bridge\n    clientSecretFile: x');
    expect(problemsOf(load(text))).toEqual([
      'egain.token.clientSecretFile: only one of clientSecret and clientSecretFile [bridge.yaml line 6]',
    ]);
  });

  test('only secrets and certificates have such a twin', () => {
    expect(problemsOf(load(minimal.replace('clientId: bridge', 'clientIdFile: x')))).toEqual([
      expect.stringContaining('egain.token.clientId: a text'),
      expect.stringContaining('egain.token.clientIdFile: no setting of this name'),
    ]);
  });
});

describe('keys for what lies in Redis', () => {
  const keyed = (keys: string, files: Record<string, string> = {}) =>
    load(minimal.replace('egain:', `redis: { encryption: { keys: ${keys} } }\negain:`), { files });
  const good = Buffer.alloc(32, 7).toString('base64');

  test('in base64 or hex, or from files', () => {
    const keys = `[ { id: a, key: "${good}" }, { id: b, key: ${'ab'.repeat(32)} }, { id: c, keyFile: /run/key } ]`;
    const loaded = keyed(keys, { '/run/key': `${good}\n` });
    expect(configOf(loaded).redis.encryption?.keys.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(configOf(loaded).redis.encryption?.keys[2]?.key).toBe(good);
  });

  test.each([
    ['[]', 'redis.encryption.keys'],
    [
      '[ { id: a, key: a-password-of-thirty-two-letters } ]',
      'redis.encryption.keys[0].key: a key of 32 bytes',
    ],
    [`[ { id: "a b", key: "${good}" } ]`, 'redis.encryption.keys[0].id: up to 32 letters'],
    [
      `[ { id: a, key: "${good}" }, { id: a, key: ${'ab'.repeat(32)} } ]`,
      'redis.encryption.keys: each id once',
    ],
  ])('%s is refused', (keys, problem) => {
    expect(problemsOf(keyed(keys))).toEqual([expect.stringContaining(problem)]);
    expect(printed(keyed(keys))).not.toContain('a-password-of');
  });
});
