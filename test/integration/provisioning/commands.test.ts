import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { defaultIcon } from '../../../src/provisioning/default-icon.js';
import { spawnBridge } from '../../support/spawn-process.js';
import { configuration, password, startBench, type ProvisioningBench, type Tree } from './bench.js';

let bench: ProvisioningBench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.close());

const changed = {
  publicUrl: 'https://other.example.com',
  channels: { support: { manifest: { displayName: 'Help' }, account: { timeout: 50 } } },
};

const summary = (stdout: string): string => stdout.trimEnd().split('\n').at(-1) ?? '';

describe('plan and apply', () => {
  test('exit code 2 while something differs, 0 when nothing does', async () => {
    const before = await bench.provision('plan');
    expect(before).toMatchObject({ exitCode: 2, stderr: '' });
    expect(before.stdout).toBe(
      '+ authentication egain-bridge-basic\n+ client application egain-bridge\n+ channel custom.support\n' +
        '+ orchestration egain-bridge\n+ account support\n5 to create, 0 to change, 0 left alone.\n',
    );
    expect(bench.changes()).toEqual([]);
    expect(await bench.provision('apply --yes')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(bench.changes()).toEqual([
      'createAuthentication 201',
      'createClientApplication 201',
      'createChannel 201',
      'createOrchestration 201',
      'createAccount 201',
    ]);
    const after = await bench.provision('plan');
    expect(after).toMatchObject({ exitCode: 0, stderr: '' });
    expect(summary(after.stdout)).toBe('Nothing to do: eGain has all 5 as declared.');
  });

  test('a second apply changes nothing, and a changed declaration changes only what differs', async () => {
    await bench.provision('apply --yes');
    const done = bench.changes().length;
    expect(await bench.provision('apply --yes')).toMatchObject({ exitCode: 0 });
    expect(bench.changes()).toHaveLength(done);

    const plan = await bench.provision('plan', changed);
    expect(plan.exitCode).toBe(2);
    expect(plan.stdout).toContain('~ channel custom.support: displayName "Support" → "Help"\n');
    expect(plan.stdout).toContain('~ account support: chatConfigurations.timeout 30 → 50\n');
    expect(await bench.provision('apply --yes', changed)).toMatchObject({ exitCode: 0 });
    expect(bench.changes().slice(done)).toEqual([
      'updateClientApplication 204',
      'updateChannel 204',
      'updateAccount 204',
    ]);
    expect(await bench.provision('plan', changed)).toMatchObject({ exitCode: 0 });
  });

  test('what somebody changed in eGain is drift, and what they added is kept', async () => {
    await bench.provision('apply --yes');
    const { channels } = bench.simulator.state.resources;
    const channel = channels.all()[0];
    if (channel === undefined) throw new Error('no channel');
    const { id } = channel;
    const byHand = { ...channel, displayName: 'By hand', description: 'Kept', colour: { hue: 7 } };
    channels.replace(id, byHand);
    const { stdout, exitCode } = await bench.provision('plan');
    expect(exitCode).toBe(2);
    expect(stdout).toContain('~ channel custom.support: displayName "By hand" → "Support"\n');
    expect(summary(stdout)).toBe('0 to create, 1 to change (1 field differs), 4 left alone.');
    expect(await bench.provision('apply --yes')).toMatchObject({ exitCode: 0 });
    expect(channels.get(id)).toMatchObject({
      displayName: 'Support',
      description: 'Kept',
      colour: { hue: 7 },
    });
  });

  test('what exists by name is adopted', async () => {
    const { channels } = bench.simulator.state.resources;
    const { id } = channels.create({
      type: 'custom.support',
      displayName: 'Older',
      icon: 'AAAA',
      active: true,
    });
    expect((await bench.provision('plan')).stdout).toContain(
      'icon "not a PNG, 4 characters" → "PNG 32 x 32, 215 bytes"',
    );
    expect(await bench.provision('apply --yes')).toMatchObject({ exitCode: 0 });
    expect(channels.all().map((channel) => channel.id)).toEqual([id]);
  });

  test('every form of callback authentication that eGain can be told arrives in eGain', async () => {
    const clients = [{ id: 'hub', secret: 'client-secret-0123' }];
    const keys = [{ kid: 'k1', secret: 'signing-key-0123456789-0123456789' }];
    const bearer = { type: 'bearer', issuer: 'bridge', clients, keys };
    const overrides = { egain: { callback: { authentication: [bearer] } } };
    expect(await bench.provision('apply --yes', overrides)).toMatchObject({ exitCode: 0 });
    const [authentication] = bench.simulator.state.resources.authentications.all();
    expect(authentication).toMatchObject({
      name: 'egain-bridge-oauth2',
      type: 'oauth2',
      oauth2: { payload: 'grant_type=client_credentials&client_id=hub&client_secret=client-secret-0123' },
    });
    expect(await bench.provision('plan', overrides)).toMatchObject({ exitCode: 0 });
  });

  test('a participant of our own and a bot before the agents', async () => {
    const bots = bench.simulator.state.resources.clientapplications.create({
      name: 'own bots',
      active: true,
      roles: [
        {
          name: 'custom_bot',
          version: 'v3',
          callback: 'https://bots.example.com',
          notificationEmail: 'a@example.com',
        },
      ],
    });
    const overrides = {
      provisioning: {
        participants: [
          { name: 'Own bot', application: { id: bots.id }, options: [{ name: 'tone', value: 'kind' }] },
        ],
        bots: { participants: ['Own bot', 'Virtual assistant'], bypassVaDuration: 5 },
        headers: [{ name: 'X-Bridge', value: 'acme' }],
      },
    };
    expect(await bench.provision('apply --yes', overrides)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(bench.simulator.state.resources.orchestrations.all()[0]).toMatchObject({
      applications: { botConfiguration: { bots: [{ id: bots.id }, {}] } },
    });
    expect(await bench.provision('plan', overrides)).toMatchObject({ exitCode: 0 });
    const exported = await bench.provision('export', overrides);
    expect(parse(exported.stdout)).toMatchObject({
      provisioning: {
        participants: [{ name: 'Own bot', application: { id: bots.id } }],
        bots: { participants: ['Own bot', 'Virtual assistant'], escalate: true, bypassVaDuration: 5 },
        headers: [{ name: 'X-Bridge', value: '${CALLBACK_HEADER_X_BRIDGE}' }],
      },
    });
  });

  test('--json is for programs, with the same exit code', async () => {
    await bench.provision('apply --yes');
    const { stdout, exitCode } = await bench.provision('plan --json', changed);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      differences: 3,
      steps: [
        { action: 'keep', kind: 'authentication', unknown: ['basicAuth.password'] },
        { action: 'update', kind: 'clientApplication' },
        {
          action: 'update',
          kind: 'channel',
          name: 'custom.support',
          changes: [{ field: 'displayName', as: 'value', from: 'Support', to: 'Help' }],
        },
        { action: 'keep', kind: 'orchestration' },
        { action: 'update', kind: 'account' },
      ],
      problems: [],
    });
  });

  test.each([
    ['sends the time last read', true],
    ['does not send it', false],
  ])('egain.switches.send_modified: %s', async (_what, sends) => {
    await bench.provision('apply --yes');
    const modified = bench.simulator.state.resources.accounts.all()[0]?.modified;
    const switches = { egain: { switches: { send_modified: sends } } };
    await bench.provision('apply --yes', { ...switches, channels: changed.channels });
    const [update] = bench.simulator
      .records()
      .filter((record) => record.kind === 'request' && record.operation === 'updateAccount');
    expect(update).toMatchObject({ status: 204, body: { name: 'support' } });
    expect((update as { body?: Tree } | undefined)?.body?.['modified']).toBe(sends ? modified : undefined);
  });
});

