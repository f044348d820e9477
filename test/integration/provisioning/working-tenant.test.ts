/** What `provision apply` makes of an empty tenant is enough for messages to go both ways. */
import { stringify } from 'yaml';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { startWorld, type World } from '../../support/world.js';
import { client } from '../simulator/support.js';
import { merge, password, startBench, type ProvisioningBench, type Tree } from './bench.js';

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

const clients = [{ id: 'hub', secret: 'client-secret & more: 0123' }];
const keys = [{ kid: 'k1', secret: 'signing-key-0123456789-0123456789' }];

test.each<[string, string, Tree]>([
  ['user name and password', 'dana', { type: 'basic', username: 'egain', password }],
  ['tokens of the bridge', 'omar', { type: 'bearer', issuer: 'bridge', clients, keys }],
])('eGain proves itself with %s', async (_form, customer, authentication) => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const overrides = {
    publicUrl: url,
    redis: { prefix: customer },
    egain: {
      apiUrl: bench.simulator.url,
      token: { url: bench.simulator.tokenUrl, clientId: client.id, clientSecret: client.secret },
      callback: { authentication: [authentication] },
    },
    provisioning: { notificationEmail: 'oncall@example.com' },
  };
  const adapter = { adapter: 'webhook', url: world.channel.url, secrets: [world.secret] };
  const support = {
    ...adapter,
    manifest: { type: 'custom.support', displayName: 'Support' },
    account: { address: 'acme-support' },
  };
  const file = await bench.file('bridge.yaml', stringify(merge(overrides, { channels: { support } })));
  const applied = await bench.run(['--config', file, 'provision', 'apply', '--yes']);
  expect(applied).toMatchObject({ exitCode: 0, stderr: '' });

  const bridge = await world.startBridge({ port, overrides });
  world.channel.connect(bridge.url);
  await world.channel.send({ customer: { id: customer, name: 'Somebody' }, text: 'Hello' });
  const conversation = await eventually(() =>
    bench.simulator.control.conversations().find(({ contact }) => JSON.stringify(contact).includes(customer)),
  );
  bench.simulator.control.act(conversation.id, { do: 'join', name: 'Sam' });
  bench.simulator.control.act(conversation.id, { do: 'text', text: 'Good day' });
  const answers = (): unknown[] =>
    world.channel.received().filter((message) => message.customer.id === customer && message.type === 'text');
  await eventually(() => answers().length > 0);
  expect(answers()).toMatchObject([{ text: 'Good day' }]);
  await bridge.stop();
});
