import { formatProblems, loadConfig } from '../../../config/load.js';
import { load, minimal, problemsOf, webhook } from './fixture.js';

describe('everything that is wrong is told at once', () => {
  test('each problem names its setting, what belongs there and the line it is on', () => {
    const text = minimal
      .replace('https://login.example.com/token', 'http://login.example.com/token')
      .replace('{ address: acme-support }', '{ address: acme-support, timeout: soon }');
    expect(problemsOf(load(`${text}\nserver:\n  port: 99999\n`))).toEqual([
      'server.port: a number of at most 65535 [bridge.yaml line 18]',
      'egain.token.url: an https:// address (http:// only for localhost, 127.0.0.1 and other loopback addresses) [bridge.yaml line 4]',
      'channels.support.account.timeout: a number [bridge.yaml line 15]',
    ]);
  });

  test('rules over several settings are told although single settings are wrong too', () => {
    const problems = problemsOf(
      load(`${minimal}
redis: { url: 'redis://a', cluster: { nodes: [] } }
delivery: { holdMs: long, backoff: { firstMs: 5000, maxMs: 100 } }
`),
    );
    expect(problems).toEqual([
      'redis.cluster.nodes: at least 1 entry [bridge.yaml line 17]',
      'redis.url: only one of url, cluster and sentinel [bridge.yaml line 17]',
      'delivery.holdMs: a number [bridge.yaml line 18]',
      'delivery.backoff.maxMs: no less than firstMs [bridge.yaml line 18]',
    ]);
  });

  test('what is missing is placed at the nearest part that is there, with the variable that sets it', () => {
    expect(problemsOf(load(minimal.replace('    clientId: bridge\n', '')))).toEqual([
      'egain.token.clientId: a text [bridge.yaml line 3] it is not set; environment variable EGAIN_CLIENT_ID sets it too',
    ]);
  });

  test('without a file the origin of what is missing is the default', () => {
    const loaded = loadConfig({ env: { PORT: 'eighty' }, adapters: [webhook] });
    expect(problemsOf(loaded)).toEqual([
      'server.port: a number [environment variable PORT]',
      expect.stringMatching(
        /^egain\.token\.url: .* \[default] it is not set; environment variable EGAIN_TOKEN_URL/,
      ),
      expect.stringMatching(/^egain\.token\.clientId: .* EGAIN_CLIENT_ID/),
      expect.stringMatching(/^egain\.token\.clientSecret: .* EGAIN_CLIENT_SECRET/),
      'egain.callback.authentication: a list of at least one way for eGain to prove itself, e.g. type: basic [default] it is not set',
    ]);
  });
});

describe('YAML', () => {
  test('an error in the form is told with line and column', () => {
    expect(problemsOf(load('redis:\n  url: "redis://a\nserver: {}\n'))).toEqual([
      expect.stringMatching(/^: valid YAML: .+ \[bridge\.yaml line \d+ column \d+]$/),
    ]);
  });

  test('a setting written twice is refused', () => {
    expect(problemsOf(load(`${minimal}\nserver: {}\nserver: {}\n`))).toEqual([
      ': valid YAML: Map keys must be unique [bridge.yaml line 18 column 1]',
    ]);
  });

  test('a file that is no map of settings is refused', () => {
    expect(problemsOf(load('- a\n- b\n'))).toEqual([': a map of settings [bridge.yaml]']);
  });

  test('an alias bomb is refused', () => {
    const layers = Array.from({ length: 12 }, (_, at) =>
      at === 0
        ? 'l0: &l0 [a, a, a, a, a, a]'
        : `l${at}: &l${at} [${Array(6)
            .fill(`*l${at - 1}`)
            .join(', ')}]`,
    );
    expect(problemsOf(load(layers.join('\n')))).toEqual([expect.stringContaining('alias')]);
  });
});

describe('slips of the pen', () => {
  test.each([
    ['server: { prot: 80 }', 'server.prot', 'port'],
    ['egain_: {}', 'egain_', 'egain'],
    ['delivery: { holdMS: 1000 }', 'delivery.holdMS', 'holdMs'],
    ['redis: { pasword: 0123456789abcdef }', 'redis.pasword', 'password'],
    ['redis: { passwordFil: /run/x }', 'redis.passwordFil', 'passwordFile'],
  ])('%s is refused and the setting that was meant is named', (line, path, meant) => {
    expect(problemsOf(load(`${minimal}\n${line}\n`))).toEqual([
      `${path}: no setting of this name [bridge.yaml line 17] did you mean ${meant}?`,
    ]);
  });

  test('an unknown setting of an adapter is refused, also where its own schema would let it pass', () => {
    const text = minimal.replace('    secrets:', '    tolerance: 3\n    toleranceSecond: 3\n    secrets:');
    expect(problemsOf(load(text))).toEqual([
      'channels.support.tolerance: no setting of this name [bridge.yaml line 13]',
      'channels.support.toleranceSecond: no setting of this name [bridge.yaml line 14] did you mean toleranceSeconds?',
    ]);
  });

  test('a name that JavaScript has plans for is just an unknown setting', () => {
    expect(
      problemsOf(load(`${minimal}\n__proto__: { ok: true }\nserver: { constructor: 1, toString: 2 }\n`)),
    ).toEqual([
      'server.constructor: no setting of this name [bridge.yaml line 18]',
      'server.toString: no setting of this name [bridge.yaml line 18]',
      '__proto__: no setting of this name [bridge.yaml line 17]',
    ]);
  });

  test('no suggestion is better than a far-fetched one', () => {
    expect(problemsOf(load(`${minimal}\nwebsockets: {}\n`))).toEqual([
      'websockets: no setting of this name [bridge.yaml line 17]',
    ]);
  });

  test('an unknown adapter is answered with those there are', () => {
    expect(problemsOf(load(minimal.replace('adapter: webhook', 'adapter: webhok')))).toEqual([
      'channels.support.adapter: one of webhook, pager [bridge.yaml line 11]',
    ]);
  });

  test.each(['Support', '-support', 'a'.repeat(64), 'sup_port', '../x'])('%s is no channel name', (name) => {
    expect(problemsOf(load(minimal.replace('  support:', `  ${name}:`)))).toEqual([
      `channels.${name}: a channel name: up to 63 lower-case letters, digits and dashes, no dash first [bridge.yaml line 10]`,
    ]);
  });
});

test('problems are printed one to a line', () => {
  const loaded = load(minimal.replace('adapter: webhook', 'adapter: webhok'), { env: { PORT: '-1' } });
  const printed = loaded.ok ? '' : formatProblems(loaded.problems);
  expect(printed).toBe(
    [
      'server.port (environment variable PORT): expected a number of at least 0',
      'channels.support.adapter (/etc/bridge/bridge.yaml line 11): expected one of webhook, pager',
    ].join('\n'),
  );
});

test('a file that cannot be read is named', () => {
  const loaded = loadConfig({ file: '/nowhere/bridge.yaml', env: {}, adapters: [webhook] });
  expect(problemsOf(loaded)).toEqual([
    ': a configuration file that can be read [/nowhere/bridge.yaml] there is no such file',
  ]);
});