describe('asking', () => {
  test('without a terminal and without --yes nothing is even read', async () => {
    for (const verb of ['apply', 'destroy']) {
      expect(await bench.provision(verb)).toEqual({
        stdout: '',
        stderr: `egain-bridge: provision ${verb} changes eGain, and nobody is here to be asked: add --yes\n`,
        exitCode: 1,
      });
    }
    expect(bench.simulator.records()).toEqual([]);
  });

  test('the plan comes first, and only a yes carries it out', async () => {
    const questions: string[] = [];
    const answer = (text: string) => (question: string) => {
      questions.push(question);
      return Promise.resolve(text);
    };
    const no = await bench.provision('apply', {}, answer(''));
    expect(no).toMatchObject({
      exitCode: 1,
      stderr: 'egain-bridge: nothing was changed: the answer was not yes\n',
    });
    expect(summary(no.stdout)).toBe('5 to create, 0 to change, 0 left alone.');
    expect(bench.changes()).toEqual([]);
    expect(await bench.provision('apply', {}, answer('y'))).toMatchObject({ exitCode: 0 });
    expect(await bench.provision('apply', {}, answer('never asked'))).toMatchObject({ exitCode: 0 });
    expect(await bench.provision('destroy', {}, answer('yes'))).toMatchObject({ exitCode: 0 });
    expect(questions).toEqual([
      'Carry this out in eGain? [y/N] ',
      'Carry this out in eGain? [y/N] ',
      'Delete this from eGain? [y/N] ',
    ]);
  });

  test('as a process with its input closed', async () => {
    const file = await bench.file('bridge.yaml', stringify(configuration()));
    const child = spawnBridge(['provision', 'apply', '--config', file], { env: bench.env });
    expect(await child.exited).toMatchObject({ code: 1 });
    expect(child.stderr()).toContain('nobody is here to be asked: add --yes');
    const plan = spawnBridge(['provision', 'plan', '--config', file], { env: bench.env });
    expect(await plan.exited).toMatchObject({ code: 2 });
  });
});

