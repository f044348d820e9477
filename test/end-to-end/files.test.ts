import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startFileHost, type FileHost } from '../support/file-host.js';
import { startObjectStore, type ObjectStore } from '../support/object-store.js';
import { picture, sha256 } from '../support/picture.js';
import { uploadFile } from '../support/upload.js';
import { connect, startWorld, type BridgeProcess, type World } from '../support/world.js';

/** Every reference with every store, and each of both with one process and with four: all pairs of the three. */
const cases = [
  { reference: 'asset_id', store: 'none', processes: 'one' },
  { reference: 'asset_id', store: 'folder', processes: 'four' },
  { reference: 'asset_id', store: 'bucket', processes: 'one' },
  { reference: 'both', store: 'none', processes: 'four' },
  { reference: 'both', store: 'folder', processes: 'one' },
  { reference: 'both', store: 'bucket', processes: 'four' },
  { reference: 'url', store: 'none', processes: 'one' },
  { reference: 'url', store: 'folder', processes: 'four' },
  { reference: 'url', store: 'bucket', processes: 'one' },
] as const;

/** Files below a folder. */
async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map(({ name }) => name);
}

let host: FileHost;
let bucket: ObjectStore;
let world: World;
let running: BridgeProcess[] = [];
beforeAll(async () => {
  host = await startFileHost();
  bucket = await startObjectStore();
  world = await startWorld({ switches: { fetchAttachments: true } });
});
afterEach(async () => {
  await Promise.all(running.map((process) => process.stop()));
  running = [];
});
afterAll(async () => {
  await world.stop();
  await bucket.stop();
  await host.close();
});

interface Fleet {
  readonly webs: readonly [BridgeProcess, BridgeProcess];
  /** Where each process may leave temporary files. */
  readonly folders: readonly string[];
  readonly shared: string;
}

/** Processes that share nothing with each other but Redis and the store, and with other tests not even that. */
async function startFleet({ reference, store, processes }: (typeof cases)[number]): Promise<Fleet> {
  const name = `${reference}-${store}-${processes}`;
  const shared = join(world.dir, name, 'store');
  const places = { none: undefined, folder: shared, bucket: { ...bucket.settings, prefix: `${name}/` } };
  const folders: string[] = [];
  const start = async (role: 'all' | 'web' | 'worker', publicUrl?: string): Promise<BridgeProcess> => {
    const folder = join(world.dir, name, `temporary-${folders.length}`);
    folders.push(folder);
    await mkdir(folder, { recursive: true });
    const place = places[store];
    return world.startBridge({
      role,
      env: { TMPDIR: folder },
      overrides: {
        redis: { prefix: name },
        egain: { switches: { attachment_ref: reference } },
        files: { allowHosts: ['127.0.0.1'], ...(place === undefined ? {} : { store: place }) },
        ...(publicUrl === undefined ? {} : { publicUrl }),
      },
    });
  };
  const one = await start(processes === 'one' ? 'all' : 'web');
  running.push(one);
  const others =
    processes === 'one'
      ? []
      : await Promise.all((['web', 'worker', 'worker'] as const).map((role) => start(role, one.url)));
  running.push(...others);
  connect(world, one);
  return { webs: [one, others[0] ?? one], folders, shared };
}

const held = () =>
  world.simulator.records().flatMap((record) => (record.kind === 'file' ? [record.sha256] : []));

describe('I10: files with processes that share nothing but Redis, and a store where there is one', () => {
  test.each(cases)(
    'by $reference, store: $store, processes: $processes: both ways, by address and by upload, in parts, and expired',
    async (which) => {
      const { webs, folders, shared } = await startFleet(which);
      const [one, other] = webs;
      const { control } = world.simulator;
      const filling = cases.indexOf(which) * 10;
      const customer = { id: `dana-${filling}` };

      const [uploaded, linked] = [picture(300_000, filling + 1), picture(400_000, filling + 2)];
      const upload = { askAt: one.url, sendTo: other.url, secret: world.secret, name: 'up.jpg' };
      const answer = await uploadFile({ ...upload, bytes: uploaded });
      expect(answer.status).toBe(201);
      const before = new Set(control.conversations().map(({ id }) => id));
      await world.channel.send({
        customer,
        text: 'both',
        attachments: [
          { name: 'up.jpg', assetId: answer.body['assetId'] },
          { name: 'linked.jpg', url: host.put(`/linked-${filling}`, linked) },
        ],
      });
      await eventually(() => [uploaded, linked].every((bytes) => held().includes(sha256(bytes))), {
        timeoutMs: 60_000,
      });
      const conversation = control.conversations().find(({ id }) => !before.has(id))?.id ?? '';

      const offered = async (file: { readonly name: string }): Promise<string> => {
        control.act(conversation, { do: 'file', files: [{ ...file }] });
        return eventually(
          () =>
            world.channel
              .received()
              .filter((message) => message.customer.id === customer.id)
              .flatMap(({ attachments = [] }) => attachments)
              .find(({ name }) => name === file.name)?.url,
          { timeoutMs: 60_000 },
        );
      };
      const reply = picture(500_000, filling + 3);
      const link = await offered(control.storeFile({ name: 'reply.jpg', bytes: reply }));
      for (const web of webs) {
        const address = web.url + new URL(link).pathname;
        const whole = await fetch(address);
        expect(sha256(Buffer.from(await whole.arrayBuffer()))).toBe(sha256(reply));
        const part = await fetch(address, { headers: { range: 'bytes=10-29' } });
        expect([part.status, part.headers.get('content-range')]).toEqual([
          206,
          `bytes 10-29/${reply.length}`,
        ]);
        expect(Buffer.from(await part.arrayBuffer()).equals(reply.subarray(10, 30))).toBe(true);
      }

      const late = picture(200_000, filling + 4);
      const expired = control.storeFile({ name: 'late.jpg', bytes: late });
      control.advanceClock(3_600_000);
      const asked = (): number =>
        world.simulator
          .records()
          // The hour has ended our token as well: not the question that is refused, but the one that is answered.
          .filter(
            (record) =>
              record.kind === 'request' && record.processed && record.path.endsWith(`/assets/${expired.id}`),
          ).length;
      const again = await offered(expired);
      // A new address, once; from a store it is not needed any more.
      expect(asked()).toBe(1);
      const got = await fetch(other.url + new URL(again).pathname);
      expect(sha256(Buffer.from(await got.arrayBuffer()))).toBe(sha256(late));
      expect(asked()).toBe(which.store === 'none' ? 2 : 1);

      for (const folder of folders) expect(await filesIn(folder)).toEqual([]);
      const kept = {
        none: () => Promise.resolve([]),
        folder: () => filesIn(shared),
        bucket: async () =>
          (await bucket.objects()).filter((name) =>
            name.startsWith(`${which.reference}-bucket-${which.processes}/`),
          ),
      };
      // Two of the customer's and two of the agent's; what is an asset of eGain's may be taken away already.
      expect((await kept[which.store]()).length).toBe(which.store === 'none' ? 0 : 4);
    },
    120_000,
  );
});
