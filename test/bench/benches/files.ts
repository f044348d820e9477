import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { startSampleChannel } from '../../../src/simulator/channel/sample-channel.js';
import { startSimulator } from '../../../src/simulator/index.js';
import { startFileHost } from '../../support/file-host.js';
import { uploadFile } from '../../support/upload.js';
import type { Bench } from '../frame/bench.js';
import { callbackCredentials, channelSecret } from '../frame/bodies.js';
import { startBridge, type BridgeProcess } from '../frame/bridge.js';
import { startMeasuredRedis } from '../frame/redis.js';
import type { Figures } from '../frame/report.js';
import { withResources, type Resources } from '../frame/resources.js';

const lanes = 20;
const size = 10_485_760;
const smallSize = 1000;
const megabyte = 1024 * 1024;
const everyMs = 20;
const longestMs = 120_000;

/** How much a process grows while many large files pass through it at once. */
export const files: Bench = {
  what: 'resident memory while 20 files of 10 MiB pass at once, in each way they can',
  plan: () => ({
    variants: [
      { name: 'by-address', measure: () => measure(byAddress) },
      { name: 'uploaded', measure: () => measure(uploaded) },
      { name: 'fetched-by-link', measure: () => measure(byLink) },
    ],
    ratios: [],
    notes: () => [
      `${lanes} files of ${size} bytes at once through one process, without a store; each way was gone with small files before.`,
      'Budget: grownMb under 50. The simulator and the file host share the other core with the load.',
    ],
  }),
};

interface Stage {
  readonly bridge: BridgeProcess;
  readonly url: string;
  readonly simulator: Awaited<ReturnType<typeof startSimulator>>;
  readonly channel: Awaited<ReturnType<typeof startSampleChannel>>;
  readonly host: Awaited<ReturnType<typeof startFileHost>>;
}

/** Moves one file of this size per lane and resolves when all have arrived. */
type Way = (stage: Stage, bytes: Buffer, round: string) => Promise<void>;

const byAddress: Way = async ({ channel, host, simulator }, bytes, round) => {
  const url = host.put(`/${round}`, bytes);
  for (let lane = 0; lane < lanes; lane += 1) {
    await channel.send({
      id: `${round}-${lane}`,
      customer: { id: `c-${lane}` },
      attachments: [{ name: `${round}.jpg`, url }],
    });
  }
  const uploads = () =>
    simulator.records().filter((record) => record.kind === 'file' && record.name === `${round}.jpg`).length;
  await until(() => uploads() >= lanes);
};

const uploaded: Way = async ({ url }, bytes) => {
  const one = () =>
    uploadFile({ askAt: url, sendTo: url, secret: channelSecret, name: 'u.jpg', bytes }).then(
      ({ status }) => {
        if (status !== 201) throw new Error(`An upload was answered ${status}.`);
      },
    );
  await Promise.all(Array.from({ length: lanes }, one));
};

const byLink: Way = async ({ channel, simulator }, bytes, round) => {
  const { control } = simulator;
  if (control.conversations().length === 0) {
    await channel.send({ customer: { id: 'reader' }, text: 'hello' });
    await until(() => control.conversations().length > 0);
  }
  const file = control.storeFile({ name: `${round}.jpg`, bytes });
  control.act(control.conversations()[0]?.id ?? '', { do: 'file', files: [{ ...file }] });
  const link = () =>
    channel
      .received()
      .flatMap(({ attachments = [] }) => attachments)
      .find(({ name }) => name === `${round}.jpg`)?.url;
  await until(() => link() !== undefined);
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      const { body } = await request(link() ?? '');
      await body.dump({ limit: 2 * size });
    }),
  );
};

async function measure(way: Way): Promise<Figures> {
  return withResources(async (resources) => {
    const stage = await setUp(resources);
    await way(stage, picture(smallSize), 'small');
    const { rssBytes: before } = await stage.bridge.usage();
    let peak = before;
    const over = new AbortController();
    const watching = (async () => {
      while (!over.signal.aborted) {
        peak = Math.max(peak, (await stage.bridge.usage()).rssBytes);
        await sleep(everyMs);
      }
    })();
    const started = performance.now();
    await way(stage, picture(size), 'large');
    const seconds = (performance.now() - started) / 1000;
    over.abort();
    await watching;
    return { grownMb: (peak - before) / megabyte, mbPerSecond: (lanes * size) / megabyte / seconds };
  });
}

async function setUp(resources: Resources): Promise<Stage> {
  const redis = await resources.use(startMeasuredRedis());
  const client = { id: 'bench', secret: 'a-secret-for-measuring' };
  const simulator = await startSimulator({
    clients: [{ ...client, scopes: ['app.conversation.conversationmgr.interaction.manage'] }],
    setup: {
      channels: [{ type: 'custom.bench' }],
      accounts: [{ channel: 'custom.bench', address: 'bench' }],
    },
  });
  await resources.use(Promise.resolve({ stop: () => simulator.close() }));
  const channel = await startSampleChannel({ secrets: [channelSecret], channel: 'support' });
  await resources.use(Promise.resolve({ stop: () => channel.close() }));
  const host = await startFileHost();
  await resources.use(Promise.resolve({ stop: () => host.close() }));
  const bridge = await resources.use(
    startBridge({
      role: 'all',
      redisUrl: redis.url,
      peerUrl: simulator.url,
      sections: {
        files: { allowHosts: ['127.0.0.1'] },
        egain: {
          apiUrl: simulator.url,
          token: { url: simulator.tokenUrl, clientId: client.id, clientSecret: client.secret },
          callback: { authentication: [{ type: 'basic', ...callbackCredentials }] },
          switches: { attachment_ref: 'asset_id' },
        },
        channels: {
          support: {
            adapter: 'webhook',
            url: channel.url,
            secrets: [channelSecret],
            manifest: { type: 'custom.bench', displayName: 'Measurements' },
            account: { address: 'bench' },
          },
        },
      },
    }),
  );
  const url = `http://127.0.0.1:${bridge.port}`;
  channel.connect(url);
  simulator.control.declare({
    callback: {
      url: `${url}/egain/callback`,
      authentication: { type: 'basic', ...callbackCredentials },
    },
  });
  return { bridge, url, simulator, channel, host };
}

function picture(bytes: number): Buffer {
  const start = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex');
  return Buffer.concat([start, Buffer.alloc(bytes - start.length, 7)]);
}

async function until(reached: () => boolean): Promise<void> {
  const deadline = performance.now() + longestMs;
  while (!reached()) {
    if (performance.now() > deadline) throw new Error('The files did not arrive.');
    await sleep(everyMs);
  }
}
