import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startFileHost, type FileHost } from '../support/file-host.js';
import { startObjectStore, type ObjectStore } from '../support/object-store.js';
import { picture, sha256 } from '../support/picture.js';
import { askTicket, sendFile } from '../support/upload.js';
import { connect, startWorld, type World } from '../support/world.js';

/** A store, and how it is taken away from under a running bridge and given back. */
interface Away {
  readonly store: unknown;
  readonly breakIt: () => Promise<void>;
  readonly mend: () => Promise<void>;
}

let host: FileHost;
let bucket: ObjectStore;
let world: World;
let folder: string;
const undo: (() => void)[] = [];
beforeAll(async () => {
  host = await startFileHost();
  bucket = await startObjectStore();
});
afterEach(async () => {
  await world.stop();
  for (const one of undo.splice(0)) one();
  await rm(folder, { recursive: true, force: true });
});
afterAll(async () => {
  await bucket.stop();
  await host.close();
});

/** A disk of its own, of this many bytes. */
function mountDisk(at: string, bytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', at], { stdio: 'ignore' });
    undo.push(() => void execFileSync('umount', ['-l', at]));
    return true;
  } catch {
    return false;
  }
}

const ways = {
  'a folder whose disk is full': async (): Promise<Away> => {
    const [store, ballast] = [join(folder, 'disk'), join(folder, 'disk', 'ballast')];
    await mkdir(store);
    // Where no disk can be made (not root), what is there takes the folder's place instead.
    if (!mountDisk(store, 2 * 1024 * 1024)) return ways['a folder that is gone']();
    return {
      store,
      breakIt: () => writeFile(ballast, Buffer.alloc(1_500_000)),
      mend: () => rm(ballast),
    };
  },
  'a folder that is gone': async (): Promise<Away> => {
    const [store, elsewhere] = [join(folder, 'store'), join(folder, 'elsewhere')];
    await mkdir(store, { recursive: true });
    return {
      store,
      breakIt: async () => {
        await rename(store, elsewhere);
        await writeFile(store, '');
      },
      mend: async () => {
        await rm(store);
        await rename(elsewhere, store);
      },
    };
  },
  'a bucket that does not answer': (): Promise<Away> =>
    Promise.resolve({
      store: bucket.settings,
      breakIt: () => bucket.halt(),
      mend: () => bucket.resume(),
    }),
};

describe('I10: nothing is lost by the store', () => {
  test.each(Object.entries(ways))(
    '%s: an upload is told 503, files by address go as without one',
    async (_, way) => {
      folder = await mkdtemp(join(tmpdir(), 'store-away-'));
      const broken = await way();
      const { store } = broken;
      world = await startWorld({
        overrides: { files: { allowHosts: ['127.0.0.1'], store } },
        switches: { fetchAttachments: true },
      });
      const bridge = await world.startBridge();
      connect(world, bridge);
      const { control } = world.simulator;
      const held = (bytes: Buffer): boolean =>
        world.simulator.records().some((record) => record.kind === 'file' && record.sha256 === sha256(bytes));
      const [before, linked, reply, uploaded] = [1, 2, 3, 4].map((filling) => picture(400_000, filling)) as [
        Buffer,
        Buffer,
        Buffer,
        Buffer,
      ];
      const customer = { id: 'dana' };
      const sendLinked = (name: string, bytes: Buffer) =>
        world.channel.send({
          customer,
          text: name,
          attachments: [{ name, url: host.put(`/${name}`, bytes) }],
        });
      await sendLinked('before.jpg', before);
      await eventually(() => held(before));

      await broken.breakIt();
      const ticket = await askTicket(bridge.url, world.secret, { name: 'up.jpg', size: uploaded.length });
      const refused = await sendFile(bridge.url, ticket.body['ticket'], uploaded);
      expect(refused).toEqual({
        status: 503,
        body: { code: 'unavailable', message: expect.stringContaining('the file cannot be kept now') },
      });
      await sendLinked('linked.jpg', linked);
      await eventually(() => held(linked), { timeoutMs: 30_000 });
      const [conversation] = control.conversations();
      control.act(conversation?.id ?? '', {
        do: 'file',
        files: [{ ...control.storeFile({ name: 'reply.jpg', bytes: reply }) }],
      });
      const link = await eventually(
        () =>
          world.channel.received().flatMap(({ attachments = [] }) => attachments.map(({ url }) => url))[0],
        { timeoutMs: 30_000 },
      );
      const got = await fetch(link);
      expect(sha256(Buffer.from(await got.arrayBuffer()))).toBe(sha256(reply));

      await broken.mend();
      const taken = await eventually(async () => {
        const answer = await sendFile(bridge.url, ticket.body['ticket'], uploaded);
        return answer.status === 503 ? undefined : answer;
      });
      expect(taken.status).toBe(201);
      await world.channel.send({
        customer,
        attachments: [{ name: 'up.jpg', assetId: taken.body['assetId'] }],
      });
      await eventually(() => held(uploaded));
    },
  );
});
