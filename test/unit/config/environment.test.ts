import * as fc from 'fast-check';
import { interpolate } from '../../../config/interpolate.js';
import { loadConfig } from '../../../config/load.js';
import { configOf, load, minimal, problemsOf, webhook } from './fixture.js';

describe('${NAME} in the file', () => {
  test.each([
    ['${A}', 'one'],
    ['x-${A}-${B}', 'x-one-two'],
    ['${NONE:-fallback}', 'fallback'],
    ['${EMPTY:-fallback}', 'fallback'],
    ['${A:-fallback}', 'one'],
    ['${NONE:-}', ''],
    ['${EMPTY}', ''],
    ['$${A}', '${A}'],
    ['$A', '$A'],
    ['{0} of {1}', '{0} of {1}'],
  ])('%s becomes %s', (text, value) => {
    const result = interpolate(text, { A: 'one', B: 'two', EMPTY: '' });
    expect(result).toMatchObject({ ok: true, value });
  });

  test('a value from the environment is not read again', () => {
    expect(interpolate('${A}', { A: '${B}', B: 'secret' })).toMatchObject({ value: '${B}' });
  });

  test('a text without ${ never changes', () => {
    const plain = fc.string().filter((text) => !text.includes('${'));
    fc.assert(
      fc.property(
        plain,
        (text) => interpolate(text, {}).ok && expect(interpolate(text, {})).toMatchObject({ value: text }),
      ),
    );
  });

  test('works everywhere in the file, brackets and braces included', () => {
    const text = minimal
      .replace('clientSecret: 0123456789abcdef', 'clientSecret: ${CLIENT}')
      .replace('password: 0123456789abcdef-callback', 'password: ${CALLBACK}')
      .replace('whsec_MDEyMzQ1Njc4OWFiY2RlZg==', '${SUPPORT}, "${SUPPORT}-2"');
    const env = {
      CLIENT: 'client-0123456789',
      CALLBACK: 'callback: { # 0123456789',
      SUPPORT: 'support-0123456789',
    };
    const config = configOf(load(text, { env }));
    expect(config.egain.token.clientSecret).toBe('client-0123456789');
    expect(config.egain.callback.authentication).toMatchObject([{ password: 'callback: { # 0123456789' }]);
    expect(config.channels['support']?.settings).toMatchObject({
      secrets: ['support-0123456789', 'support-0123456789-2'],
    });
  });

  test('numbers and switches are read as what the setting wants, texts stay texts', () => {
    const text = `${minimal}
server: { port: "\${PORT_HERE}" , drainGraceMs: \${NONE:-1500} }
egain_: &unused {}
`.replace('egain_: &unused {}', 'notices: { agent: ${AGENT} }\nredis: { username: ${NUMERIC} }');
    const config = configOf(load(text, { env: { PORT_HERE: '81', AGENT: 'true', NUMERIC: '007' } }));
    expect(config.server).toMatchObject({ port: 81, drainGraceMs: 1500 });
    expect(config.notices.agent).toBe(true);
    expect(config.redis.username).toBe('007');
  });

  test('every missing variable is named once, at the setting that wants it', () => {
    const text = minimal
      .replace('clientId: bridge', 'clientId: ${CLIENT}')
      .replace('acme-support', '${ACME}-support');
    expect(problemsOf(load(text))).toEqual([
      'egain.token.clientId: environment variable CLIENT to be set [bridge.yaml line 5]',
      'channels.support.account.address: environment variable ACME to be set [bridge.yaml line 15]',
    ]);
  });

  test('a wrong value is traced to its variable, and not shown', () => {
    const text = minimal.replace('url: https://login.example.com/token', 'url: ${TOKEN_URL}');
    const problems = problemsOf(load(text, { env: { TOKEN_URL: 'ftp://user:pw@host' } }));
    expect(problems).toEqual([
      expect.stringMatching(
        /^egain\.token\.url: an https:\/\/ address .* the value comes from environment variable TOKEN_URL$/,
      ),
    ]);
    expect(problems.join()).not.toContain('pw@host');
  });

  test.each(['${}', '${A B}', '${1A}', '${A:=x}', '${A'])('%s is refused', (text) => {
    expect(
      problemsOf(load(minimal.replace('clientId: bridge', `clientId: "${text}"`), { env: { A: 'a' } })),
    ).toEqual([
      'egain.token.clientId: a variable written ${NAME} or ${NAME:-default} (a plain ${ is written $${) [bridge.yaml line 5]',
    ]);
  });
});

describe('plain environment variables', () => {
  const env = {
    PUBLIC_URL: 'https://bridge.example.com/',
    PORT: '8081',
    MANAGEMENT_PORT: '9091',
    REDIS_URL: 'redis://cache.example.com:6380/2',
    EGAIN_API_URL: 'https://api.example.com/v3/',
    EGAIN_TOKEN_URL: 'https://token.example.com',
    EGAIN_CLIENT_ID: 'other',
    EGAIN_CLIENT_SECRET: 'other-${literal}-0123456789',
    EGAIN_SCOPE: 'a b',
    LOG_LEVEL: 'debug',
  };

  test('win over the file', () => {
    const config = configOf(load(`${minimal}\nserver: { port: 1 }\nlogging: { level: error }\n`, { env }));
    expect(config).toMatchObject({
      publicUrl: 'https://bridge.example.com',
      server: { port: 8081, managementPort: 9091 },
      redis: { url: 'redis://cache.example.com:6380/2' },
      egain: {
        apiUrl: 'https://api.example.com/v3',
        token: {
          url: 'https://token.example.com',
          clientId: 'other',
          clientSecret: 'other-${literal}-0123456789',
          scope: 'a b',
        },
      },
      logging: { level: 'debug' },
    });
  });

  test('win over a secret’s file too, which then is not read', () => {
    const text = minimal.replace('clientSecret: 0123456789abcdef', 'clientSecretFile: /nowhere');
    expect(configOf(load(text, { env })).egain.token.clientSecret).toBe(env.EGAIN_CLIENT_SECRET);
  });

  test('empty ones count as not set', () => {
    expect(configOf(load(minimal, { env: { PORT: '', EGAIN_CLIENT_ID: '' } }))).toMatchObject({
      server: { port: 8080 },
      egain: { token: { clientId: 'bridge' } },
    });
  });

  test('are named as the origin of what is wrong', () => {
    const problems = problemsOf(
      load(minimal, { env: { PORT: '70000', LOG_LEVEL: 'loud', EGAIN_CLIENT_SECRET: 'short' } }),
    );
    expect(problems).toEqual([
      'server.port: a number of at most 65535 [environment variable PORT]',
      'egain.token.clientSecret: at least 16 characters [environment variable EGAIN_CLIENT_SECRET]',
      'logging.level: one of trace, debug, info, warn, error, fatal, silent [environment variable LOG_LEVEL]',
    ]);
  });

  test('REDIS_URL does not quietly replace a cluster', () => {
    const text = `${minimal}\nredis: { cluster: { nodes: [ { host: a } ] } }\n`;
    expect(problemsOf(load(text, { env: { REDIS_URL: 'redis://b' } }))).toEqual([
      'redis.url: only one of url, cluster and sentinel [environment variable REDIS_URL]',
    ]);
  });

  test('are not read from the outside when a part of the file is no map', () => {
    const loaded = loadConfig({
      file: 'bridge.yaml',
      env: { REDIS_URL: 'redis://b' },
      readFile: () => 'redis: yes please\n',
      adapters: [webhook],
    });
    expect(problemsOf(loaded)).toContain('redis: a map of settings [bridge.yaml line 1]');
  });
});
