/**
 * Starts a built image as an arbitrary user, read-only, without capabilities, and carries a message each way through it:
 *   node scripts/image/relay-through.mjs <root of its file tree> <output of buildah inspect> <folder for its bundle>
 * eGain (simulator), the channel and Redis run outside, on loopback; only the network is shared with the container.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { argv } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from '../../dist/src/operations/free-port.js';
import { startRedisServer } from '../../dist/src/operations/redis-server.js';
import { startSampleChannel } from '../../dist/src/simulator/channel/sample-channel.js';
import { startSimulator } from '../../dist/src/simulator/index.js';
import { imageSettings } from './settings.mjs';

const [root = '', inspected = '', work = ''] = argv.slice(2);
const { config: image } = imageSettings(inspected);
/** Nobody's ids: not in the image's passwd, as OpenShift would choose them. */
const user = { uid: 1_234_567, gid: 0 };
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const password = 'callback-password-of-the-image';

const [port, managementPort] = [await freePort(), await freePort()];
const redis = await startRedisServer();
const simulator = await startSimulator({
  clients: [
    {
      id: 'bridge',
      secret: 'client-secret-of-the-image',
      scopes: ['app.conversation.conversationmgr.interaction.manage'],
    },
  ],
  setup: {
    callback: {
      url: `http://127.0.0.1:${port}/egain/callback`,
      authentication: { type: 'basic', username: 'egain', password },
    },
    channels: [{ type: 'custom.support' }],
    accounts: [{ channel: 'custom.support', address: 'acme-support' }],
  },
});
const channel = await startSampleChannel({ secrets: [secret], channel: 'support' });
const name = basename(work);
const bundle = join(work, 'bundle');
mkdirSync(join(bundle, 'config'), { recursive: true });
writeFileSync(join(bundle, 'config', 'bridge.yaml'), stringify(bridge()));
writeFileSync(join(bundle, 'config.json'), JSON.stringify(runtime()));
// The runtime enters these as the container's user.
for (const folder of [work, bundle, join(bundle, 'config')]) chmodSync(folder, 0o755);

let output = '';
const startedAt = Date.now();
const container = spawn('runc', ['run', '--bundle', bundle, name], { stdio: ['ignore', 'pipe', 'pipe'] });
const ended = once(container, 'exit');
for (const stream of [container.stdout, container.stderr])
  stream.on('data', (chunk) => (output += chunk.toString('utf8')));

try {
  await until('the bridge to be ready', async () => {
    const answer = await fetch(`http://127.0.0.1:${managementPort}/readyz`).catch(() => undefined);
    return answer?.ok === true;
  });
  const readyMs = Date.now() - startedAt;
  const inside = (...command) => spawnSync('runc', ['exec', name, ...command], { encoding: 'utf8' });
  assert.equal(inside('id', '-u').stdout.trim(), String(user.uid), 'the user');
  assert.notEqual(inside('touch', '/app/written').status, 0, 'the root is read-only');
  assert.equal(inside('cat', '/proc/1/comm').stdout.trim(), 'tini', 'process 1');
  assert.match(inside('cat', '/proc/1/status').stdout, /^CapEff:\t0+$/m, 'no capabilities');
  const [, ...health] = image.Healthcheck.Test;
  assert.equal(inside('env', `MANAGEMENT_PORT=${managementPort}`, ...health).status, 0, 'HEALTHCHECK');
  assert.notEqual(inside('env', 'MANAGEMENT_PORT=1', ...health).status, 0, 'HEALTHCHECK of nothing');

  channel.connect(`http://127.0.0.1:${port}`);
  await channel.send({ customer: { id: 'dana' }, text: 'hello from the image' });
  const arrived = () =>
    simulator.records().find((record) => record.kind === 'message' && record.direction === 'inbound');
  await until('the message to arrive in eGain', () => arrived() !== undefined);
  const [conversation] = simulator.control.conversations();
  simulator.control.act(conversation.id, { do: 'text', text: 'hello back' });
  await until('the answer to arrive on the channel', () =>
    channel.received().some(({ text }) => text === 'hello back'),
  );

  const leaving = Date.now();
  spawnSync('runc', ['kill', name, image.StopSignal ?? 'SIGTERM']);
  const [code] = await ended;
  assert.equal(code, 0, `exit code after SIGTERM:\n${output}`);
  assert.match(output, /bridge stopped/, 'it said that it stopped');
  console.log(
    `image: ready after ${readyMs} ms as user ${user.uid}:${user.gid}, read-only, no capabilities; a message carried each way; left with 0 ${Date.now() - leaving} ms after SIGTERM`,
  );
} catch (error) {
  console.error(output.slice(-4000));
  throw error;
} finally {
  spawnSync('runc', ['delete', '--force', name]);
  await channel.close();
  await simulator.close();
  await redis.stop();
}

function bridge() {
  return {
    server: { host: '127.0.0.1', port, managementHost: '127.0.0.1', managementPort },
    redis: { url: redis.url },
    egain: {
      apiUrl: simulator.url,
      token: { url: simulator.tokenUrl, clientId: 'bridge', clientSecret: '${EGAIN_CLIENT_SECRET}' },
      callback: { authentication: [{ type: 'basic', username: 'egain', password }] },
    },
    channels: {
      support: {
        adapter: 'webhook',
        url: channel.url,
        secrets: [secret],
        manifest: { type: 'custom.support', displayName: 'Support' },
        account: { address: 'acme-support' },
      },
    },
  };
}

/** As Kubernetes would run it with the chart's security context; but for the network, which is this machine's. */
function runtime() {
  const none = { bounding: [], effective: [], permitted: [], ambient: [] };
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user,
      args: [...image.Entrypoint, ...image.Cmd],
      env: [...image.Env, 'EGAIN_CLIENT_SECRET=client-secret-of-the-image'],
      cwd: image.WorkingDir,
      capabilities: none,
      noNewPrivileges: true,
    },
    root: { path: root, readonly: true },
    hostname: 'bridge',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=64k'] },
      {
        destination: '/tmp',
        type: 'tmpfs',
        source: 'tmpfs',
        options: ['nosuid', 'nodev', 'mode=1777', 'size=16m'],
      },
      {
        destination: '/etc/egain-bridge',
        type: 'bind',
        source: join(bundle, 'config'),
        options: ['bind', 'ro'],
      },
    ],
    linux: {
      namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }, { type: 'uts' }],
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
      readonlyPaths: ['/proc/sys', '/proc/sysrq-trigger', '/proc/irq', '/proc/bus'],
    },
  };
}

async function until(what, isSo) {
  for (const giveUpAt = Date.now() + 30_000; Date.now() < giveUpAt; await sleep(100)) {
    if (container.exitCode !== null) throw new Error(`the container ended while waiting for ${what}`);
    if (await isSo()) return;
  }
  throw new Error(`waited in vain for ${what}`);
}
