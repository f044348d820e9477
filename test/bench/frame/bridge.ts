import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { stringify } from 'yaml';
import { freePort } from '../../../src/operations/free-port.js';
import { callbackCredentials, channelSecret } from './bodies.js';
import { startSubject, type Subject } from './subject.js';

export interface BridgeSettings {
  readonly role: 'all' | 'web' | 'worker';
  readonly redisUrl: string;
  readonly peerUrl: string;
  /** False: everything through Express. */
  readonly direct?: boolean;
  /** Whole sections of the configuration that take the place of the usual ones. */
  readonly sections?: Readonly<Record<string, unknown>>;
  /** Stable over restarts, so that a process finds what it held before. */
  readonly instance?: string;
}

/** The product as users run it: `egain-bridge start`, ready for traffic. */
export interface BridgeProcess extends Subject {
  readonly port: number;
  readonly managementPort: number;
  /** Milliseconds from the start of the process to its first `ready`. */
  readonly readyAfterMs: number;
}

const command = new URL('../../../bin/egain-bridge.js', import.meta.url);
export const channelName = 'bench';
export const channelWebhookPath = `/channels/${channelName}/webhook`;

export async function startBridge(settings: BridgeSettings): Promise<BridgeProcess> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const folder = await mkdtemp(join(tmpdir(), 'egain-bridge-bench-'));
  const file = join(folder, 'bridge.yaml');
  await writeFile(file, stringify(configuration(settings, port, managementPort)));
  const started = performance.now();
  const subject = startSubject(command, { args: ['start', '--role', settings.role, '--config', file] });
  try {
    await ready(subject, managementPort);
    return { ...subject, port, managementPort, readyAfterMs: performance.now() - started };
  } finally {
    // Read once at start; it holds no secret worth keeping either.
    await rm(folder, { recursive: true });
  }
}

function configuration(settings: BridgeSettings, port: number, managementPort: number): unknown {
  const { redisUrl, peerUrl, direct = true, instance = `bench-${managementPort}` } = settings;
  const [host, managementHost] = ['127.0.0.1', '127.0.0.1'];
  return {
    instance,
    server: { host, port, managementHost, managementPort, direct },
    redis: { url: redisUrl },
    egain: {
      apiUrl: `${peerUrl}/conversation/conversationmgr/v3`,
      token: { url: `${peerUrl}/token`, clientId: 'bench', clientSecret: 'a-secret-for-measuring' },
      callback: { authentication: [{ type: 'basic', ...callbackCredentials }] },
    },
    channels: {
      [channelName]: {
        adapter: 'webhook',
        url: `${peerUrl}/channel`,
        secrets: [channelSecret],
        manifest: { type: 'custom.bench', displayName: 'Measurements' },
        account: { address: 'bench', entryPoint: '1001' },
      },
    },
    logging: { level: 'warn' },
    ...settings.sections,
  };
}

async function ready(subject: Subject, managementPort: number): Promise<void> {
  let ended = false;
  // Never answered: it only fails, with the process's last words, when the process ends.
  const end = subject.ended.then((log) => {
    ended = true;
    throw new Error(`The bridge ended while starting:\n${log}`);
  });
  const answers = async (): Promise<void> => {
    while (!ended) {
      const status = await request(`http://127.0.0.1:${managementPort}/readyz`).then(
        async ({ statusCode, body }) => {
          await body.dump();
          return statusCode;
        },
        () => 0,
      );
      if (status === 200) return;
      await sleep(5);
    }
  };
  await Promise.race([answers(), end]);
}
