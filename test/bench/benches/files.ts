import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { startSampleChannel } from '../../../src/simulator/channel/sample-channel.js';
import { startSimulator } from '../../../src/simulator/index.js';
import { startFileHost } from '../../support/file-host.js';
import { startS3Server } from '../../support/s3-server.js';
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
      { name: '10,000 tiny ones', measure: () => measureTiny() },
      ...(['asset_id', 'both'] as const).flatMap((reference) =>
        (['folder', 'bucket'] as const).map((store) => ({
          name: `${reference}, ${store}, web + worker`,
          measure: () => measure(allWays, { reference, store }),
        })),
      ),
    ],
    ratios: [],
    notes: () => [
      `${lanes} files of ${size} bytes at once through one process, without a store; each way was gone with small files before.`,
      'With a store: all three ways, one after the other, through a web and a worker process; grownMb is that of the one that grew more.',
      `10,000 tiny ones: by address, ${tinyPerMessage} to a message, in ${lanes} lanes, each made an asset.`,
      'Budget: grownMb under 50. The simulator and the file host share the other core with the load.',
    ],
  }),
};

interface Setting {
  readonly reference: 'asset_id' | 'both';
  readonly store: 'none' | 'folder' | 'bucket';
}

interface Stage {
  readonly bridges: readonly BridgeProcess[];
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

const allWays: Way = async (stage, bytes, round) => {
  await byAddress(stage, bytes, `${round}-address`);
  await uploaded(stage, bytes, `${round}-upload`);
  await byLink(stage, bytes, `${round}-link`);
};

const alone: Setting = { reference: 'asset_id', store: 'none' };

async function measure(way: Way, setting = alone): Promise<Figures> {
  return withResources(async (resources) => {
    const stage = await setUp(resources, setting);
    await way(stage, picture(smallSize), 'small');
    const resident = () => Promise.all(stage.bridges.map(async (bridge) => (await bridge.usage()).rssBytes));
    const before = await resident();
    let grown = 0;
    const over = new AbortController();
    const watching = (async () => {
      while (!over.signal.aborted) {
        const now = await resident();
        grown = Math.max(grown, ...now.map((bytes, index) => bytes - (before[index] ?? 0)));
        await sleep(everyMs);
      }
    })();
    const started = performance.now();
    await way(stage, picture(size), 'large');
    const seconds = (performance.now() - started) / 1000;
    over.abort();
    await watching;
    const times = way === allWays ? 3 : 1;
    return { grownMb: grown / megabyte, mbPerSecond: (times * lanes * size) / megabyte / seconds };
  });
}

const tinyPerMessage = 10;

/** As many files as one service may see in a bad minute: what costs is their number. */
async function measureTiny(): Promise<Figures> {
  return withResources(async (resources) => {
    const { bridges, channel, host, simulator } = await setUp(resources, alone);
    const url = host.put('/tiny', Buffer.from('t'));
    const run = async (round: string, files: number): Promise<void> => {
      for (let message = 0; message < files / tinyPerMessage; message += 1)
        await channel.send({
          id: `${round}-${message}`,
          customer: { id: `c-${message % lanes}` },
          attachments: Array.from({ length: tinyPerMessage }, (_, index) => ({ name: `${index}.txt`, url })),
        });
      const arrived = () =>
        simulator
          .records()
          .filter((record) => record.kind === 'message' && record.messageId?.startsWith(round) === true)
          .length;
      await until(() => arrived() >= files / tinyPerMessage);
    };
    await run('warm', 3000);
    const [bridge] = bridges;
    const before = (await bridge?.usage())?.rssBytes ?? 0;
    const started = performance.now();
    await run('tiny', 10_000);
    const seconds = (performance.now() - started) / 1000;
    const after = (await bridge?.usage())?.rssBytes ?? 0;
    return { grownMb: (after - before) / megabyte, filesPerSecond: 10_000 / seconds };
  });
}

async function setUp(resources: Resources, { reference, store }: Setting): Promise<Stage> {
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
  const place = await storeOf(resources, store);
  const start = (role: 'all' | 'web' | 'worker', publicUrl?: string): Promise<BridgeProcess> =>
    startBridge({
      role,
      redisUrl: redis.url,
      peerUrl: simulator.url,
      sections: {
        ...(publicUrl === undefined ? {} : { publicUrl }),
        files: { allowHosts: ['127.0.0.1'], ...place },
        egain: {
          apiUrl: simulator.url,
          token: { url: simulator.tokenUrl, clientId: client.id, clientSecret: client.secret },
          callback: { authentication: [{ type: 'basic', ...callbackCredentials }] },
          switches: { attachment_ref: reference },
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
    });
  const bridge = await resources.use(start(store === 'none' ? 'all' : 'web'));
  const url = `http://127.0.0.1:${bridge.port}`;
  const bridges = [bridge, ...(store === 'none' ? [] : [await resources.use(start('worker', url))])];
  channel.connect(url);
  simulator.control.declare({
    callback: {
      url: `${url}/egain/callback`,
      authentication: { type: 'basic', ...callbackCredentials },
    },
  });
  return { bridges, url, simulator, channel, host };
}

async function storeOf(resources: Resources, store: Setting['store']): Promise<object> {
  if (store === 'none') return {};
  const directory = await mkdtemp(join(tmpdir(), 'egain-bridge-bench-store-'));
  await resources.use(Promise.resolve({ stop: () => rm(directory, { recursive: true, force: true }) }));
  if (store === 'folder') return { store: directory };
  const bucket = { bucket: 'bench', accessKeyId: 'KEY-OF-BENCH', secretAccessKey: 'a-secret-for-measuring' };
  const server = await startS3Server({ ...bucket, directory, port: 0 });
  await resources.use(Promise.resolve({ stop: () => server.close() }));
  return { store: { ...bucket, endpoint: `http://127.0.0.1:${server.port}`, pathStyle: true } };
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