describe('secrets', () => {
  test('--rotate-secrets sends them, and no output shows them', async () => {
    const outputs = [await bench.provision('apply --yes')];
    const newer = 'another-password-of-the-tests';
    const overrides = {
      egain: { callback: { authentication: [{ type: 'basic', username: 'egain', password: newer }] } },
    };
    const stored = (): unknown => bench.simulator.state.resources.authentications.all()[0];
    outputs.push(await bench.provision('plan', overrides), await bench.provision('apply --yes', overrides));
    expect(stored()).toMatchObject({ basicAuth: { password } });
    outputs.push(await bench.provision('plan --rotate-secrets', overrides));
    outputs.push(await bench.provision('apply --yes --rotate-secrets', overrides));
    expect(stored()).toMatchObject({ basicAuth: { password: newer } });
    bench.simulator.control.setSwitches({ maskSecrets: false });
    outputs.push(
      await bench.provision('plan'),
      await bench.provision('plan --json'),
      await bench.provision('export'),
    );
    expect(outputs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 2, 0, 2, 2, 0]);
    expect(outputs[5]?.stdout).toContain('basicAuth.password differs (not shown)');
    for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toMatch(/password-of-the-tests/);
  });

  test('a change that would have to repeat an unknown one is refused before anything is sent', async () => {
    await bench.provision('apply --yes');
    const done = bench.changes().length;
    const authentication = [{ type: 'basic', username: 'someone-else', password }];
    const overrides = { egain: { callback: { authentication } }, channels: changed.channels };
    const refused = await bench.provision('apply --yes', overrides);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/differs in basicAuth\.username, .* --rotate-secrets sends/);
    expect(bench.changes()).toHaveLength(done);
    expect(await bench.provision('apply --yes --rotate-secrets', overrides)).toMatchObject({ exitCode: 0 });
  });
});

