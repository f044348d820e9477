import type { FaultInput } from '../../../src/simulator/faults/rules.js';
import type { Ended } from '../api/desk.js';
import { startBench, type ProvisioningBench, type Tree } from './bench.js';

let bench: ProvisioningBench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.close());

/** Holds that a command failed with one plain sentence, and gives it. */
function sentence({ stderr, exitCode }: Ended): string {
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^egain-bridge: [^\n]+\n$/);
  expect(stderr).not.toMatch(/password-of-the-tests|bridge-secret|LOG_LEVEL/);
  return stderr.slice('egain-bridge: '.length, -1);
}

const manifest = (fields: Tree): Tree => ({ channels: { support: { manifest: fields } } });
const account = (fields: Tree): Tree => ({ channels: { support: { account: fields } } });
const changed = manifest({ displayName: 'Help' });

type Fault = Exclude<FaultInput, { readonly kind: `callback-${string}` }>;

const kept = 'Done: authentication egain-bridge-basic, client application egain-bridge.';
const left = 'Not done: channel custom.support, orchestration egain-bridge, account support.';

describe('eGain fails while it is read', () => {
  test.each<[string, Fault, RegExp]>([
    [
      '500',
      { kind: 'status', status: 500, code: '500-100' },
      /eGain answered 500 500-100.*; the failure is on eGain’s side/,
    ],
    ['429', { kind: 'throttle', retryAfterSeconds: 7 }, /429-001.*; too many requests: run it again in 7 s$/],
    [
      'an expired token twice',
      { kind: 'status', status: 401, code: '401-104' },
      /401-104.*; the access token is not accepted: check egain\.token$/,
    ],
    ['a proxy’s page', { kind: 'html', status: 502 }, /answered 502; this is not what eGain answers/],
    [
      'a proxy’s page with status 200',
      { kind: 'html', status: 200 },
      /answered 200, but not with JSON; this is not what eGain answers/,
    ],
    ['half of the JSON', { kind: 'truncate' }, /answered 200, but not with JSON/],
    ['a connection that breaks', { kind: 'cut' }, /getAllChannels: /],
    ['a connection reset', { kind: 'reset', when: 'before' }, /getAllChannels: /],
  ])('%s: one sentence, and nothing is changed', async (_what, fault, expected) => {
    await bench.provision('apply --yes');
    const done = bench.changes().length;
    bench.simulator.control.addFault({ ...fault, operation: 'getAllChannels' });
    for (const line of ['plan', 'plan --json', 'apply --yes', 'destroy --yes']) {
      const outcome = await bench.provision(line, changed);
      expect(sentence(outcome)).toMatch(/^eGain could not be read: getAllChannels: /);
      expect(sentence(outcome)).toMatch(expected);
    }
    expect(bench.changes()).toHaveLength(done);
    bench.simulator.control.clearFaults();
    expect(await bench.provision('plan')).toMatchObject({ exitCode: 0 });
  });

  test('an expired token is renewed once, without a word', async () => {
    bench.simulator.control.addFault({
      kind: 'status',
      status: 401,
      code: '401-104',
      operation: 'createChannel',
      times: 1,
    });
    expect(await bench.provision('apply --yes')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('a missing scope is named', async () => {
    const env = { EGAIN_CLIENT_ID: 'reader' };
    const file = `${bench.folder}/bridge.yaml`;
    await bench.provision('plan');
    const outcome = await bench.run(['--config', file, 'provision', 'plan'], env);
    expect(sentence(outcome)).toMatch(/403-197 .*app\.conversation\.conversationmgr\.manage$/);
  });

  test('wrong credentials, and nobody at the address', async () => {
    await bench.provision('plan');
    const at = ['--config', `${bench.folder}/bridge.yaml`, 'provision', 'plan'];
    const credentials = await bench.run(at, { EGAIN_CLIENT_SECRET: 'not-the-right-secret' });
    expect(sentence(credentials)).toMatch(/token endpoint answered 401 invalid_client; check egain\.token$/);
    const nobody = await bench.run(at, { EGAIN_API_URL: 'http://127.0.0.1:9/v3' });
    expect(sentence(nobody)).toMatch(/; check egain\.apiUrl and the way to it$/);
  });
});

describe('eGain fails in the middle of an apply', () => {
  test.each<[string, Fault, RegExp]>([
    ['500', { kind: 'status', status: 500, code: '500-100' }, /500 500-100/],
    ['500 although it was done', { kind: 'status', status: 500, processed: true }, /eGain answered 500/],
    ['429', { kind: 'throttle', resetInMs: 60_000 }, /429-001.*run it again in \d+ s\./],
    [
      'a refusal that names the field',
      {
        kind: 'status',
        status: 400,
        code: '400-143',
        message: 'Required attribute is missing in the request body: icon',
      },
      /400 400-143 Required attribute is missing in the request body: icon\. Done/,
    ],
    ['a proxy’s page', { kind: 'html', status: 502 }, /this is not what eGain answers: check egain\.apiUrl/],
    ['half of the JSON', { kind: 'truncate' }, /answered 201, but not with JSON/],
    [
      'a reset before it was done',
      { kind: 'reset', when: 'before' },
      /whether eGain carried it out is not known/,
    ],
    [
      'a reset after it was done',
      { kind: 'reset', when: 'after' },
      /whether eGain carried it out is not known/,
    ],
    ['an answer cut off', { kind: 'cut' }, /createChannel: /],
  ])('%s: says what is done and what is not, and the next apply ends it', async (_what, fault, expected) => {
    bench.simulator.control.addFault({ ...fault, operation: 'createChannel', times: 1 });
    const outcome = await bench.provision('apply --yes');
    expect(sentence(outcome)).toMatch(/^channel custom\.support could not be created: createChannel: /);
    expect(sentence(outcome)).toMatch(expected);
    expect(sentence(outcome)).toContain(`${kept} ${left}`);

    const { channels } = bench.simulator.state.resources;
    const plan = await bench.provision('plan');
    expect(plan.stdout).toContain(
      channels.all().length === 0 ? '+ channel custom.support' : '= channel custom.support',
    );
    expect(await bench.provision('apply --yes')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(channels.all()).toHaveLength(1);
    expect(await bench.provision('plan')).toMatchObject({ exitCode: 0 });
  });

  test.each(['before', 'after'] as const)('a connection reset %s a PUT was carried out', async (when) => {
    await bench.provision('apply --yes');
    bench.simulator.control.addFault({ kind: 'reset', when, operation: 'updateChannel', times: 1 });
    const told = sentence(await bench.provision('apply --yes', changed));
    expect(told).toMatch(
      /^channel custom\.support could not be changed: updateChannel: .*; whether eGain carried it out is not known/,
    );
    expect(told).toMatch(/Done: nothing\. Not done: channel custom\.support\.$/);
    expect(await bench.provision('plan', changed)).toMatchObject({ exitCode: when === 'after' ? 0 : 2 });
    expect(await bench.provision('apply --yes', changed)).toMatchObject({ exitCode: 0 });
    expect(bench.simulator.state.resources.channels.all()[0]).toMatchObject({ displayName: 'Help' });
  });

  test('somebody changes the object while the operator reads the plan', async () => {
    bench.simulator.control.setSwitches({ staleModified: 'refuse' });
    await bench.provision('apply --yes');
    const { channels } = bench.simulator.state.resources;
    const outcome = await bench.provision('apply', changed, () => {
      bench.simulator.control.advanceClock(5000);
      for (const channel of channels.all()) channels.replace(channel.id, { ...channel, description: 'New' });
      return Promise.resolve('y');
    });
    expect(sentence(outcome)).toMatch(/409-100 .*; it was changed in eGain after it was read/);
    expect(await bench.provision('apply --yes', changed)).toMatchObject({ exitCode: 0 });
    expect(channels.all()[0]).toMatchObject({ displayName: 'Help', description: 'New' });
  });

  test('somebody deletes the object while the operator reads the plan', async () => {
    await bench.provision('apply --yes');
    const { accounts } = bench.simulator.state.resources;
    const longer = account({ timeout: 50 });
    const outcome = await bench.provision('apply', longer, () => {
      for (const { id } of accounts.all()) accounts.remove(id);
      return Promise.resolve('y');
    });
    expect(sentence(outcome)).toMatch(
      /^account support could not be changed: updateAccount: .*404-101.*it is not there any more/,
    );
    expect((await bench.provision('plan', longer)).stdout).toContain('+ account support\n');
  });
});

describe('eGain fails in the middle of a destroy', () => {
  test('says what is gone and what is not, and the next destroy ends it', async () => {
    await bench.provision('apply --yes');
    bench.simulator.control.addFault({
      kind: 'status',
      status: 400,
      code: '400-909',
      message: 'In use by conversations',
      operation: 'deleteChannel',
      times: 1,
    });
    const told = sentence(await bench.provision('destroy --yes'));
    expect(told).toMatch(
      /^channel custom\.support could not be deleted: deleteChannel: eGain answered 400 400-909 In use by conversations\./,
    );
    expect(told).toContain('Done: account support, orchestration egain-bridge.');
    expect(told).toContain(
      'Not done: channel custom.support, client application egain-bridge, authentication egain-bridge-basic.',
    );
    expect((await bench.provision('plan')).stdout).toContain('2 to create, 0 to change, 3 left alone.');
    const again = await bench.provision('destroy --yes');
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toContain('= account support: not there\n');
  });

  test('a delete that was carried out unseen is no failure the next time', async () => {
    await bench.provision('apply --yes');
    bench.simulator.control.addFault({ kind: 'reset', when: 'after', operation: 'deleteAccount', times: 1 });
    expect(sentence(await bench.provision('destroy --yes'))).toMatch(
      /whether eGain carried it out is not known/,
    );
    expect(await bench.provision('destroy --yes')).toMatchObject({ exitCode: 0 });
  });
});

describe('a declaration that eGain could not take is refused before eGain is asked', () => {
  test.each<[string, Tree, RegExp]>([
    [
      'a name that is too long',
      manifest({ displayName: 'x'.repeat(256) }),
      /channels\.support\.manifest\.displayName .*255/,
    ],
    ['a missing field', manifest({ displayName: undefined }), /channels\.support\.manifest\.displayName/],
    [
      'a word outside the list',
      account({ onAgentUnavailability: 'whenever' }),
      /channels\.support\.account\.onAgentUnavailability .*off_hours/,
    ],
    [
      'too many languages',
      manifest({ l10nProperties: Array(26).fill({ language: 'en', properties: [] }) }),
      /channels\.support\.manifest\.l10nProperties .*25/,
    ],
    [
      'no notification address',
      { provisioning: { notificationEmail: undefined } },
      /provisioning\.notificationEmail/,
    ],
    [
      'no e-mail address',
      { provisioning: { notificationEmail: 'me' } },
      /provisioning\.notificationEmail .*an e-mail address/,
    ],
    [
      'a header that is none',
      { provisioning: { headers: [{ name: 'X Y', value: 'z' }] } },
      /provisioning\.headers\[0\]\.name .*the name of an HTTP header/,
    ],
    [
      'an icon that is no PNG',
      manifest({ icon: 'bridge.yaml' }),
      /channels\.support\.manifest\.icon: .*bridge\.yaml is not a PNG image/,
    ],
    [
      'an icon that is not there',
      manifest({ icon: 'none.png' }),
      /channels\.support\.manifest\.icon: .*none\.png cannot be used: there is no such file/,
    ],
  ])('%s', async (_what, overrides, expected) => {
    const { stderr, exitCode } = await bench.provision('apply --yes', overrides);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(expected);
    expect(bench.simulator.records()).toEqual([]);
  });

  test('an id that eGain does not know', async () => {
    const id = '00000000-0000-0000-0000-000000000000';
    const outcome = await bench.provision('plan', { provisioning: { agent: { id } } });
    expect(sentence(outcome)).toBe(
      `provisioning.agent.id: eGain has no client application with the id ${id}`,
    );
  });

  test('two objects of one name in eGain', async () => {
    await bench.provision('apply --yes');
    const { orchestrations } = bench.simulator.state.resources;
    const [first] = orchestrations.all();
    if (first === undefined) throw new Error('no orchestration');
    const twin = orchestrations.create(first);
    for (const line of ['plan', 'apply --yes', 'destroy --yes']) {
      expect(sentence(await bench.provision(line))).toBe(
        `provisioning: eGain has 2 objects of the name orchestration egain-bridge: ${first.id} and ${twin.id}; rename or delete all but one`,
      );
    }
  });
});
