import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type } from '../../unit/cli/terminal.js';

const whsec = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

const configuration = `
egain:
  token: { url: https://login.example.com/token, clientId: bridge, clientSecretFile: secrets/client }
  callback: { authentication: [ { type: basic, username: egain, password: \${CALLBACK} } ] }
channels:
  support:
    adapter: webhook
    url: https://chat.example.com/bridge
    secrets: [ ${whsec} ]
    manifest: { type: custom.support, displayName: Support chat }
    account: { address: acme-support }
`;

describe('config check', () => {
  const env = { CALLBACK: 'callback-0123456789' };
  let folder = '';
  let file = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridge-config-'));
    file = join(folder, 'bridge.yaml');
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets', 'client'), 'client-0123456789\n');
    writeFileSync(file, configuration);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test('says which channels a valid file declares', async () => {
    expect(await type(`config check --config ${file}`, env)).toEqual({
      stdout: `${file} is valid: channels support (webhook).\n`,
      stderr: '',
      exitCode: 0,
    });
  });

  test('BRIDGE_CONFIG names the file, --config wins', async () => {
    expect(await type('config check', { ...env, BRIDGE_CONFIG: file })).toMatchObject({ exitCode: 0 });
    const { stderr, exitCode } = await type('config check --config /nowhere/else.yaml', {
      ...env,
      BRIDGE_CONFIG: file,
    });
    expect(stderr).toBe(
      'egain-bridge: /nowhere/else.yaml has a problem:\n' +
        '  /nowhere/else.yaml: expected a configuration file that can be read; there is no such file\n',
    );
    expect(exitCode).toBe(1);
  });

  test('tells every problem on stderr and fails', async () => {
    rmSync(join(folder, 'secrets', 'client'));
    expect(await type(`config check --config ${file}`, { PORT: 'eighty' })).toEqual({
      stdout: '',
      stderr:
        `egain-bridge: ${file} has 3 problems:\n` +
        `  egain.token.clientSecretFile (${file} line 3): expected a file that can be read; ${join(folder, 'secrets', 'client')}: there is no such file\n` +
        `  egain.callback.authentication[0].password (${file} line 4): expected environment variable CALLBACK to be set\n` +
        '  server.port (environment variable PORT): expected a number\n',
      exitCode: 1,
    });
  });

  test('warns and succeeds', async () => {
    writeFileSync(file, configuration.replace('address: acme-support', 'address: acme-support, timeout: 10'));
    const { stdout, stderr, exitCode } = await type(`config check --config ${file}`, env);
    expect(stdout).toContain('is valid');
    expect(stderr).toBe(
      `warning: channels.support.account.timeout (${file} line 11): expected at least delivery.holdMs (15 minutes); messages to the customer are given up after 10 minutes\n`,
    );
    expect(exitCode).toBe(0);
  });

  test('--json is for programs, with the same exit code', async () => {
    const good = await type(`config check --json --config ${file}`, env);
    expect(JSON.parse(good.stdout)).toEqual({
      ok: true,
      file,
      channels: [{ name: 'support', adapter: 'webhook' }],
      warnings: [],
    });
    const bad = await type(`config check --json --config ${file}`);
    expect(JSON.parse(bad.stdout)).toEqual({
      ok: false,
      file,
      problems: [
        {
          path: 'egain.callback.authentication[0].password',
          expected: 'environment variable CALLBACK to be set',
          origin: `${file} line 4`,
        },
      ],
    });
    expect([good.exitCode, bad.exitCode]).toEqual([0, 1]);
  });

  test('I9: no secret is ever printed', async () => {
    writeFileSync(join(folder, 'secrets', 'client'), 'hunter2');
    const outcomes = await Promise.all([
      type(`config check --config ${file}`, { CALLBACK: 'hunter2' }),
      type(`config check --json --config ${file}`, { CALLBACK: 'hunter2', LOG_LEVEL: 'debug' }),
    ]);
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([1, 1]);
    expect(JSON.stringify(outcomes)).not.toContain('hunter2');
    expect(JSON.stringify(outcomes)).not.toContain(whsec);
  });
});

describe('config reference', () => {
  test('prints Markdown, or JSON Schema on request', async () => {
    const markdown = await type('config reference');
    expect(markdown.stdout).toMatch(/^# Configuration\n/);
    const schema = await type('config reference --format json-schema');
    expect(JSON.parse(schema.stdout)).toMatchObject({
      $schema: expect.stringContaining('draft-07') as string,
    });
    expect([markdown.exitCode, schema.exitCode]).toEqual([0, 0]);
  });
});
