import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { bridgeSchema } from '../../../../config/schema.js';
import { startBridge, type Bridge, type Role } from '../../../../src/bridge/start.js';
import { adapters } from '../../../../src/channels/index.js';
import { startSampleChannel, type SampleChannel } from '../../../../src/simulator/channel/sample-channel.js';
import { startSimulator, type Simulator, type SwitchesInput } from '../../../../src/simulator/index.js';
import { freePort } from '../../../support/free-port.js';
import { captureLog, type LogCapture } from '../../../support/log-capture.js';
import { startTestRedis, type TestRedis } from '../../../support/test-redis.js';

type Tree = Readonly<Record<string, unknown>>;

export interface FleetOptions {
  /** One process per role; by default a single one that does all. */
  readonly roles?: readonly Role[];
  readonly store?: boolean;
  readonly files?: Tree;
  readonly restrictions?: Tree;
  readonly l10nProperties?: readonly Tree[];
  readonly egainSwitches?: Tree;
  readonly delivery?: Tree;
  readonly notices?: Tree;
  readonly switches?: SwitchesInput;
}

/** Bridges, both far ends and a Redis, all on loopback. */
export interface Fleet {
  readonly redis: TestRedis;
  readonly simulator: Simulator;
  readonly channel: SampleChannel;
  readonly log: LogCapture;
  /** Addresses of the processes that listen. */
  readonly urls: readonly string[];
  /** Where everything the bridge keeps on a disk lies. */
  readonly storeFolder: string;
  /** A call signed as the channel signs. */
  signed(url: string, body: unknown): Promise<Answer>;
  /** Asks for a ticket and uploads; `as` is what the form says. */
  upload(wish: Wish, bytes: Buffer, options?: UploadOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Wish {
  readonly name: string;
  readonly size: number;
  readonly [field: string]: unknown;
}

export interface UploadOptions {
  readonly ticket?: string;
  /** Index of the process that gets the bytes. */
  readonly to?: number;
  readonly formName?: string;
  readonly field?: string;
}

const password = 'callback-password-of-the-tests';
export const scopes = ['app.conversation.conversationmgr.interaction.manage'];

export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  const redis = await startTestRedis();
  const storeFolder = await mkdtemp(join(tmpdir(), 'bridge-files-'));
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const simulator = await startSimulator({
    clients: [{ id: 'bridge', secret: 'client-secret-of-the-tests', scopes }],
    ...(options.switches === undefined ? {} : { switches: options.switches }),
    setup: {
      channels: [{ type: 'custom.support' }],
      accounts: [{ channel: 'custom.support', address: 'acme-support' }],
    },
  });
  const channel = await startSampleChannel({ secrets: [secret], channel: 'support' });
  const log = captureLog();
  const ports = await Promise.all((options.roles ?? ['all']).map(() => freePort()));
  const configOf = (port: number, number: number) =>
    bridgeSchema(adapters).parse({
      instance: `process-${number}`,
      // All links name the first process, as behind one balancer.
      publicUrl: `http://127.0.0.1:${ports[0] ?? port}`,
      server: { host: '127.0.0.1', port, managementHost: '127.0.0.1', managementPort: 0 },
      redis: { url: redis.url },
      egain: {
        apiUrl: simulator.url,
        token: { url: simulator.tokenUrl, clientId: 'bridge', clientSecret: 'client-secret-of-the-tests' },
        callback: { authentication: [{ type: 'basic', username: 'egain', password }] },
        switches: options.egainSwitches ?? {},
      },
      delivery: { backoff: { firstMs: 50, maxMs: 200 }, ...options.delivery },
      ...(options.notices === undefined ? {} : { notices: options.notices }),
      files: {
        allowHosts: ['127.0.0.1'],
        ...(options.store === true ? { store: storeFolder } : {}),
        ...options.files,
      },
      channels: {
        support: {
          adapter: 'webhook',
          url: channel.url,
          secrets: [secret],
          manifest: {
            type: 'custom.support',
            displayName: 'Support',
            ...(options.restrictions === undefined ? {} : { restrictions: options.restrictions }),
            ...(options.l10nProperties === undefined ? {} : { l10nProperties: options.l10nProperties }),
          },
          account: { address: 'acme-support' },
        },
      },
    });
  const bridges: Bridge[] = [];
  const roles = options.roles ?? ['all'];
  for (const [index, role] of roles.entries()) {
    bridges.push(
      await startBridge({
        config: configOf(ports[index] ?? 0, index),
        role,
        log: pino({ level: 'debug' }, log.stream),
      }),
    );
  }
  const urls = bridges.flatMap(({ port }) => (port === undefined ? [] : [`http://127.0.0.1:${port}`]));
  const [first = ''] = urls;
  channel.connect(first);
  simulator.control.declare({
    callback: {
      url: `${first}/egain/callback`,
      authentication: { type: 'basic', username: 'egain', password },
    },
  });

  const signed = async (url: string, body: unknown): Promise<Answer> => {
    const text = JSON.stringify(body);
    const id = randomUUID();
    const at = String(Math.floor(Date.now() / 1000));
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const digest = createHmac('sha256', key).update(`${id}.${at}.${text}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': at,
      'webhook-signature': `v1,${digest}`,
    };
    return answerOf(await fetch(url, { method: 'POST', headers, body: text }));
  };
  return {
    redis,
    simulator,
    channel,
    log,
    urls,
    storeFolder,
    signed,
    upload: async (wish, bytes, { ticket, to = 0, formName, field = 'file' } = {}) => {
      const address = `${urls[to] ?? first}/channels/support/assets`;
      let leave = ticket;
      if (leave === undefined) {
        const given = await signed(`${first}/channels/support/assets`, wish);
        if (given.status !== 201) return given;
        leave = String(given.body['ticket']);
      }
      const form = new FormData();
      form.set(field, new Blob([new Uint8Array(bytes)]), formName ?? wish.name);
      return answerOf(
        await fetch(address, {
          method: 'POST',
          headers: { authorization: `Bearer ${leave}` },
          body: form,
        }),
      );
    },
    close: async () => {
      await Promise.all(bridges.map((bridge) => bridge.close()));
      await channel.close();
      await simulator.close();
      await redis.stop();
      await rm(storeFolder, { recursive: true, force: true });
    },
  };
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

export const jpeg = (bytes: number): Buffer =>
  Buffer.concat([
    Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
    Buffer.alloc(Math.max(0, bytes - 20), 7),
  ]);
export const program = Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), Buffer.alloc(200)]);
