import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { parse, stringify } from 'yaml';
import { BridgeSender } from '../../src/simulator/channel/bridge-sender.js';
import { startSampleChannel, type SampleChannel } from '../../src/simulator/channel/sample-channel.js';
import { eventually } from '../support/eventually.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

const secretOf = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const [first, second] = [secretOf(), secretOf()];

let world: World;
let bridge: BridgeProcess;
/** Believes the second secret alone. */
let channel: SampleChannel;
let mounted: string;
let version = 0;

/** As Kubernetes does it: another folder, then one link is turned to it. */
async function mount(secrets: readonly string[]): Promise<void> {
  version += 1;
  await mkdir(join(mounted, `..${version}`), { recursive: true });
  for (const [index, secret] of secrets.entries())
    await writeFile(join(mounted, `..${version}`, `secret-${index}`), secret);
  await symlink(`..${version}`, join(mounted, '..data_tmp'));
  await rename(join(mounted, '..data_tmp'), join(mounted, '..data'));
}

beforeAll(async () => {
  world = await startWorld();
  mounted = join(world.dir, 'mounted');
  await mount([first, first]);
  channel = await startSampleChannel({ secrets: [second], channel: 'support' });
  const files = ['secret-0', 'secret-1'].map((name) => join(mounted, '..data', name));
  bridge = await world.startBridge({
    overrides: { server: { reloadMs: 50 } },
    replace: {
      channels: {
        support: {
          adapter: 'webhook',
          url: channel.url,
          secretsFile: files,
          manifest: { type: 'custom.support', displayName: 'Support' },
          account: { address: 'acme-support' },
        },
      },
    },
  });
  connect(world, bridge);
}, 60_000);
afterAll(async () => {
  await world.stop();
  await channel.close();
});

const lines = (message: string) =>
  bridge
    .stdout()
    .split('\n')
    .filter((line) => line.includes(`"msg":"${message}`))
    .map((line) => JSON.parse(line) as { readonly settings: readonly string[] });

/** Changes the file that the bridge was started with. */
async function edit(change: (config: Record<string, Record<string, unknown>>) => void): Promise<void> {
  const config = parse(await readFile(bridge.configFile, 'utf8')) as Record<string, Record<string, unknown>>;
  change(config);
  await writeFile(bridge.configFile, stringify(config));
}

describe('a channel’s secret is rotated', () => {
  test('while messages come and go, and none is refused', async () => {
    const senderWith = (secret: string) => new BridgeSender(bridge.url, 'support', new Webhook(secret));
    const [old, young] = [senderWith(first), senderWith(second)];
    const answers: number[] = [];
    const say = async (sender: BridgeSender): Promise<number> => {
      const { status } = await sender.send({ customer: { id: 'dana' }, text: 'hello' });
      return status;
    };
    const all = { sender: old, on: true };
    const talking = (async () => {
      while (all.on) answers.push(await say(all.sender));
    })();
    const takenOver = async (times: number): Promise<void> => {
      await eventually(() => lines('configuration taken over').length === times);
      await eventually(
        (
          (seen) => () =>
            answers.length > seen + 20
        )(answers.length),
      );
    };
    expect(await say(young)).toBe(401);
    await mount([second, first]);
    await takenOver(1);
    all.sender = young;
    await eventually(
      (
        (seen) => () =>
          answers.length > seen + 20
      )(answers.length),
    );
    await mount([second, second]);
    await takenOver(2);
    all.on = false;
    await talking;
    expect(new Set(answers)).toEqual(new Set([202]));
    expect(await say(old)).toBe(401);
    expect(lines('configuration taken over').map(({ settings }) => settings)).toEqual([
      ['channels.support.secrets'],
      ['channels.support.secrets'],
    ]);
    await Promise.all([old.close(), young.close()]);
  });

  test('and what goes to the channel is signed with it', async () => {
    const conversation = await eventually(() => world.simulator.control.conversations()[0]);
    world.simulator.control.act(conversation.id, { do: 'text', text: 'Hi' });
    await eventually(() => channel.received().some(({ text }) => text === 'Hi'));
  });
});

describe('the configuration is changed while the bridge runs', () => {
  test('the level of the log holds at once', async () => {
    await edit((config) => {
      config['logging'] = { level: 'debug' };
    });
    await eventually(() => lines('configuration taken over').at(-1)?.settings[0] === 'logging.level');
    await fetch(`${bridge.url}/nothing`);
    await eventually(() => lines('request refused').length > 0);
    expect(JSON.parse(await bridge.line(/"msg":"request refused"/))).toMatchObject({ level: 20 });
  });

  test('what needs a restart is named in one line, and SIGHUP asks at once', async () => {
    const before = lines('these settings have changed').length;
    await edit((config) => {
      config['server'] = { ...config['server'], maxBodyBytes: 2048, drainGraceMs: 3000 };
    });
    bridge.signal('SIGHUP');
    await eventually(() => lines('these settings have changed').length > before);
    expect(lines('these settings have changed')[before]?.settings).toEqual([
      'server.maxBodyBytes',
      'server.drainGraceMs',
    ]);
  });

  test('one that is not valid changes nothing, and its problems are told', async () => {
    const good = await readFile(bridge.configFile, 'utf8');
    await writeFile(bridge.configFile, `${good}\nlogging: { level: loud }\nredis: [`);
    const broken = JSON.parse(await bridge.line(/the new configuration has problems/)) as {
      problems: string[];
    };
    expect(broken.problems.join()).toContain('expected valid YAML');
    const valid = parse(good) as Record<string, unknown>;
    await writeFile(bridge.configFile, stringify({ ...valid, logging: { level: 'loud' } }));
    const wrong = JSON.parse(await bridge.line(/logging\.level .*expected/)) as { problems: string[] };
    expect(wrong.problems).toHaveLength(1);
    const health = await fetch(`${bridge.managementUrl}/readyz`);
    expect(health.status).toBe(200);
    const seen = lines('configuration taken over').length;
    await writeFile(bridge.configFile, stringify({ ...valid, logging: { level: 'info' } }));
    await eventually(() => lines('configuration taken over').length > seen);
  });
});
