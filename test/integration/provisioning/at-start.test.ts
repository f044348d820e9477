import { startWorld, type World } from '../../support/world.js';
import { client } from '../simulator/support.js';
import { password, startBench, type ProvisioningBench, type Tree } from './bench.js';

let world: World;
let bench: ProvisioningBench;

beforeAll(async () => {
  world = await startWorld();
  bench = await startBench();
});

afterAll(async () => {
  await world.stop();
  await bench.close();
});

const checked = { notificationEmail: 'oncall@example.com', checkAtStart: true };
const secrets = { egain: { callback: { authentication: [{ type: 'basic', username: 'egain', password }] } } };

/** The line of the log that has this message, and where the bridge is ready all the same. */
async function logged(overrides: Tree, message: RegExp): Promise<unknown> {
  const bridge = await world.startBridge({ overrides });
  const line = await bridge.line(message);
  expect(await bridge.stop()).toMatchObject({ code: 0 });
  expect(bridge.stdout() + bridge.stderr()).not.toContain(password);
  return JSON.parse(line);
}

const warning = 40;

describe('provisioning.checkAtStart', () => {
  const elsewhere = (): Tree => ({
    ...secrets,
    egain: {
      ...secrets.egain,
      apiUrl: bench.simulator.url,
      token: { url: bench.simulator.tokenUrl, clientId: client.id, clientSecret: client.secret },
    },
  });

  test('warns with the number of differences, and starts', async () => {
    expect(
      await logged({ ...elsewhere(), provisioning: checked }, /eGain differs from the configuration/),
    ).toMatchObject({
      level: warning,
      differences: 5,
      objects: [
        'authentication egain-bridge-basic',
        'client application egain-bridge',
        'channel custom.support',
        'orchestration egain-bridge',
        'account support',
      ],
    });
    expect(bench.changes()).toEqual([]);
  });

  test('eGain cannot be read: says so, and starts', async () => {
    expect(
      await logged(
        { ...secrets, provisioning: checked },
        /eGain could not be compared with the configuration/,
      ),
    ).toMatchObject({ level: warning, reason: expect.stringContaining('403-197') as string });
  });

  test('an eGain that never answers holds up neither the start nor the end', async () => {
    bench.simulator.control.addFault({ kind: 'hang', operation: 'getAllAuthentication' });
    const bridge = await world.startBridge({ overrides: { ...elsewhere(), provisioning: checked } });
    expect(await bridge.stop(5000)).toMatchObject({ code: 0 });
    bench.simulator.control.clearFaults();
  });

  test('is off by default', async () => {
    const before = bench.simulator.records().length;
    const bridge = await world.startBridge({
      overrides: { ...elsewhere(), provisioning: { notificationEmail: 'oncall@example.com' } },
    });
    await bridge.stop();
    expect(bench.simulator.records().slice(before)).not.toContainEqual(
      expect.objectContaining({ operation: 'getAllAuthentication' }),
    );
  });
});