describe('destroy', () => {
  test('takes away what is declared, in reverse order, and nothing else', async () => {
    const { resources } = bench.simulator.state;
    const before = resources.clientapplications.all().length;
    await bench.provision('apply --yes');
    const done = bench.changes().length;
    expect(await bench.provision('destroy --yes')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(bench.changes().slice(done)).toEqual([
      'deleteAccount 204',
      'deleteOrchestration 204',
      'deleteChannel 204',
      'deleteClientApplication 204',
      'deleteAuthentication 204',
    ]);
    expect(resources.clientapplications.all()).toHaveLength(before);
    const again = await bench.provision('destroy --yes');
    expect(again).toMatchObject({ exitCode: 0 });
    expect(summary(again.stdout)).toBe('Nothing to destroy.');
  });

  test('says who uses what would go, and leaves everything', async () => {
    await bench.provision('apply --yes');
    const { channels, accounts } = bench.simulator.state.resources;
    const channel = { id: channels.all()[0]?.id ?? '' };
    const other = accounts.create({
      name: 'other',
      active: true,
      address: 'x',
      channel,
      chatConfigurations: {},
    });
    const { stderr, exitCode } = await bench.provision('destroy --yes');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `egain-bridge: channel custom.support is in use by account other (${other.id}), which the configuration does not declare: change or delete that first\n`,
    );
    expect(accounts.all()).toHaveLength(2);
  });
});

describe('export', () => {
  test('what is exported, with its secrets filled in, declares exactly what is there', async () => {
    const icon = Buffer.from(defaultIcon, 'base64');
    icon.writeUInt32BE(31, 16);
    const manifest = { icon: await bench.file('icon.png', icon), description: 'For ${customers}, äöü' };
    const overrides = {
      channels: { support: { manifest: { ...manifest, description: 'For $${customers}, äöü' } } },
    };
    expect(await bench.provision('apply --yes', overrides)).toMatchObject({ exitCode: 0 });
    expect(bench.simulator.state.resources.channels.all()[0]).toMatchObject({
      description: manifest.description,
    });

    const { stdout, exitCode } = await bench.provision(`export --icons ${bench.folder}/icons`);
    expect(exitCode).toBe(0);
    expect(await readFile(`${bench.folder}/icons/support.png`)).toEqual(icon);
    const file = await bench.file('exported.yaml', stdout);
    const plan = await bench.run(['--config', file, 'provision', 'plan'], {
      EGAIN_CALLBACK_PASSWORD: password,
      SUPPORT_URL: 'https://chat.example.com/bridge',
      SUPPORT_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
    });
    expect(plan).toMatchObject({ exitCode: 0, stderr: '' });
    expect(summary(plan.stdout)).toBe('Nothing to do: eGain has all 5 as declared.');
  });

  test('needs no configuration but the way to eGain', async () => {
    await bench.provision('apply --yes');
    const file = await bench.file('empty.yaml', '{}');
    expect(await bench.run(['--config', file, 'provision', 'export'])).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  });

  test('several client applications of customers: one has to be named', async () => {
    expect(await bench.provision('export')).toMatchObject({
      exitCode: 1,
      stderr:
        'egain-bridge: eGain has no client application with the role customer, so there is nothing to export\n',
    });
    await bench.provision('apply --yes');
    await bench.provision('apply --yes', {
      provisioning: { name: 'second' },
      channels: { support: { account: { name: 'second', address: 'second' } } },
    });
    const { stderr } = await bench.provision('export');
    expect(stderr).toMatch(
      /several client applications .*: egain-bridge \(.*\), second \(.*\); --application names one\n$/,
    );
    const { stdout } = await bench.provision('export --application second');
    expect(parse(stdout)).toMatchObject({
      provisioning: { name: 'second' },
      channels: { second: { account: { address: 'second' } } },
    });
  });
});

test('without the section the command says what to add', async () => {
  const { stderr, exitCode } = await bench.provision('plan', { provisioning: undefined });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('the configuration has no section provisioning');
  expect(stderr).toContain('provisioning:\n  name: egain-bridge');
  const { provisioning } = parse(stderr.slice(stderr.indexOf('provisioning:'))) as { provisioning: Tree };
  expect(await bench.provision('plan', { provisioning })).toMatchObject({ exitCode: 2 });
});
