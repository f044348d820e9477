import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { certificateAuthority } from '../support/certificates.js';
import {
  startConnectProxy,
  startTlsFront,
  type ConnectProxy,
  type TlsFront,
} from '../support/connect-proxy.js';
import { eventually } from '../support/eventually.js';
import { spawnBridge } from '../support/spawn-process.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

const authority = certificateAuthority('The company');
const identity = authority.issue('bridge.example.com');

let world: World;
let proxy: ConnectProxy;
let egain: TlsFront;
let channel: TlsFront;
let bridge: BridgeProcess;
let env: Record<string, string>;

/** The same path at a host that nobody but the proxy knows. */
function at(name: string, url: string): string {
  const { pathname } = new URL(url);
  return `https://${name}${pathname === '/' ? '' : pathname}`;
}

beforeAll(async () => {
  world = await startWorld();
  const { simulator, dir } = world;
  egain = await startTlsFront(
    authority.issue('egain', ['api.egain.example', 'login.egain.example']),
    Number(new URL(simulator.url).port),
    authority,
  );
  channel = await startTlsFront(
    authority.issue('channel', ['chat.example']),
    Number(new URL(world.channel.url).port),
  );
  proxy = await startConnectProxy();
  proxy.leads('api.egain.example:443', egain.port);
  proxy.leads('login.egain.example:443', egain.port);
  proxy.leads('chat.example:443', channel.port);
  const files = {
    ca: join(dir, 'company.pem'),
    cert: join(dir, 'bridge.pem'),
    key: join(dir, 'bridge.key'),
  };
  await writeFile(files.ca, authority.ca);
  await writeFile(files.cert, identity.cert);
  await writeFile(files.key, identity.key);
  env = { HTTPS_PROXY: proxy.url, NO_PROXY: '10.0.0.0/8,internal.example' };
  bridge = await world.startBridge({
    env,
    overrides: {
      egress: { caFile: files.ca },
      egain: {
        apiUrl: at('api.egain.example', simulator.url),
        tls: { certFile: files.cert, keyFile: files.key },
        token: { url: at('login.egain.example', simulator.tokenUrl) },
      },
      channels: { support: { url: at('chat.example', world.channel.url) } },
      delivery: { backoff: { firstMs: 100, maxMs: 200 } },
    },
  });
  connect(world, bridge);
}, 60_000);
afterAll(async () => {
  await world.stop();
  for (const end of [egain, channel, proxy]) await end.close();
});

async function operate(...argv: readonly string[]) {
  const child = spawnBridge([...argv, '--config', bridge.configFile], { env });
  const { code } = await child.exited;
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}

describe('behind a company’s proxy, with its own authority and a certificate for eGain', () => {
  test('a message and its answer go their ways, and the token too', async () => {
    await world.channel.send({ customer: { id: 'dana' }, text: 'hello' });
    const [conversation] = await eventually(() => {
      const all = world.simulator.control.conversations();
      return all.length > 0 && all;
    });
    world.simulator.control.act(conversation?.id ?? '', { do: 'text', text: 'good day' });
    await eventually(() => world.channel.received().some(({ text }) => text === 'good day'));
    expect(new Set(proxy.asked)).toEqual(
      new Set(['login.egain.example:443', 'api.egain.example:443', 'chat.example:443']),
    );
    expect(new Set(egain.shown)).toEqual(new Set(['bridge.example.com']));
    expect(new Set(channel.shown)).toEqual(new Set(['']));
  });

  test('commands take the same way', async () => {
    const doctor = await operate('doctor');
    expect(doctor.stdout).toMatch(/^ok +token: /m);
    expect(doctor.stdout).toMatch(/^ok +channel support: chat\.example answers/m);
    // The bridge's client may not list channels; that eGain says so means that the way there is open.
    const listed = await operate('api', 'channels', 'list', '--json');
    expect(listed.stderr).toContain('eGain answered 403 403-197');
  });

  test('a proxy that says no is named by the doctor, and messages wait until it says yes', async () => {
    proxy.answerWith(403);
    await world.channel.send({ customer: { id: 'eve' }, text: 'waits for the proxy' });
    const { stdout, code } = await operate('doctor');
    expect(stdout).toContain(`the proxy ${new URL(proxy.url).host} answered 403 to CONNECT`);
    expect(code).toBe(1);
    proxy.answerWith(undefined);
    await eventually(
      () =>
        world.simulator
          .records()
          .some((record) => record.kind === 'message' && record.text === 'waits for the proxy'),
      { timeoutMs: 30_000 },
    );
  });
});
